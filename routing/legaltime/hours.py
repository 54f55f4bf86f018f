"""An agency's own hours: its ordinary week and its own days, laid over a base calendar.

What an agency's file does not say comes from the base version it is laid over, so that a new year,
decided once for the country, holds for every agency without a new file of each.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from routing.legaltime.calendar import DayNote, Interval, WorkCalendar

OFF_KINDS = frozenset({"public_holiday", "substitute", "swapped_off", "local_day_off"})


@dataclass(frozen=True, slots=True)
class WeekRow:
    """The hours of some weekdays, for a time or for good; no intervals: they are days off."""

    weekdays: frozenset[int]
    intervals: tuple[Interval, ...]
    since: date | None
    until: date | None
    source: str
    certainty: str

    def speaks_of(self, day: date) -> bool:
        """Say whether the row gives this date's hours."""
        return (
            day.weekday() in self.weekdays
            and (self.since is None or self.since <= day)
            and (self.until is None or day <= self.until)
        )


@dataclass(frozen=True, slots=True)
class AgencyHours:
    """One version of the hours of some agencies; `laid_over` a base it becomes a calendar.

    `agencies` are codes, or beginnings of codes with `*` at the end. Clocks that start from
    `valid_from` on count by it; the days before have its hours too, unless a row says since when.
    """

    name: str
    version: str
    title: str
    extends: str
    agencies: tuple[str, ...]
    valid_from: date | None
    nominal_day: timedelta | None
    week: tuple[WeekRow, ...]
    intervals: Mapping[date, tuple[Interval, ...]]
    notes: Mapping[date, DayNote]

    @property
    def pin(self) -> str:
        """How it is named: `name@version`."""
        return f"{self.name}@{self.version}"

    def covers(self, agency: str) -> int:
        """Return how exactly it names an agency: 0 not at all, a whole code more than any `*`."""
        return max((_exactness(one, agency) for one in self.agencies), default=0)

    def laid_over(self, base: WorkCalendar) -> WorkCalendar:
        """Return the calendar that its agencies work by, while the base is this version."""
        days = [base.known_from + timedelta(n) for n in range(len(base.intervals))]
        known = {day: note for day, note in self.notes.items() if day in base}
        return replace(
            base,
            name=self.name,
            version=f"{self.version}+{base.pin}",
            nominal_day=self.nominal_day or base.nominal_day,
            intervals=tuple(
                self._hours_of(day, base, theirs)
                for day, theirs in zip(days, base.intervals, strict=True)
            ),
            notes={**base.notes, **known},
        )

    def doubtful_days(self, base: WorkCalendar) -> tuple[date, ...]:
        """Return the weekend days it works by its week alone although a holiday is there.

        The base calendar has no row for a holiday that falls on a weekend, and the days between
        two of them are worked by nobody: a row of the agency's own should say which it is. Days
        before the version are not asked about.
        """
        laid = self.laid_over(base)
        since = self.valid_from or date.fromisoformat(self.version[:10])
        return tuple(
            day
            for day in (base.known_from + timedelta(n) for n in range(len(base.intervals)))
            if day >= since
            and day not in laid.notes
            and laid.is_working_day(day)
            and not base.is_working_day(day)
            and (
                (day.month, day.day) in _FIXED_HOLIDAYS
                or any(_is_holiday(base, day + timedelta(n)) for n in (-1, 1))
            )
        )

    def _hours_of(
        self, day: date, base: WorkCalendar, theirs: tuple[Interval, ...]
    ) -> tuple[Interval, ...]:
        own = self.intervals.get(day)
        if own is not None:
            return own
        note = base.notes.get(day)
        if note is None:
            ordinary = self._ordinary(day)
            return theirs if ordinary is None else ordinary
        if not theirs:
            return ()  # the country is off
        # A made-up day is worked as the weekday that it stands for.
        instead = self._ordinary(note.swapped_with) if note.swapped_with is not None else None
        return instead or theirs

    def _ordinary(self, day: date) -> tuple[Interval, ...] | None:
        """The last row that speaks of a date counts, so that a season follows the general rule."""
        for row in reversed(self.week):
            if row.speaks_of(day):
                return row.intervals
        return None


_FIXED_HOLIDAYS = frozenset({(1, 1), (4, 30), (5, 1), (9, 2)})
"""Bộ luật Lao động, Điều 112: the holidays whose date does not move."""


def _is_holiday(base: WorkCalendar, day: date) -> bool:
    return day in base and day in base.notes and not base.is_working_day(day)


def _exactness(pattern: str, agency: str) -> int:
    if pattern.endswith("*"):
        return len(pattern) if agency.startswith(pattern[:-1]) else 0
    return 1_000 if agency == pattern else 0
