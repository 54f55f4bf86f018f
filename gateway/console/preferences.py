"""What a reader chose for this browser: language and light or dark; kept in two cookies.

They name a choice and nobody. Both work without script, on public pages too.
"""

from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

from fastapi import Request

from gateway.console.words import LANGUAGES, Language

Theme = Literal["auto", "light", "dark"]

LANGUAGE_COOKIE: Final = "lt_language"
THEME_COOKIE: Final = "lt_theme"


@dataclass(frozen=True, slots=True)
class Preferences:
    """The language to speak, if one was chosen; and the theme: `auto` is what the machine has."""

    language: Language | None
    theme: Theme


def preferences_of(request: Request) -> Preferences:
    """Return what the cookies say; what they say wrongly is as if it were not there."""
    language = request.cookies.get(LANGUAGE_COOKIE)
    theme = request.cookies.get(THEME_COOKIE)
    return Preferences(
        language if language in LANGUAGES else None,
        cast(Theme, theme) if theme in get_args(Theme) else "auto",
    )
