"""Each kind of broken message gives its own problem, at its own place, and repeats nothing."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.kinds import HandoverOffered, HopCompleted, HopPaused, TransferSubmitted, examples
from schemas.problems import Problem, problem_of_validation_error
from schemas.wire import StrictModel

SECRET = "Nguyễn Thị Bí Mật"


def refusal(model: type[StrictModel], data: bytes) -> Problem:
    with pytest.raises(ValidationError) as caught:
        model.model_validate_json(data)
    return problem_of_validation_error(caught.value)


def submitted(**changes: Any) -> bytes:
    return json.dumps(examples.TRANSFER_SUBMITTED | changes).encode()


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    ("changes", "slug", "pointer"),
    [
        ({"procedure": 2002622}, "wrong-type", "/data/procedure"),
        ({"procedure": None}, "wrong-type", "/data/procedure"),
        ({"procedure": "1.1.012756"}, "invalid-value", "/data/procedure"),
        ({"channel": "by_pigeon"}, "invalid-value", "/data/channel"),
        ({"channel": 1}, "wrong-type", "/data/channel"),
        ({"received_at": 1772436600}, "wrong-type", "/data/received_at"),
        ({"received_at": 1772436600.5}, "wrong-type", "/data/received_at"),
        ({"received_at": "1772436600"}, "invalid-value", "/data/received_at"),
        ({"received_at": "2026-03-02T07:30:00"}, "invalid-value", "/data/received_at"),
        ({"received_at": "2026-03-02T07:30Z"}, "invalid-value", "/data/received_at"),
        ({"received_at": "2026-03-02 07:30:00Z"}, "invalid-value", "/data/received_at"),
        ({"received_at": "2026-02-30T07:30:00Z"}, "invalid-value", "/data/received_at"),
        ({"received_at": "0001-01-01T00:00:00+14:00"}, "invalid-value", "/data/received_at"),
        ({"received_at": "9999-12-31T23:59:59-14:00"}, "invalid-value", "/data/received_at"),
        ({"aplicant": {}}, "unknown-field", "/data/aplicant"),
        ({"applicant": "x"}, "wrong-type", "/data/applicant"),
        ({"applicant": {"kind": "citizen"}}, "missing-field", "/data/applicant/name"),
        (
            {"applicant": {"kind": "citizen", "name": "a\u0000b"}},
            "invalid-value",
            "/data/applicant/name",
        ),
        (
            {"applicant": {"kind": "citizen", "name": "a\u202eb"}},
            "invalid-value",
            "/data/applicant/name",
        ),
        (
            {"applicant": {"kind": "citizen", "name": "\u00a0 "}},
            "invalid-value",
            "/data/applicant/name",
        ),
        (
            {"applicant": {"kind": "citizen", "name": "A", "birth_date": "1990-02-30"}},
            "invalid-value",
            "/data/applicant/birth_date",
        ),
        ({"places": {"applicant": 12988}}, "wrong-type", "/data/places/applicant"),
        ({"places": {"applicant": "1298"}}, "invalid-value", "/data/places/applicant"),
        ({"places": {"moon": "12988"}}, "invalid-value", "/data/places/moon"),
        ({"places": []}, "wrong-type", "/data/places"),
        ({"facts": {"a": 1.5}}, "wrong-type", "/data/facts/a"),
        ({"facts": {"a": None}}, "wrong-type", "/data/facts/a"),
        ({"facts": {"a": {}}}, "wrong-type", "/data/facts/a"),
        ({"facts": {"a": 2**53}}, "invalid-value", "/data/facts/a"),
        ({"facts": {"a": 10**400}}, "invalid-value", "/data/facts/a"),
        ({"facts": {"a": "x" * 201}}, "invalid-value", "/data/facts/a"),
        ({"facts": {"Not-a-name": 1}}, "invalid-value", "/data/facts/Not-a-name"),
        ({"facts": {f"f{i}": 1 for i in range(65)}}, "invalid-value", "/data/facts"),
        ({"documents": [{}]}, "missing-field", "/data/documents/0/id"),
        ({"documents": [examples.DOCUMENT, 7]}, "wrong-type", "/data/documents/1"),
        (
            {"documents": [examples.DOCUMENT | {"size": 1.0}]},
            "wrong-type",
            "/data/documents/0/size",
        ),
        (
            {"documents": [examples.DOCUMENT | {"size": True}]},
            "wrong-type",
            "/data/documents/0/size",
        ),
        (
            {"documents": [examples.DOCUMENT | {"size": 10**30}]},
            "invalid-value",
            "/data/documents/0/size",
        ),
        (
            {"documents": [examples.DOCUMENT | {"url": "javascript:alert(1)"}]},
            "invalid-value",
            "/data/documents/0/url",
        ),
        ({"documents": [examples.DOCUMENT] * 201}, "invalid-value", "/data/documents"),
        ({"form": {"a": [{"b": 0.1}]}}, "wrong-type", "/data/form/a/0/b"),
        ({"form": {"a": -(2**53)}}, "invalid-value", "/data/form/a"),
        ({"form": {"a": ["\u0001"]}}, "invalid-value", "/data/form/a/0"),
        ({"form": nested(17)}, "too-deep", "/data/form" + "/a" * 16),
        ({"form": [1]}, "wrong-type", "/data/form"),
        ({"note": "x" * 2001}, "invalid-value", "/data/note"),
        ({"note": ""}, "invalid-value", "/data/note"),
    ],
)
def test_a_broken_field_gives_its_problem_at_its_place(
    changes: dict[str, Any], slug: str, pointer: str
) -> None:
    found = refusal(TransferSubmitted, submitted(**changes))

    assert (found.slug, found.pointer, found.fault) == (slug, pointer, "sender")


@pytest.mark.parametrize(
    ("data", "slug", "pointer"),
    [
        (b"", "not-json", "/data"),
        (b"{", "not-json", "/data"),
        (b"{} {}", "not-json", "/data"),
        (b"\xff\xfe", "not-json", "/data"),
        (b'{"note": "\xff"}', "not-json", "/data"),
        (b'{"note": "\\ud83d"}', "not-json", "/data"),
        (b'{"note": "raw \x01 control"}', "not-json", "/data"),
        (b"[]", "wrong-type", "/data"),
        (b"null", "wrong-type", "/data"),
        (b'"text"', "wrong-type", "/data"),
        (b'{"form":' + b'{"a":' * 300 + b"1" + b"}" * 300 + b"}", "too-deep", "/data"),
    ],
)
def test_data_that_is_no_message_gives_its_problem(data: bytes, slug: str, pointer: str) -> None:
    found = refusal(TransferSubmitted, data)

    assert (found.slug, found.pointer) == (slug, pointer)


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e400", b"1e2", b"1.0"])
def test_no_number_but_an_integer_passes_a_form(number: bytes) -> None:
    data = submitted(form={"a": "HERE"}).replace(b'"HERE"', number)

    found = refusal(TransferSubmitted, data)

    assert (found.slug, found.pointer) == ("wrong-type", "/data/form/a")


def test_the_deepest_form_that_is_allowed_passes() -> None:
    assert TransferSubmitted.model_validate_json(submitted(form=nested(16))).form == nested(16)


def test_all_mistakes_are_told_up_to_twenty() -> None:
    found = refusal(TransferSubmitted, submitted(documents=[{}] * 100, channel=1))

    assert found.errors is not None
    assert len(found.errors) == 20
    assert (found.pointer, found.detail) == (found.errors[0].pointer, found.errors[0].detail)


@pytest.mark.parametrize(
    "changes",
    [
        {"applicant": SECRET},
        {"applicant": {"kind": SECRET, "name": 5}},
        {"channel": SECRET},
        {"received_at": SECRET},
        {SECRET: 1},
        {"facts": {SECRET: True}},
        {"facts": {"a": [SECRET]}},
        {"places": {SECRET: "12988"}},
        {"places": {"applicant": SECRET}},
        {"form": {SECRET: {SECRET: 0.5}}},
        {"form": {"a": SECRET + "\u0000"}},
        {"documents": [{"id": SECRET, SECRET: SECRET}]},
        {"note": SECRET * 500},
    ],
)
def test_a_problem_repeats_neither_values_nor_keys_that_could_be_a_name(
    changes: dict[str, Any],
) -> None:
    found = refusal(TransferSubmitted, submitted(**changes))

    assert SECRET not in found.model_dump_json()
    assert "Bí Mật" not in found.model_dump_json()


def test_a_naive_instant_is_told_what_it_lacks() -> None:
    found = refusal(TransferSubmitted, submitted(received_at="2026-03-02T07:30:00"))

    assert "offset" in found.detail


def test_a_pointer_begins_where_the_caller_says() -> None:
    with pytest.raises(ValidationError) as caught:
        HopPaused.model_validate_json(json.dumps(examples.HOP_PAUSED | {"reason": "lunch"}))

    found = problem_of_validation_error(caught.value, base_pointer="/3/data")

    assert found.pointer == "/3/data/reason"


def test_a_mistake_deep_inside_is_pointed_at() -> None:
    offered = json.loads(json.dumps(examples.HANDOVER_OFFERED))
    offered["results"][0]["results"][0]["sha256"] = "00"

    found = refusal(HandoverOffered, json.dumps(offered).encode())

    assert found.pointer == "/data/results/0/results/0/sha256"


def test_the_last_of_two_equal_keys_counts_as_in_every_json_reader_of_the_gateway() -> None:
    data = json.dumps(examples.HOP_COMPLETED).encode()
    doubled = data[:-1] + b', "outcome": "opinion"}'

    assert HopCompleted.model_validate_json(doubled).outcome == "opinion"
