"""What is said once on the next page: that an act was done. Symbolic, so it can carry no text."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast, get_args

import orjson
from fastapi import Request, Response

from gateway.console.words import Words

Tone = Literal["good", "warn", "bad", "info"]

COOKIE: Final = "lt_flash"
_LONGEST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Flash:
    """A text of the catalogue with numbers and codes in it; never what somebody wrote."""

    tone: Tone
    text: str
    values: Mapping[str, int | str] = field(default_factory=dict)


def leave(answer: Response, flash: Flash, *, secure: bool) -> None:
    """Leave a flash for the next page that this browser is shown."""
    document = orjson.dumps([flash.tone, flash.text, dict(flash.values)])
    written = base64.urlsafe_b64encode(document).decode()
    answer.set_cookie(
        COOKIE, written, max_age=60, path="/", secure=secure, httponly=True, samesite="lax"
    )


def take(request: Request, words: Words) -> Flash | None:
    """Return the flash that was left, if it is one that our own catalogue can say."""
    written = request.cookies.get(COOKIE)
    if not written or len(written) > _LONGEST:
        return None
    try:
        tone, text, values = orjson.loads(base64.urlsafe_b64decode(written))
        flash = Flash(cast(Tone, tone), str(text), _plain(values))
        words(flash.text, **flash.values)
    except (binascii.Error, ValueError, TypeError, LookupError, AssertionError):
        return None
    return flash if tone in get_args(Tone) else None


def _plain(values: Any) -> dict[str, int | str]:
    return {str(name): one for name, one in values.items() if isinstance(one, int | str)}
