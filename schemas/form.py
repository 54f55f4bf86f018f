"""A procedure's own form: any JSON that survives every road unchanged.

Forms differ by procedure and change by decree, so their fields are not modelled here. What is
held is that they stay exact: no fractions (they do not survive canonical JSON), integers within
2^53, no control characters (PostgreSQL stores no U+0000), at most 16 levels.

Checked in one pass of plain Python instead of by a recursive union of types: a union reports one
mistake once per member, and would cost more than all the rest of a message.
"""

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, JsonValue, WithJsonSchema
from pydantic_core import PydanticCustomError

from schemas.wire import LARGEST_INTEGER

DEEPEST_FORM: Final = 16
FORM_TEXT_PATTERN: Final = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"

FORM_VALUE_SCHEMA: Final[dict[str, Any]] = {
    "title": "FormValue",
    "description": "Any JSON value without fractions.",
}
"""Stands in a model's schema where the publisher puts the recursive definition of a form value."""

_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class _Unfit(Exception):
    """A value that is not allowed, with the way to it from the inside out."""

    def __init__(self, kind: str, message: str, *path: object) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.path = list(path)

    def as_error(self) -> PydanticCustomError:
        return PydanticCustomError(self.kind, self.message, {"path": self.path[::-1]})


def _check_form(form: dict[str, JsonValue]) -> dict[str, JsonValue]:
    try:
        _check_members(form, 1)
    except _Unfit as unfit:
        raise unfit.as_error() from None
    return form


def _check_members(value: Any, depth: int) -> None:
    """Check the members of a list or object; on its way up an error collects where it was."""
    if depth > DEEPEST_FORM:
        raise _Unfit("too_deep", "nested deeper than 16 levels")
    members: Any = value.items() if type(value) is dict else enumerate(value)
    for name, member in members:
        if type(name) is str and not name.isprintable() and _FORBIDDEN.search(name):
            raise _Unfit("unfit_text", "a field name holds a control character")
        kind = type(member)
        if kind is str:
            if not member.isprintable() and _FORBIDDEN.search(member):
                raise _Unfit("unfit_text", "a text holds a control character", name)
        elif kind is dict or kind is list:
            try:
                _check_members(member, depth + 1)
            except _Unfit as unfit:
                unfit.path.append(name)
                raise
        elif kind is int:
            if not -LARGEST_INTEGER <= member <= LARGEST_INTEGER:
                raise _Unfit("unfit_integer", "an integer is beyond 2^53 - 1", name)
        elif kind is float:
            raise _Unfit("unfit_float", "a fraction is sent as text", name)


Form = Annotated[
    dict[str, JsonValue],
    AfterValidator(_check_form),
    WithJsonSchema(
        {
            "type": "object",
            "description": "The procedure's own form: JSON without fractions, at most 16 levels.",
            "propertyNames": {"pattern": FORM_TEXT_PATTERN},
            "additionalProperties": FORM_VALUE_SCHEMA,
        }
    ),
]
