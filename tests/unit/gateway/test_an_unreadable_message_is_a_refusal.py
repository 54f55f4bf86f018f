"""Whatever arrives, reading never raises: it is a refusal with the right name under its sender.

A key is claimed only once the id is readable and the source is the caller's own.
"""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.commit.items import Incoming, Judged, Road
from gateway.intake.reading import MAX_BYTES, read_message, usable_traceparent
from schemas.kinds import Kind
from schemas.problems import ProblemType
from tests.stage.clock import MONDAY
from tests.stage.dossiers import COMMUNE, POLICE, birth, event
from tests.unit.gateway.desk import STRUCTURED, incoming, rulebook

JSON = "application/json"
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def judge(one: Incoming) -> Judged:
    return read_message(one, lambda code: rulebook().directory.resolve(code, MONDAY))


def judge_event(**changes: Any) -> Judged:
    document = {**event(1), **changes}
    left = {name: value for name, value in document.items() if value is not ...}
    return judge(incoming(orjson.dumps(left)))


def slug(judged: Judged) -> ProblemType | None:
    return judged.problem.slug if judged.problem else None


def nested(depth: int) -> bytes:
    return b'{"data":' + b"[" * depth + b"]" * depth + b"}"


def test_a_valid_message_claims_its_key_and_is_read() -> None:
    judged = judge_event()

    assert judged.problem is None
    assert (judged.key, judged.kind) == ("message-1", Kind.TRANSFER_SUBMITTED)
    assert judged.subject == "H31.143-260302-0001"
    assert judged.claimed_at is not None
    assert judged.data is not None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", ProblemType.NOT_JSON),
        (b"{", ProblemType.NOT_JSON),
        (b"NaN", ProblemType.NOT_JSON),
        (b'{"a":1}{"b":2}', ProblemType.NOT_JSON),
        (b'{"id":"\\ud800"}', ProblemType.NOT_JSON),
        (b"\xff\xfe{}", ProblemType.NOT_UTF8),
        (b'{"id":"\xc3\x28"}', ProblemType.NOT_UTF8),
        (b'{"id":"\xed\xa0\x80"}', ProblemType.NOT_UTF8),
        (b"\xef\xbb\xbf{}", ProblemType.NOT_JSON),
        (nested(40), ProblemType.TOO_DEEP),
        (nested(100_000), ProblemType.TOO_DEEP),
        (b"{}", ProblemType.NOT_A_CLOUDEVENT),
        (b"[]", ProblemType.NOT_A_CLOUDEVENT),
        (b"null", ProblemType.NOT_A_CLOUDEVENT),
        (b'"text"', ProblemType.NOT_A_CLOUDEVENT),
        (b" " * (MAX_BYTES + 1), ProblemType.TOO_LARGE),
    ],
)
def test_bytes_that_are_no_event(body: bytes, expected: ProblemType) -> None:
    judged = judge(incoming(body))

    assert slug(judged) is expected
    assert (judged.key, judged.digest, judged.data) == (None, b"", None)
    assert judged.keep_body is (expected is not ProblemType.TOO_LARGE)


def test_exactly_as_much_as_is_allowed_is_read() -> None:
    body = orjson.dumps(event(1))

    judged = judge(incoming(body + b" " * (MAX_BYTES - len(body))))

    assert judged.problem is None


@pytest.mark.parametrize(
    "changes",
    [
        {"specversion": "0.3"},
        {"specversion": ...},
        {"id": ...},
        {"id": ""},
        {"id": 5},
        {"id": "x" * 256},
        {"id": "a\nb"},
        {"id": "a\x00b"},
        {"source": ...},
        {"source": "urn:lienthong:agency:H31 143"},
        {"type": ...},
        {"type": ["x"]},
        {"time": "yesterday"},
        {"time": "2026-03-02T08:29:50"},
        {"time": 5},
        {"subject": ""},
        {"subject": 7},
        {"dataschema": "not a uri"},
        {"datacontenttype": "application/xml"},
        {"data_base64": "e30="},
        {"Extension": "x"},
        {"extension": {"a": 1}},
        {"extension": 1.5},
    ],
)
def test_an_envelope_that_cannot_be_trusted_claims_nothing(changes: dict[str, Any]) -> None:
    judged = judge_event(**changes)

    assert slug(judged) is ProblemType.NOT_A_CLOUDEVENT
    assert judged.key is None


