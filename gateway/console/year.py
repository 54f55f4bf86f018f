"""A year of the working calendar as a picture: twelve months of days, and what each day is.

A day that the calendar does not know is drawn as such: it is neither worked nor off.
"""

from calendar import Calendar as Weeks
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from routing.legaltime import WorkCalendar
from routing.legaltime.calendar import DayNote

_WEEKS: Final = Weeks(firstweekday=0)


class DayKind(StrEnum):
    """What a day is to a clock."""

    WORK = "work"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    OFF = "off"
    """Off in exchange, or instead: a substitute, a swapped day, a local day off."""
    MAKE_UP = "make-up"
    HALF = "half"
    UNKNOWN = "unknown"


_OF_NOTES: Final = {
    "public_holiday": DayKind.HOLIDAY,
    "make_up": DayKind.MAKE_UP,
    "half_day": DayKind.HALF,
}


@dataclass(frozen=True, slots=True)
class DayOf:
    """One date, what it is, and why if it differs from the ordinary week."""

    date: date
    kind: DayKind
    note: DayNote | None
    is_today: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month in weeks from Monday to Sunday; None fills the first and the last."""

    number: int
    weeks: tuple[tuple[DayOf | None, ...], ...]

    @property
    def worked(self) -> int:
        """How many days are worked, half ones as well."""
        worked = (DayKind.WORK, DayKind.MAKE_UP, DayKind.HALF)
        return sum(1 for week in self.weeks for day in week if day and day.kind in worked)

    @property
    def lacking(self) -> int:
        """How many days nobody knows."""
        return sum(1 for week in self.weeks for day in week if day and day.kind is DayKind.UNKNOWN)


def months_of(calendar: WorkCalendar, year: int, today: date) -> tuple[Month, ...]:
    """Lay a year out."""
    return tuple(
        Month(
            month,
            tuple(
                tuple(_day(calendar, day, today) if day.month == month else None for day in week)
                for week in _WEEKS.monthdatescalendar(year, month)
            ),
        )
        for month in range(1, 13)
    )


def special_days(months: Sequence[Month]) -> Iterator[DayOf]:
    """Yield the days that differ from the ordinary week, in order."""
    for month in months:
        for week in month.weeks:
            yield from (day for day in week if day is not None and day.note is not None)


def years_of(calendar: WorkCalendar, today: date) -> range:
    """Return the years that are shown: those known in part, this one and the next."""
    last = max(calendar.known_until.year, today.year + 1)
    return range(min(calendar.known_from.year, today.year), last + 1)


def _day(calendar: WorkCalendar, day: date, today: date) -> DayOf:
    note = calendar.notes.get(day)
    return DayOf(day, _kind(calendar, day, note), note, day == today)


def _kind(calendar: WorkCalendar, day: date, note: DayNote | None) -> DayKind:
    if not calendar.known_from <= day <= calendar.known_until:
        return DayKind.UNKNOWN
    if note is not None and (note.kind in _OF_NOTES or not calendar.intervals_of(day)):
        return _OF_NOTES.get(note.kind, DayKind.OFF)
    return DayKind.WORK if calendar.intervals_of(day) else DayKind.WEEKEND
