"""Documents that are valid but for a few changes, and what their models find in them."""

import copy
import json
from typing import Any

from hypothesis import strategies as st
from pydantic import ValidationError

from schemas import identifiers, wire
from schemas.registry import Version
from tests.unit.schemas.cases import as_json, examples_of

BEYOND_JSON_SCHEMA = {
    "date_parsing",
    "datetime_from_date_parsing",
    "datetime_parsing",
    "too_deep",
}
"""What JSON Schema cannot say: that a day exists, and how deep a form is."""

texts = st.one_of(
    st.text(max_size=20),
    st.from_regex(wire.INSTANT_PATTERN),
    st.from_regex(wire.PARTIAL_DATE_PATTERN),
    st.from_regex(wire.UUID_PATTERN),
    st.from_regex(identifiers.AGENCY_REF_PATTERN),
    st.from_regex(identifiers.UNIT_PATTERN),
    st.from_regex(identifiers.PROCEDURE_PATTERN),
    st.sampled_from(
        [
            "",
            " ",
            "\u00a0",
            "\u2028",
            "a\u202eb",
            "a\tb",
            "a\nb",
            "a\x00b",
            "a\x85b",
            "\ufeff",
            "x" * 65,
            "x" * 201,
            "x" * 501,
            "x" * 2001,
            "2026-02-30T00:00:00Z",
            "2026-03-02T07:30:00",
            "2026-03-02T07:30:60Z",
            "2026-03-02 07:30:00Z",
            "1990-02-30",
            "completed",
            "12988",
        ]
    ),
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.integers(-2, 2),
    st.sampled_from([2**53 - 1, 2**53, -(2**53)]),
    st.floats(allow_nan=False, allow_infinity=False),
    texts,
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)
names = st.one_of(texts, st.sampled_from(["note", "form", "facts", "places", "results", "x", "A"]))


@st.composite
def nearly_valid(draw: st.DrawFn, version: Version) -> Any:
    """Draw an example of a version with up to three members replaced, removed or added."""
    document = copy.deepcopy(draw(st.sampled_from(examples_of(version.model))))
    for _ in range(draw(st.integers(0, 3))):
        where: Any = document
        while True:
            inside = where.values() if isinstance(where, dict) else where
            deeper = [member for member in inside if isinstance(member, dict | list) and member]
            if not deeper or draw(st.booleans()):
                break
            where = draw(st.sampled_from(deeper))
        _change(draw, where)
    return document


def _change(draw: st.DrawFn, where: Any) -> None:
    keys = list(where) if isinstance(where, dict) else list(range(len(where)))
    match draw(st.sampled_from(["replace", "remove", "add"])):
        case "replace" if keys:
            where[draw(st.sampled_from(keys))] = draw(values)
        case "remove" if keys:
            del where[draw(st.sampled_from(keys))]
        case _ if isinstance(where, dict):
            where[draw(names)] = draw(values)
        case _:
            where.append(draw(values))


def faults_of_model(version: Version, document: Any) -> set[str]:
    """Return the kinds of fault that a model finds; none: it takes the document."""
    try:
        version.model.model_validate_json(as_json(document))
    except ValidationError as error:
        return {fault["type"] for fault in error.errors()}
    return set()


def has_whole_fraction(document: Any) -> bool:
    """Whether 1.0 is in it: an integer for JSON Schema, none on our roads."""
    if isinstance(document, dict):
        return any(has_whole_fraction(member) for member in document.values())
    if isinstance(document, list):
        return any(has_whole_fraction(member) for member in document)
    return isinstance(document, float) and json.loads(json.dumps(document)).is_integer()
