"""Snippets of a page of the documentation: what it shows is what is run."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
_FENCED = re.compile(r"^```(\w*)(?: (\S+))?\n(.*?)^```$", re.M | re.S)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A fenced block; `name` is the word after its language: a file to save it as, or a label."""

    language: str
    name: str | None
    text: str
    line: int


def snippets(page: str) -> Iterator[Snippet]:
    """Return the fenced blocks of docs/<page>, in order."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    for found in _FENCED.finditer(text):
        language, name, body = found.groups()
        yield Snippet(language, name, body, text.count("\n", 0, found.start()) + 1)