@pytest.mark.parametrize("data", [..., None])
def test_an_event_without_data_claims_nothing(data: Any) -> None:
    judged = judge_event(data=data)

    assert slug(judged) is ProblemType.MISSING_FIELD
    assert judged.key is None


@pytest.mark.parametrize(
    "source",
    [
        f"urn:lienthong:agency:{POLICE}",
        "urn:lienthong:agency:H99.999",
        "urn:lienthong:agency:",
        "urn:lienthong:agency:lower",
        "urn:lienthong:gateway:vn.lienthong.gateway",
        "https://h31.example/",
        COMMUNE,
    ],
)
def test_nobody_claims_an_id_of_another(source: str) -> None:
    judged = judge_event(source=source)

    assert slug(judged) is ProblemType.FOREIGN_SOURCE
    assert judged.key is None
    assert judged.incoming.agency == COMMUNE


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"type": "vn.lienthong.transfer.exploded.v1"}, ProblemType.UNKNOWN_TYPE),
        ({"type": "vn.lienthong.transfer.submitted.v9"}, ProblemType.UNKNOWN_TYPE),
        ({"type": Kind.HANDOVER_OFFERED.type}, ProblemType.UNKNOWN_TYPE),
        ({"type": Kind.RECEIPT_ISSUED.type}, ProblemType.UNKNOWN_TYPE),
        ({"subject": ...}, ProblemType.MISSING_FIELD),
        ({"subject": "no code"}, ProblemType.INVALID_VALUE),
        ({"data": {}}, ProblemType.MISSING_FIELD),
        ({"data": 5}, ProblemType.WRONG_TYPE),
        ({"data": birth(aplicant={})}, ProblemType.UNKNOWN_FIELD),
        ({"data": birth(channel=7)}, ProblemType.WRONG_TYPE),
        ({"data": birth(channel="by pigeon")}, ProblemType.INVALID_VALUE),
        ({"data": birth(received_at="2026-03-02")}, ProblemType.INVALID_VALUE),
    ],
)
def test_what_is_readable_but_wrong_claims_its_key(
    changes: dict[str, Any], expected: ProblemType
) -> None:
    judged = judge_event(**changes)

    assert slug(judged) is expected
    assert judged.key == "message-1"
    assert len(judged.digest) == 32
    assert judged.data is None


@given(st.binary(max_size=200))
def test_no_bytes_make_reading_raise(body: bytes) -> None:
    for media in (STRUCTURED, JSON):
        judged = judge(incoming(body, media=media))

        assert judged.problem is not None
        assert judged.key is None


texts = st.text(max_size=12)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*event(1), "x", "dataschema"]), values, max_size=5))
def test_no_change_to_a_valid_event_makes_reading_raise(changes: dict[str, Any]) -> None:
    judged = judge(incoming(orjson.dumps({**event(1), **changes})))

    assert (judged.problem is None) is (judged.data is not None)
    assert judged.key is None or len(judged.digest) == 32


@given(st.dictionaries(st.sampled_from([*birth(), "form", "note", "x"]), values, max_size=5))
def test_no_data_makes_reading_raise(changes: dict[str, Any]) -> None:
    judged = judge_event(data=birth(**changes))

    assert judged.key == "message-1"
    assert (judged.problem is None) is (judged.data is not None)


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=5))
def test_no_headers_make_reading_raise(headers: Mapping[str, str]) -> None:
    for road in (Road.HTTP, Road.AMQP):
        one = incoming(b"{}", media=JSON, road=road, headers={**headers, "ce-id": "%ff"})

        assert slug(judge(one)) is ProblemType.NOT_A_CLOUDEVENT


