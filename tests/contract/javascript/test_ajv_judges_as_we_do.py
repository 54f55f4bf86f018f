"""Ajv, jsonschema-rs and our models judge the published schemas' documents alike.

Ajv is what a JavaScript vendor validates with. It reads numbers as JavaScript does: what lies
beyond 2^53 is not asked of it.
"""

import json
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from schemas.publish import PUBLISHED, schema_name
from schemas.registry import Version
from tests.contract.javascript.node import run
from tests.npm import needs_node
from tests.unit.schemas.cases import VERSIONS, as_json, published, validator, validator_of
from tests.unit.schemas.nearly_valid import (
    BEYOND_JSON_SCHEMA,
    faults_of_model,
    has_whole_fraction,
    nearly_valid,
)

pytestmark = needs_node

EACH = 60
"""Documents drawn per kind."""


def test_every_published_example_is_valid() -> None:
    cases = [
        (path.stem, json.dumps(example))
        for path in sorted(PUBLISHED.glob("*.json"))
        if path.stem not in ("openapi", "components")
        for example in published(path.stem)["examples"]
    ]

    assert len(cases) > len(VERSIONS)
    assert _judged_by_ajv(cases) == [True] * len(cases)


def test_good_and_bad_messages_are_judged_alike() -> None:
    drawn = [(version, document) for version in VERSIONS for document in _drawn(version)]

    by_ajv = _judged_by_ajv(
        [(schema_name(one.type), as_json(document).decode()) for one, document in drawn]
    )

    assert by_ajv.count(True) > EACH // 2
    assert by_ajv.count(False) > EACH
    for (version, document), valid in zip(drawn, by_ajv, strict=True):
        assert valid == validator_of(version).is_valid(document), document
        faults = faults_of_model(version, document)
        if valid and faults:
            assert faults <= BEYOND_JSON_SCHEMA or has_whole_fraction(document), document
        else:
            assert valid is not bool(faults), document


def test_receipts_and_problems_are_judged_alike() -> None:
    cases: list[tuple[str, Any]] = []
    for name in ("receipt", "problem", "envelope"):
        for example in published(name)["examples"]:
            for member in example:
                cases.append((name, {key: one for key, one in example.items() if key != member}))
                cases.append((name, {**example, member: 7}))

    by_ajv = _judged_by_ajv([(name, json.dumps(document)) for name, document in cases])

    assert True in by_ajv
    assert False in by_ajv
    assert by_ajv == [validator(name).is_valid(document) for name, document in cases]


def _drawn(version: Version) -> list[Any]:
    documents: list[Any] = []

    @seed(20260302)
    @settings(
        max_examples=EACH,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(document=nearly_valid(version))
    def draw(document: Any) -> None:
        if not _has_a_number_beyond(document):
            documents.append(document)

    draw()
    return documents


def _has_a_number_beyond(document: Any) -> bool:
    match document:
        case dict():
            return any(_has_a_number_beyond(one) for one in document.values())
        case list():
            return any(_has_a_number_beyond(one) for one in document)
        case int() | float():
            return abs(document) > 2**53 - 1 or (document != 0 and abs(document) < 1e-300)
    return False


def _judged_by_ajv(cases: list[tuple[str, str]]) -> list[bool]:
    judged: list[bool] = run("validate.mjs", str(PUBLISHED), said=cases)
    return judged
