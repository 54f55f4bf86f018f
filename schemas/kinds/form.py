"""A procedure's own form: any JSON that stays exact on every road.

Forms differ by procedure and change by decree, so their fields are not modelled here. What is
held is that a form survives: no floats (they do not survive canonical JSON), integers within
2^53, no control characters (PostgreSQL stores no U+0000), at most 16 levels.
"""

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, JsonValue, WithJsonSchema
from pydantic_core import PydanticCustomError

from schemas.wire import LARGEST_INTEGER

DEEPEST_FORM: Final = 16
FORM_TEXT_PATTERN: Final = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"

_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _check_form(form: dict[str, JsonValue]) -> dict[str, JsonValue]:
    _check_members(form, "", 1)
    return form


def _check_members(value: Any, at: str, depth: int) -> None:
    if depth > DEEPEST_FORM:
        raise _fault("too_deep", "nested deeper than 16 levels", at)
    items: Any
    if type(value) is dict:
        items = value.items()
        for name in value:
            if _FORBIDDEN.search(name):
                raise _fault("form_text", "a field name holds a control character", at)
    else:
        items = enumerate(value)
    for name, member in items:
        kind = type(member)
        if kind is str:
            if _FORBIDDEN.search(member):
                raise _fault("form_text", "a text holds a control character", at, name)
        elif kind is dict or kind is list:
            _check_members(member, f"{at}/{_escaped(name)}", depth + 1)
        elif kind is int:
            if not -LARGEST_INTEGER <= member <= LARGEST_INTEGER:
                raise _fault("form_integer", "an integer is beyond 2^53 - 1", at, name)
        elif kind is float:
            raise _fault("form_float", "fractions are sent as text", at, name)


def _escaped(name: object) -> str:
    return str(name).replace("~", "~0").replace("/", "~1")


def _fault(kind: str, message: str, at: str, name: object = None) -> PydanticCustomError:
    pointer = at if name is None else f"{at}/{_escaped(name)}"
    return PydanticCustomError(kind, message, {"at": pointer})


_INTEGER_SCHEMA: Final = {
    "type": "integer",
    "minimum": -LARGEST_INTEGER,
    "maximum": LARGEST_INTEGER,
}

FORM_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "description": "The procedure's own form: JSON without floats, at most 16 levels deep.",
    "propertyNames": {"pattern": FORM_TEXT_PATTERN},
    "additionalProperties": {"$ref": "#/$defs/FormValue"},
}
"""The form's JSON Schema; the publisher adds the recursive FORM_VALUE_SCHEMA beside it."""

FORM_VALUE_SCHEMA: Final[dict[str, Any]] = {
    "anyOf": [
        {"type": "null"},
        {"type": "boolean"},
        _INTEGER_SCHEMA,
        {"type": "string", "pattern": FORM_TEXT_PATTERN},
        {"type": "array", "items": {"$ref": "#/$defs/FormValue"}},
        {
            "type": "object",
            "propertyNames": {"pattern": FORM_TEXT_PATTERN},
            "additionalProperties": {"$ref": "#/$defs/FormValue"},
        },
    ]
}

Form = Annotated[dict[str, JsonValue], AfterValidator(_check_form), WithJsonSchema(FORM_SCHEMA)]