@pytest.mark.parametrize(
    "header",
    ["", "00", TRACE.upper(), "ff" + TRACE[2:], "00-" + "0" * 32 + TRACE[35:], TRACE + "\n"],
)
def test_a_trace_header_that_is_none_travels_nowhere(header: str) -> None:
    assert usable_traceparent(header) is None
    assert usable_traceparent(None) is None
    assert usable_traceparent(TRACE) == TRACE


@pytest.mark.parametrize(
    ("changes", "quoted"),
    [
        ({"source": "urn:lienthong:agency:G01.833.143"}, "message-1"),
        ({"specversion": "0.3"}, "message-1"),
        ({"specversion": "0.3", "id": 7}, None),
        ({"specversion": "0.3", "id": "x" * 2000}, None),
        ({"specversion": "0.3", "id": "a\u0000b"}, None),
        ({"id": ...}, None),
    ],
)
def test_a_refusal_quotes_the_id_that_could_be_read_and_claims_none(
    changes: dict[str, Any], quoted: str | None
) -> None:
    judged = judge_event(**changes)

    assert judged.problem is not None
    assert judged.incoming.message_id == quoted
    assert judged.key is None


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (..., ProblemType.MISSING_FIELD),
        ("hồ sơ 1", ProblemType.INVALID_VALUE),
        ("H31.143-260302", ProblemType.INVALID_VALUE),
        ("H31.143-260230-0001", ProblemType.INVALID_VALUE),
        ("H31.143-999999-0001", ProblemType.INVALID_VALUE),
    ],
)
def test_a_subject_that_is_no_dossier_code_is_told_the_form(
    subject: Any, expected: ProblemType
) -> None:
    judged = judge_event(subject=subject)

    assert slug(judged) is expected
    assert judged.problem is not None
    assert judged.problem.pointer == "/subject"
    assert "H31.144-261122-0001" in judged.problem.detail
    assert judged.problem.remedy.startswith("Send the code that your system gave")


@pytest.mark.parametrize("time", ["2026-03-02T08:29:50", "2026-03-02", "2026-02-30T08:00:00Z"])
def test_a_bad_time_is_told_as_well_as_a_bad_day_of_receipt(time: str) -> None:
    of_time = judge_event(time=time).problem
    of_receipt = judge_event(data=birth(received_at=time)).problem

    assert of_time is not None
    assert of_receipt is not None
    assert of_time.pointer == "/time"
    assert of_time.detail == of_receipt.detail
    assert "2026-03-02T07:30:00+07:00" in of_time.remedy


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"places": {"aplicant": "12472"}}, "The procedure 2.000987 asks for the place applicant."),
        (
            {"procedure": "9.000014", "places": {"register": "12472"}},
            "The procedure 9.000014 asks for the place applicant and registration.",
        ),
        (
            {"procedure": "2.000908", "places": {"home": "12472"}},
            "The procedure 2.000908 asks for no place.",
        ),
    ],
)
def test_a_misspelt_place_is_told_those_of_its_procedure(
    changes: dict[str, Any], told: str
) -> None:
    one = incoming(orjson.dumps({**event(1), "data": birth(**changes)}))

    judged = read_message(one, rulebook().directory.resolve, rulebook().catalogue)

    assert judged.problem is not None
    assert judged.problem.detail == told
    assert "land_parcel" not in judged.problem.remedy


@pytest.mark.parametrize("procedure", ["9.123456", 7, None])
def test_a_misspelt_place_of_no_known_procedure_is_told_all_there_are(procedure: Any) -> None:
    document = {**event(1), "data": birth(places={"aplicant": "12472"})}
    document["data"]["procedure"] = procedure

    judged = read_message(
        incoming(orjson.dumps(document)), rulebook().directory.resolve, rulebook().catalogue
    )

    assert judged.problem is not None
