"""An event is read alike in every mode, and refused with its place when it is none."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.envelope import (
    Envelope,
    EnvelopeError,
    read_binary,
    read_structured,
    write_amqp_headers,
    write_http_headers,
    write_structured,
)
from schemas.problems import ProblemType
from schemas.publication.envelope_schema import ENVELOPE_EXAMPLE
from tests.unit.schemas.cases import validator

lines = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40)
uris = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40)
instants = st.datetimes(
    min_value=datetime.fromisoformat("1900-01-01"),
    max_value=datetime.fromisoformat("2199-12-31"),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=7)), timezone(timedelta(hours=-5))]),
)
extension_names = st.from_regex("[a-z0-9]{1,20}", fullmatch=True).filter(
    lambda name: name not in ENVELOPE_EXAMPLE and name not in ("tracestate", "dataschema")
)
envelopes = st.builds(
    Envelope,
    id=lines,
    source=uris,
    type=uris,
    subject=st.none() | lines,
    time=st.none() | instants,
    dataschema=st.none() | uris,
    traceparent=st.none() | st.just(ENVELOPE_EXAMPLE["traceparent"]),
    tracestate=st.none() | st.just("vendor=1"),
    data=st.just({"a": 1}),
    extensions=st.dictionaries(extension_names, lines, max_size=3),
)


def event(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in (ENVELOPE_EXAMPLE | changes).items() if value is not ...}


@given(envelopes)
def test_what_is_written_is_read_back_in_every_mode(envelope: Envelope) -> None:
    structured = json.loads(json.dumps(write_structured(envelope)))

    assert read_structured(structured) == envelope
    assert read_binary(write_amqp_headers(envelope), envelope.data) == envelope
    assert (
        read_binary(write_http_headers(envelope), envelope.data, percent_encoded=True) == envelope
    )
    assert validator("envelope").is_valid(structured)


@given(envelopes)
def test_http_headers_are_printable_ascii(envelope: Envelope) -> None:
    for value in write_http_headers(envelope).values():
        assert value.isascii()
        assert value.isprintable()


def test_both_amqp_spellings_and_any_case_are_read() -> None:
    attributes = {"specversion": "1.0", "id": "1", "source": "urn:x", "type": "t", "subject": "s"}
    read = [
        read_binary({f"{prefix}{name}": value for name, value in attributes.items()}, {})
        for prefix in ("ce-", "CE-", "cloudEvents:", "cloudEvents_")
    ]

    assert read == [Envelope(id="1", source="urn:x", type="t", subject="s", data={})] * 4


def test_a_native_amqp_timestamp_is_an_instant() -> None:
    headers = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "urn:x", "ce-type": "t"}

    read = read_binary(headers | {"ce-time": 1772436600123}, {})

    assert read.time == datetime(2026, 3, 2, 7, 30, 0, 123000, tzinfo=UTC)


def test_other_headers_are_passed_over() -> None:
    headers = write_http_headers(read_structured(event())) | {
        "host": "x",
        "authorization": "Bearer secret",
        "cloudeventsx": "y",
    }

    assert read_binary(headers, {"a": 1}, percent_encoded=True).extensions == {}


def test_two_headers_for_one_attribute_must_agree() -> None:
    headers = write_amqp_headers(read_structured(event()))

    read_binary(headers | {"cloudEvents_id": headers["ce-id"]}, {})
    with pytest.raises(EnvelopeError) as caught:
        read_binary(headers | {"cloudEvents_id": "another"}, {})

    assert caught.value.pointer == "/id"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"specversion": ...}, "/specversion"),
        ({"specversion": "0.3"}, "/specversion"),
        ({"specversion": 1.0}, "/specversion"),
        ({"id": ...}, "/id"),
        ({"id": ""}, "/id"),
        ({"id": 7}, "/id"),
        ({"id": "a\nb"}, "/id"),
        ({"id": "x" * 256}, "/id"),
        ({"source": ...}, "/source"),
        ({"source": "urn:lienthong:agency:H31.182 "}, "/source"),
        ({"source": "Hưng Yên"}, "/source"),
        ({"type": ["x"]}, "/type"),
        ({"subject": ""}, "/subject"),
        ({"time": "2026-03-02T08:12:00"}, "/time"),
        ({"time": "2026-02-30T08:12:00Z"}, "/time"),
        ({"time": 1772436600123}, "/time"),
        ({"time": "hôm qua"}, "/time"),
        ({"dataschema": "a b"}, "/dataschema"),
        ({"datacontenttype": "text/plain"}, "/datacontenttype"),
        ({"datacontenttype": 5}, "/datacontenttype"),
        ({"data_base64": "e30="}, "/data_base64"),
        ({"Extension": "x"}, "/Extension"),
        ({"my-extension": "x"}, "/my-extension"),
        ({"extension": 1.5}, "/extension"),
        ({"extension": {"a": 1}}, "/extension"),
        ({"extension": 2**31}, "/extension"),
        ({"extension": "x" * 1025}, "/extension"),
        ({"extension": ""}, "/extension"),
    ],
)
def test_what_is_no_cloudevent_is_refused_at_its_place(
    changes: dict[str, Any], pointer: str
) -> None:
    broken = event(**changes)

    with pytest.raises(EnvelopeError) as caught:
        read_structured(broken)

    assert (caught.value.problem_type, caught.value.pointer) == (
        ProblemType.NOT_A_CLOUDEVENT,
        pointer,
    )
    assert not validator("envelope").is_valid(broken)


@pytest.mark.parametrize("body", [[], "x", 1, None, True])
def test_an_event_is_an_object(body: Any) -> None:
    with pytest.raises(EnvelopeError) as caught:
        read_structured(body)

    assert caught.value.pointer == ""


def test_too_many_extensions_are_refused() -> None:
    read_structured(event(**{f"x{i}": "1" for i in range(16)}))
    with pytest.raises(EnvelopeError, match="16 extension"):
        read_structured(event(**{f"x{i}": "1" for i in range(17)}))


def test_a_whole_event_sent_as_binary_is_told_its_content_type() -> None:
    with pytest.raises(
        EnvelopeError, match=r"content type application/cloudevents\+json"
    ) as caught:
        read_binary({"content-type": "application/json", "accept": "*/*"}, event())

    assert caught.value.pointer == "/specversion"


@pytest.mark.parametrize("missing", [..., None])
def test_an_event_without_data_misses_a_field(missing: Any) -> None:
    with pytest.raises(EnvelopeError) as caught:
        read_structured(event(data=missing))

    assert (caught.value.problem_type, caught.value.pointer) == (
        ProblemType.MISSING_FIELD,
        "/data",
    )


def test_null_attributes_are_absent_ones() -> None:
    optional = ("subject", "time", "dataschema", "datacontenttype", "traceparent", "extension")

    read = read_structured(event(**dict.fromkeys(optional)))

    assert (read.subject, read.time, read.dataschema, read.traceparent) == (None,) * 4
    assert read.extensions == {}


def test_integers_and_booleans_in_extensions_become_their_text() -> None:
    read = read_structured(event(sequence=42, urgent=True))

    assert read.extensions == {"sequence": "42", "urgent": "true"}


@pytest.mark.parametrize(
    "traceparent",
    [
        "",
        "00-0-0-0",
        "00-" + "0" * 32 + "-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-" + "0" * 16 + "-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        7,
        ["x"],
    ],
)
def test_a_trace_that_cannot_be_used_never_refuses_a_dossier(traceparent: Any) -> None:
    assert read_structured(event(traceparent=traceparent)).traceparent is None


@given(st.dictionaries(st.text(max_size=12), st.none() | st.integers() | st.text(max_size=9)))
def test_whatever_comes_is_read_or_refused_and_the_schema_agrees(noise: dict[str, Any]) -> None:
    document = event() | noise

    try:
        read_structured(document)
    except EnvelopeError:
        return

    assert validator("envelope").is_valid(document)


def test_an_error_repeats_no_value() -> None:
    with pytest.raises(EnvelopeError) as caught:
        read_structured(event(source="Nguyễn Thị Bí Mật"))

    assert "Bí" not in str(caught.value)
