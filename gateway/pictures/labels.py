"""Texts beside a bar, each as near its instant as the others allow: none lies on another."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.pictures.svg import element, width_of

_GAP = 7.0


@dataclass(frozen=True, slots=True)
class Placed:
    """A text, where it begins, and on which line of its track (0 is nearest the bar)."""

    said: str
    x: float
    line: int
    fill: str
    bold: bool


@dataclass(slots=True)
class Track:
    """Lines of text above or below a bar, filled from the one nearest to it."""

    left: float
    right: float
    size: float
    placed: list[Placed] = field(default_factory=list)
    _taken: list[list[tuple[float, float]]] = field(default_factory=list)

    def put(self, x: float, said: str, *, fill: str, bold: bool = False) -> None:
        """Place a text around x, on the first line with room."""
        width = width_of(said, self.size, bold=bold)
        begin = max(self.left, min(x - width / 2, self.right - width))
        line = self._line_with_room(begin, begin + width)
        self._taken[line].append((begin, begin + width))
        self.placed.append(Placed(said, begin, line, fill, bold))

    def _line_with_room(self, begin: float, end: float) -> int:
        for line, taken in enumerate(self._taken):
            if all(end + _GAP <= a or b + _GAP <= begin for a, b in taken):
                return line
        self._taken.append([])
        return len(self._taken) - 1

    @property
    def lines(self) -> int:
        return len(self._taken)

    def draw(self, near: float, step: float) -> str:
        """Write all texts; the nearest line has its baseline at `near`, the next a step on."""
        return "".join(
            element(
                "text",
                _escaped(one.said),
                x=one.x,
                y=near + one.line * step,
                font_size=self.size,
                fill=one.fill,
                font_weight="600" if one.bold else None,
                stroke="#ffffff",
                stroke_width=3,
                stroke_linejoin="round",
                paint_order="stroke",
            )
            for one in self.placed
        )


def _escaped(said: str) -> str:
    return said.replace("&", "&amp;").replace("<", "&lt;")
