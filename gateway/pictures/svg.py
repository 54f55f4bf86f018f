"""The little SVG that pictures are made of: elements as text, patterns, and how wide a text is.

Attributes only, no style sheet and no script, so that a picture may stand in any page whatever its
content security policy; no font is fetched, so widths are estimates on the generous side.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from html import escape

FONT = "'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', Arial, sans-serif"

_NARROW = frozenset("ijlItf.,:;'|!()[]·-/ ")
_WIDE = frozenset("mwMWOQGĐD%@→")


def element(name: str, *content: str, **attributes: object) -> str:
    """Write one element; `stroke_width=2` becomes `stroke-width="2"`, None is left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_value(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(content)}</{name}>" if content else f"<{name}{written}/>"


def words(
    x: float,
    y: float,
    said: str,
    *,
    size: float = 11,
    fill: str = "#1f2937",
    bold: bool = False,
    anchor: str | None = None,
) -> str:
    """Write a text at its baseline."""
    return element(
        "text",
        escape(said, quote=False),
        x=x,
        y=y,
        font_size=size,
        fill=fill,
        font_weight="600" if bold else None,
        text_anchor=anchor,
    )


def hint(said: str) -> str:
    """Write what a screen reader says of an element, and a pointer shows."""
    return element("title", escape(said, quote=False))


def path(points: Iterable[tuple[float, float]], *, closed: bool = False) -> str:
    """Write the `d` of straight lines through points."""
    pairs = [f"{_value(x)} {_value(y)}" for x, y in points]
    return "M" + " L".join(pairs) + (" Z" if closed else "")


def width_of(said: str, size: float, *, bold: bool = False) -> float:
    """Return about how wide a text is; accents do not count, tone marks sit above their letter."""
    ems = 0.0
    for letter in unicodedata.normalize("NFD", said):
        if unicodedata.combining(letter):
            continue
        if letter in _NARROW:
            ems += 0.34
        elif letter in _WIDE:
            ems += 0.86
        else:
            ems += 0.66 if letter.isupper() else 0.57
    return ems * size * (1.07 if bold else 1.0)


def wrapped(said: str, size: float, room: float, *, most: int, bold: bool = False) -> list[str]:
    """Break a text into at most so many lines of this width; what is left over ends in dots."""
    lines: list[str] = []
    for word in said.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size, bold=bold) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        kept = lines[:most]
        while width_of(kept[-1] + " …", size, bold=bold) > room and " " in kept[-1]:
            kept[-1] = kept[-1].rsplit(" ", 1)[0]
        return [*kept[:-1], kept[-1] + " …"]
    return lines


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return str(value)
