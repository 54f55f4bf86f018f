"""Charts of the reports as geometry: months as bars, agencies as lengths; templates draw SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from gateway.console.charts import round_up
from gateway.reports.overview import Month, TimeSpent

WIDTH: Final = 768
HEIGHT: Final = 160
_BAR: Final = 22


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of a bar: how it is coloured and what its title says, where it is, what it counts."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    count: int
    starts: date


@dataclass(frozen=True, slots=True)
class MonthBars:
    """Two bars a month: what came in; and what ended, late above in time."""

    bars: tuple[Bar, ...]
    months: tuple[tuple[float, Month], ...]
    """The middle of each month's bars."""
    most: int

    @property
    def half(self) -> float:
        """What the middle line stands for: 2.5 on a scale to 5."""
        return self.most / 2

    @property
    def is_empty(self) -> bool:
        return not self.bars


def month_bars(months: Sequence[Month]) -> MonthBars:
    """Lay months out from left to right."""
    counts = [(one.received, one.settled_in_time + one.settled_late) for one in months]
    scale = round_up(max((max(pair) for pair in counts), default=0))
    each = WIDTH / max(1, len(months))
    bars: list[Bar] = []
    middles: list[tuple[float, Month]] = []
    for place, one in enumerate(months):
        middle = round(each * (place + 0.5), 1)
        middles.append((middle, one))
        for left, pieces in (
            (middle - _BAR - 1, (("received", one.received),)),
            (middle + 1, (("in-time", one.settled_in_time), ("late", one.settled_late))),
        ):
            below = float(HEIGHT)
            for kind, count in pieces:
                height = round(count * HEIGHT / scale, 2)
                below = round(below - height, 2)
                if count:
                    bars.append(Bar(kind, round(left, 1), below, _BAR, height, count, one.starts))
    return MonthBars(tuple(bars), tuple(middles), scale)


@dataclass(frozen=True, slots=True)
class Length:
    """An agency's mean turn as a length of 1,000: what was worked, then what lay."""

    spent: TimeSpent
    worked: float
    lay: float


def lengths(slowest: Sequence[TimeSpent]) -> list[Length]:
    """Lay agencies out beside each other, the longest as long as there is room."""
    longest = max((one.worked + one.lay for one in slowest), default=1.0) or 1.0
    return [
        Length(one, round(1000 * one.worked / longest, 1), round(1000 * one.lay / longest, 1))
        for one in slowest
    ]
