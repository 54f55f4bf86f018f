"""Charts as geometry: bars over the last day, laid out here and drawn by the template as SVG.

Only attributes carry sizes: the content security policy lets no style through.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gateway.console.formats import ZONE
from gateway.reports.traffic import Quarter

WIDTH: Final = 768
HEIGHT: Final = 120
_EACH: Final = WIDTH // 96
_LABELS: Final = 3
"""Hours between labels."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One piece of one quarter's bar; `kind` is how it is coloured, and what its title says."""

    kind: str
    x: int
    y: float
    height: float
    count: int
    at: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars, the hours below them, and the scale's end."""

    bars: tuple[Bar, ...]
    hours: tuple[tuple[int, str], ...]
    most: int
    total: int


def bars_of(quarters: Sequence[Quarter], *kinds: str) -> Chart:
    """Stack counts of each quarter; `kinds` name them, from the bottom up."""
    most = max((sum(getattr(one, kind) for kind in kinds) for one in quarters), default=0)
    scale = round_up(most)
    bars: list[Bar] = []
    hours: list[tuple[int, str]] = []
    for place, one in enumerate(quarters):
        local = one.starts.astimezone(ZONE)
        if local.minute == 0 and local.hour % _LABELS == 0:
            hours.append((place * _EACH, f"{local:%H:%M}"))
        below = float(HEIGHT)
        for kind in kinds:
            count = getattr(one, kind)
            if count:
                height = round(count * HEIGHT / scale, 2)
                below -= height
                bars.append(
                    Bar(kind, place * _EACH, round(below, 2), height, count, f"{local:%H:%M}")
                )
    total = sum(getattr(one, kind) for one in quarters for kind in kinds)
    return Chart(tuple(bars), tuple(hours), scale, total)


def round_up(count: int) -> int:
    """Return the end of the scale: 1, 2 or 5 times a power of ten, and never less than four."""
    step = 1
    while True:
        for end in (step, 2 * step, 5 * step):
            if end >= max(count, 4):
                return end
        step *= 10
