"""A period of whole days, and the few pieces of the books that it is the sum of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Grain = Literal["day", "month", "year"]
_DAY = timedelta(days=1)


class BadPeriod(ValueError):
    """The days asked for are not a period; the text says why."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of one grain whose start lies in [starts, until); `within`: of the period itself."""

    grain: Grain
    starts: date
    until: date
    within: bool


@dataclass(frozen=True, slots=True)
class Period:
    """The local days from `first` to `last`, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise BadPeriod(f"the period ends ({self.last}) before it begins ({self.first})")
        if self.first.year < 1900 or self.last.year > 2199:
            raise BadPeriod("beyond the years that are known here")

    def __str__(self) -> str:
        return f"{self.first:%d/%m/%Y} - {self.last:%d/%m/%Y}"

    def pieces(self) -> list[Piece]:
        """Return the rows of the books whose sum is the period, and those before it."""
        january = date(self.first.year, 1, 1)
        return [
            Piece("year", date.min, january, within=False),
            *(Piece(*one, within=False) for one in _pieces(january, self.first)),
            *(Piece(*one, within=True) for one in _pieces(self.first, self.last + _DAY)),
        ]


def _pieces(starts: date, until: date) -> Iterator[tuple[Grain, date, date]]:
    """Cut [starts, until) into spans of the largest grains that fit, in order."""
    while starts < until:
        grain = _largest(starts, until)
        end = starts
        while (following := _next(end, grain)) <= until and _largest(end, until) == grain:
            end = following
        yield grain, starts, end
        starts = end


def _largest(starts: date, until: date) -> Grain:
    if starts.day == 1:
        if starts.month == 1 and _next(starts, "year") <= until:
            return "year"
        if _next(starts, "month") <= until:
            return "month"
    return "day"


def _next(starts: date, grain: Grain) -> date:
    match grain:
        case "year":
            return date(starts.year + 1, 1, 1)
        case "month":
            return (date(starts.year, starts.month, 1) + 31 * _DAY).replace(day=1)
        case "day":
            return starts + _DAY
