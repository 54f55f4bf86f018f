"""What a form brings: read once, bounded, whoever of a request's dependencies asks first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from fastapi import Request

from gateway.api.bodies import Oversized, read_body
from gateway.api.problems import refuse
from schemas.problems import ProblemType

_MOST_BYTES: Final = 1024 * 1024
_MOST_FIELDS: Final = 20_000
"""A selection names each of its items, and a bulk act has at most 10,000."""
_MEDIA: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form in their order; the same name may come several times."""

    fields: Sequence[tuple[str, str]] = ()

    def one(self, name: str, default: str = "") -> str:
        """Return the first value of a field, without the space around it."""
        return next((value.strip() for key, value in self.fields if key == name), default)

    def all(self, name: str) -> list[str]:
        """Return every value of a field."""
        return [value for key, value in self.fields if key == name]


async def read_form(request: Request) -> Form:
    """Return the request's form, empty if it brings none; refuse what cannot be read."""
    known: Form | None = getattr(request.state, "form", None)
    if known is None:
        known = request.state.form = await _read(request)
    return known


async def _read(request: Request) -> Form:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != _MEDIA:
        return Form()
    body = await read_body(request, _MOST_BYTES)
    if isinstance(body, Oversized):
        raise refuse(ProblemType.TOO_LARGE, "the form is too large")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=_MOST_FIELDS,
            errors="strict",
        )
    except (UnicodeDecodeError, ValueError):
        raise refuse(ProblemType.BAD_QUERY, "the form cannot be read") from None
    if any("\0" in name or "\0" in value for name, value in pairs):
        raise refuse(ProblemType.BAD_QUERY, "the form cannot be read")
    return Form(pairs)
