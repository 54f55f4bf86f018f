"""Which element a field of the model is: said once, beside the field, for reader and writer."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import cache
from typing import Any, Final, Literal

Kind = Literal["text", "day", "moment", "number", "code", "base64", "node"]
_PART: Final = "edxml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One child element: its name, how its content is read, how often it may stand there.

    `attribute` is the field's name in the model, once `parts_of` has looked.
    """

    name: str
    kind: Kind
    required: bool
    many: bool
    node: Callable[[], type] | None = None
    codes: type[StrEnum] | None = None
    also: tuple[str, ...] = ()
    attribute: str = ""


def leaf(
    name: str,
    kind: Kind = "text",
    *,
    required: bool = False,
    many: bool = False,
    codes: type[StrEnum] | None = None,
    also: tuple[str, ...] = (),
) -> Any:
    """Declare a field that is an element with text. `also` are other spellings in use."""
    return _declared(
        Part(name=name, kind=kind, required=required, many=many, codes=codes, also=also)
    )


def node(
    name: str,
    model: Callable[[], type],
    *,
    required: bool = False,
    many: bool = False,
    also: tuple[str, ...] = (),
) -> Any:
    """Declare a field that is an element with elements of its own, read as `model()`."""
    return _declared(
        Part(name=name, kind="node", required=required, many=many, node=model, also=also)
    )


@cache
def parts_of(model: type) -> tuple[Part, ...]:
    """Return the parts of a model in the order in which they are written."""
    return tuple(
        replace(one.metadata[_PART], attribute=one.name)
        for one in fields(model)
        if _PART in one.metadata
    )


def _declared(part: Part) -> Any:
    metadata = {_PART: part}
    if part.required:
        return field(metadata=metadata)
    return field(default=() if part.many else None, metadata=metadata)
