"""The digest is the content's alone: not the mode's, the road's, the order's or the time's."""

import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import orjson
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.commit.items import Incoming, Road
from gateway.intake.reading import read_message
from schemas.envelope import (
    DATA_MEDIA_TYPE,
    read_structured,
    write_amqp_headers,
    write_http_headers,
)
from schemas.wire import LARGEST_INTEGER
from tests.stage.clock import MONDAY
from tests.stage.dossiers import birth, event
from tests.unit.gateway.desk import incoming, rulebook

texts = st.text(max_size=8)
SORTED_IN_RFC_8785 = ["\r", "1", "\x80", "ö", "€", "\U0001f600", "\ufb33"]
"""Its own example (§3.2.3): names are sorted by UTF-16 units, not by code points."""
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
documents = st.dictionaries(texts, values, max_size=3)


def digest(one: Incoming) -> bytes:
    judged = read_message(one, lambda code: rulebook().directory.resolve(code, MONDAY))
    assert judged.key == "message-1", judged.problem
    return judged.digest


def digest_of(document: dict[str, Any]) -> bytes:
    return digest(incoming(orjson.dumps(document)))


def shuffled(value: Any, draw: Any) -> Any:
    """The same JSON with the members of every object in another order."""
    match value:
        case dict():
            return {
                name: shuffled(value[name], draw) for name in draw(st.permutations(list(value)))
            }
        case list():
            return [shuffled(one, draw) for one in value]
    return value


def canonical(value: Any) -> str:
    """RFC 8785 (without fractions), written down slowly and from its text."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return '"' + "".join(_escaped(one) for one in value) + '"'
        case list():
            return "[" + ",".join(canonical(one) for one in value) + "]"
    names = sorted(value, key=lambda name: name.encode("utf-16-be"))
    return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in names) + "}"


def _escaped(character: str) -> str:
    short = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
    if character in short:
        return short[character]
    if character in '"\\':
        return "\\" + character
    return f"\\u{ord(character):04x}" if character < " " else character


@given(documents)
@example(data={"form": [dict.fromkeys(SORTED_IN_RFC_8785, "\U0001f600")]})
def test_the_digest_is_that_of_the_canonical_json_of_rfc_8785(data: dict[str, Any]) -> None:
    document = {**event(1), "data": data, "dataschema": "urn:x"}
    content = {name: document[name] for name in ("type", "subject", "dataschema", "data")}

    assert digest_of(document) == sha256(canonical(content).encode()).digest()


def test_what_is_not_said_counts_as_null() -> None:
    document = {**event(1), "type": "x"}
    del document["subject"]
    content = {"type": "x", "subject": None, "dataschema": None, "data": document["data"]}

    assert digest_of(document) == sha256(canonical(content).encode()).digest()


@given(documents, st.data())
def test_key_order_and_escapes_are_no_content(form: dict[str, Any], data: st.DataObject) -> None:
    document = {**event(1), "data": birth(form=form)}
    other = shuffled(document, data.draw)

    escaped = json.dumps(other, ensure_ascii=True, indent=data.draw(st.sampled_from([None, 2])))

    assert digest(incoming(escaped.encode())) == digest_of(document)


@given(documents, st.sampled_from([Road.AMQP, Road.HTTP, Road.DEAD]))
def test_mode_and_road_are_no_content(form: dict[str, Any], road: Road) -> None:
    document = {**event(1), "data": birth(form=form)}
    envelope = read_structured(document)
    write = write_http_headers if road is Road.HTTP else write_amqp_headers
    binary = incoming(
        orjson.dumps(document["data"]), media=DATA_MEDIA_TYPE, headers=write(envelope), road=road
    )

    assert digest(binary) == digest_of(document)
    assert digest(replace(incoming(orjson.dumps(document)), road=road)) == digest_of(document)


def test_time_trace_headers_and_extensions_are_no_content() -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    more = {"time": "2026-03-03T00:00:00Z", "traceparent": trace, "tracestate": "a=b", "x": "y"}
    without = event(1)
    del without["time"]

    assert digest_of({**event(1), **more}) == digest_of(event(1)) == digest_of(without)


def test_a_source_by_its_alias_is_the_same_content() -> None:
    directory = rulebook().directory
    agency = next(
        one
        for one in directory.in_force(MONDAY)
        if any(directory.resolve(alias, MONDAY) == one.code for alias in one.aliases)
    )
    sources = [f"urn:lienthong:agency:{name}" for name in (agency.code, agency.aliases[0])]

    digests = {
        digest(incoming(orjson.dumps({**event(1), "source": source}), agency=agency.code))
        for source in sources
    }

    assert sources[0] != sources[1]
    assert len(digests) == 1


@given(documents, documents)
def test_another_content_has_another_digest(one: dict[str, Any], other: dict[str, Any]) -> None:
    same = canonical(one) == canonical(other)

    assert (digest_of({**event(1), "data": one}) == digest_of({**event(1), "data": other})) is same


def test_type_subject_and_schema_are_content() -> None:
    digests = {
        digest_of({**event(1), **change})
        for change in ({}, {"type": "x"}, {"subject": "y"}, {"dataschema": "urn:z"})
    }

    assert len(digests) == 4
