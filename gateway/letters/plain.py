"""A letter as plain text: what is shown, what is digested, what anybody can paste and check."""

import textwrap
from hashlib import sha256
from typing import Final

from routing.letters import Letter

WIDTH: Final = 80


def as_text(letter: Letter) -> str:
    """Lay the letter out in lines of at most 80 characters, ending with a newline."""
    lines = [
        letter.nation.center(WIDTH).rstrip(),
        letter.motto.center(WIDTH).rstrip(),
        ("-" * len(letter.motto)).center(WIDTH).rstrip(),
        "",
        *_wrapped(letter.author.upper()),
        letter.number,
        letter.place_date.rjust(WIDTH),
        "",
        letter.title.center(WIDTH).rstrip(),
        *(line.center(WIDTH).rstrip() for line in _wrapped(letter.subject)),
        "",
        *_wrapped(letter.addressee),
        "",
    ]
    for paragraph in letter.paragraphs:
        lines += [*_wrapped(paragraph, first="    "), ""]
    lines += [line.rjust(WIDTH) for line in letter.signature]
    lines += [
        "",
        letter.recipients_title,
        *(line for one in letter.recipients for line in _wrapped(one)),
    ]
    lines += ["", *_wrapped(letter.footer)]
    return "\n".join(lines) + "\n"


def digest_of(letter: Letter) -> bytes:
    """Return the sha-256 of the letter's text: what was issued, word by word."""
    return sha256(as_text(letter).encode()).digest()


def _wrapped(text: str, *, first: str = "") -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, break_long_words=True, break_on_hyphens=False
    )
