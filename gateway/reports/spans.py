"""Spans: periods by the names that people give them, and the one before each.

    2026-11   a month         2026-Q4   a quarter         2026-H2   a half         2026   a year

By the calendar; or as periodic reports close their figures, on the 14th: November is then
15/10 to 14/11, the fourth quarter 15/09 to 14/12, the year 15/12 of the one before to 14/12
(NĐ 09/2019/NĐ-CP Art. 12; `memory`).
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Self

from gateway.reports.period import Period

_DAY: Final = timedelta(days=1)
_NAMED: Final = re.compile(r"(?P<year>\d{4})(?:-(?P<of>[QH]?)(?P<no>\d{1,2}))?", re.ASCII)


class Grain(StrEnum):
    """How long a span is."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"

    @property
    def months(self) -> int:
        return {"month": 1, "quarter": 3, "half": 6, "year": 12}[self.value]


_OF: Final = {"": Grain.MONTH, "Q": Grain.QUARTER, "H": Grain.HALF}


@dataclass(frozen=True, slots=True)
class Span:
    """The `no`-th month, quarter or half of a year; a year is its own first."""

    grain: Grain
    year: int
    no: int = 1

    @classmethod
    def read(cls, written: str) -> Self | None:
        """Read a span by its name; None if it is none."""
        found = _NAMED.fullmatch(written)
        if found is None or not 1900 <= int(found["year"]) <= 2199:
            return None
        if found["no"] is None:
            return cls(Grain.YEAR, int(found["year"]))
        grain, no = _OF[found["of"]], int(found["no"])
        return cls(grain, int(found["year"]), no) if 1 <= no <= 12 // grain.months else None

    @classmethod
    def around(cls, grain: Grain, day: date) -> Self:
        """Return the span that a day lies in, by the calendar."""
        return cls(grain, day.year, (day.month - 1) // grain.months + 1)

    def __str__(self) -> str:
        match self.grain:
            case Grain.MONTH:
                return f"{self.year}-{self.no:02d}"
            case Grain.QUARTER:
                return f"{self.year}-Q{self.no}"
            case Grain.HALF:
                return f"{self.year}-H{self.no}"
            case Grain.YEAR:
                return str(self.year)

    def before(self, many: int = 1) -> "Span":
        """Return the span so many before this one."""
        each = 12 // self.grain.months
        year, no = divmod(self.year * each + self.no - 1 - many, each)
        return Span(self.grain, year, no + 1)

    def period(self, *, closing_on_14: bool = False) -> Period:
        """Return its days."""
        first = date(self.year, (self.no - 1) * self.grain.months + 1, 1)
        after = date(self.year + self.no // (12 // self.grain.months), self._after, 1)
        if not closing_on_14:
            return Period(first, after - _DAY)
        return Period((first - _DAY).replace(day=15), (after - _DAY).replace(day=14))

    def so_far(self, today: date) -> Period:
        """Return its days until today; all of them once it is over."""
        whole = self.period()
        return Period(whole.first, max(whole.first, min(whole.last, today)))

    def as_far_as(self, other: Period) -> Period:
        """Return as many of its days as another period has, and never more than there are."""
        whole = self.period()
        return Period(whole.first, min(whole.last, whole.first + (other.last - other.first)))

    @property
    def _after(self) -> int:
        return self.no * self.grain.months % 12 + 1
