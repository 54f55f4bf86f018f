"""Field paths, as `data.submission.applicant.name`: looked up, never executed."""

import types
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic import BaseModel

MISSING: Final = object()


def look_up(path: str, root: Any) -> Any:
    """Return what stands at a path, or MISSING; null counts as missing."""
    found = root
    for part in path.split("."):
        match found:
            case Mapping():
                found = found.get(part, MISSING)
            case str():
                return MISSING
            case Sequence() if part.isdecimal() and int(part) < len(found):
                found = found[int(part)]
            case _:
                return MISSING
    return MISSING if found is None else found


def put(path: str, value: Any, document: dict[str, Any]) -> None:
    """Write a value at a path, making the objects on the way; a number is a place in a list."""
    at: Any = document
    parts = path.split(".")
    for part, following in pairwise(parts):
        empty: Any = [] if following.isdecimal() else {}
        at = _item(at, int(part), empty) if isinstance(at, list) else at.setdefault(part, empty)
    if isinstance(at, list):
        at.append(value)
    else:
        at[parts[-1]] = value


def _item(items: list[Any], place: int, empty: Any) -> Any:
    while len(items) <= place:
        items.append(type(empty)())
    return items[place]


def has_path(model: Any, parts: Sequence[str]) -> bool:
    """Whether messages of a model can have something at this path; free objects can hold all."""
    if not parts:
        return True
    return any(_has(one, parts) for one in _members(model))


def item_model(model: Any, parts: Sequence[str]) -> list[Any]:
    """Return what the items of the list at a path may be."""
    found = [model]
    for part in parts:
        found = [
            one.model_fields[part].annotation
            for kind in found
            for one in _members(kind)
            if isinstance(one, type) and issubclass(one, BaseModel) and part in one.model_fields
        ]
    return [get_args(one)[0] for kind in found for one in _members(kind) if get_origin(one) is list]


def _has(kind: Any, parts: Sequence[str]) -> bool:
    first, rest = parts[0], parts[1:]
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        field = kind.model_fields.get(first)
        return field is not None and has_path(field.annotation, rest)
    match get_origin(kind):
        case origin if origin is list:
            return first.isdecimal() and has_path(get_args(kind)[0], rest)
        case origin if origin is dict:
            return has_path(get_args(kind)[1], rest)
    return kind is Any or kind is dict


def _members(kind: Any) -> list[Any]:
    """Return the alternatives behind annotations, optional values and unions."""
    origin = get_origin(kind)
    if origin is Annotated:
        return _members(get_args(kind)[0])
    if origin in (Union, types.UnionType):
        return [one for member in get_args(kind) for one in _members(member)]
    if hasattr(kind, "__value__"):
        return [Any]
    return [kind]
