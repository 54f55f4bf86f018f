"""Every value that an agency can get wrong is answered with its form and with a way to mend it."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.form import FORM_TEXT_PATTERN
from schemas.kinds import FROM_AGENCIES, TransferSubmitted, examples
from schemas.pattern_hints import PATTERN_HINTS
from schemas.problems import CATALOGUE, Problem, ProblemType, problem_of_validation_error
from schemas.publish import schema_name
from tests.unit.schemas.cases import as_json, published

DOCUMENT = examples.DOCUMENT


def refusal(**changes: Any) -> Problem:
    with pytest.raises(ValidationError) as caught:
        TransferSubmitted.model_validate_json(as_json(examples.TRANSFER_SUBMITTED | changes))
    return problem_of_validation_error(caught.value)


def patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        for member in schema.values():
            yield from patterns(member)
    elif isinstance(schema, list):
        for member in schema:
            yield from patterns(member)


@pytest.mark.parametrize("kind", sorted(FROM_AGENCIES), ids=str)
def test_every_pattern_that_an_agency_can_break_has_words(kind: Any) -> None:
    found = set(patterns(published(schema_name(kind.type)))) - {FORM_TEXT_PATTERN}

    assert found - set(PATTERN_HINTS) == set()


def test_every_hint_is_a_sentence_and_a_way_out() -> None:
    for hint in PATTERN_HINTS.values():
        assert hint.detail.endswith(".")
        assert hint.remedy.endswith(".")
        assert len(hint.remedy) <= 500


@pytest.mark.parametrize(
    ("changes", "detail", "remedy"),
    [
        ({"channel": "by_pigeon"}, "Expected", "Send 'in_person', 'online' or 'postal'"),
        ({"note": "x" * 2001}, "At most 2000 characters.", "Shorten it to 2000 characters."),
        ({"documents": [DOCUMENT] * 201}, "At most 200 items.", "Send at most 200 items."),
        ({"documents": [DOCUMENT | {"size": -1}]}, "At least 0.", "Send 0 or more."),
        ({"documents": [DOCUMENT | {"sha256": "AB"}]}, "64 hexadecimal", "Compute sha-256"),
        ({"documents": [DOCUMENT | {"url": "ftp://x"}]}, "https address", "Serve the file"),
        ({"documents": [DOCUMENT | {"media_type": "PDF"}]}, "media type", "without parameters"),
        ({"received_at": "2026-03-02"}, "An instant has", "a day alone is no instant"),
        ({"received_at": "2026-02-30T00:00:00Z"}, "no such day", "that exist"),
        ({"procedure": "birth"}, "A procedure code", "GET /v1/procedures"),
        ({"places": {"applicant": "1298"}}, "2, 3 or 5 digits", "GET /v1/units"),
        ({"facts": {"Big": True}}, "lower-case ASCII", "GET /v1/procedures/{code}"),
    ],
)
def test_a_mistake_is_told_with_what_is_allowed(
    changes: dict[str, Any], detail: str, remedy: str
) -> None:
    found = refusal(**changes)

    assert detail in found.detail
    assert remedy in found.remedy
    assert found.remedy != CATALOGUE[ProblemType.INVALID_VALUE].remedy


@pytest.mark.parametrize(
    "url",
    [
        "http://kho.vidu.example/tep/1",
        "http://127.0.0.1.vidu.example/tep",
        "http://localhost@vidu.example/tep",
        "http://127.0.0.1:80@vidu.example/",
        "https://",
        "ftp://127.0.0.1/tep",
        "urn:lienthong:document:abc",
    ],
)
def test_a_document_on_an_open_road_is_refused(url: str) -> None:
    assert refusal(documents=[DOCUMENT | {"url": url}]).pointer == "/data/documents/0/url"


@pytest.mark.parametrize(
    "url",
    [
        "https://kho.vidu.example/tep/1?a=b",
        "http://127.0.0.1:8080/tep/1",
        "http://localhost/tep",
        "http://[::1]:8080",
        f"urn:lienthong:document:{'0' * 64}",
    ],
)
def test_a_document_over_https_on_this_machine_or_in_keeping_is_taken(url: str) -> None:
    changed = examples.TRANSFER_SUBMITTED | {"documents": [DOCUMENT | {"url": url}]}

    assert TransferSubmitted.model_validate_json(as_json(changed)).documents[0].url == url
