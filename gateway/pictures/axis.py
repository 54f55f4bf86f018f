"""Where an instant lies on a picture: working time to scale, nights and days off compressed.

A chain of ten working days spans two weeks of clock time of which a fifth is worked. Drawn to
scale the work would be lines; so an hour of work is an hour wide, a lunch or a night a narrow
strip, and days off little more, however many there are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from routing.legaltime import WorkCalendar

CUTOFF = time(15)
"""NĐ 61/2018 Điều 18: from then on it counts from the next working day."""
CUTOFF_ROOM = 64.0
"""How wide a day must be for its cutoff to be drawn."""

_HOUR = timedelta(hours=1)
_MARGIN = timedelta(minutes=20)
_LUNCH, _NIGHT, _DAY_OFF = 0.45, 0.9, 1.1
"""Widths of what is compressed, in hours of work; a day off adds to the night around it."""
_MOST_OFF = 7.0


class Kind(StrEnum):
    """What a stretch of the axis is."""

    WORK = "work"
    BREAK = "break"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Stretch:
    """[start, end) between two x; `days` are the dates that lie in it wholly as days off."""

    start: datetime
    end: datetime
    left: float
    right: float
    kind: Kind
    days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """A working day and its place on the axis."""

    date: date
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Axis:
    """The stretches of a span, in order and without gap."""

    stretches: tuple[Stretch, ...]
    days: tuple[Day, ...]

    @property
    def left(self) -> float:
        return self.stretches[0].left

    @property
    def right(self) -> float:
        return self.stretches[-1].right

    @property
    def end(self) -> datetime:
        return self.stretches[-1].end

    def x(self, instant: datetime) -> float:
        """Return where an instant lies; what lies outside is put at the nearer end."""
        at = bisect_right(self.stretches, instant, key=lambda one: one.start) - 1
        if at < 0:
            return self.left
        one = self.stretches[at]
        share = min(1.0, (instant - one.start) / (one.end - one.start))
        return one.left + share * (one.right - one.left)


def axis_for(
    calendar: WorkCalendar, first: datetime, last: datetime, left: float, right: float
) -> Axis:
    """Lay out everything from the opening of the first day to the close of the last."""
    pieces = list(_merged(_pieces(calendar, first - _MARGIN, last + _MARGIN)))
    weights = [_weight(piece) for piece in pieces]
    scale = (right - left) / sum(weights)
    stretches: list[Stretch] = []
    x = left
    for (start, end, kind, days), weight in zip(pieces, weights, strict=True):
        stretches.append(Stretch(start, end, x, x + weight * scale, kind, days))
        x += weight * scale
    return Axis(tuple(stretches), tuple(_days(calendar, stretches)))


_Piece = tuple[datetime, datetime, Kind, tuple[date, ...]]


def _pieces(calendar: WorkCalendar, first: datetime, last: datetime) -> Iterator[_Piece]:
    """Cut the span into working time and what lies between, by day."""
    day, end = first.astimezone(calendar.zone).date(), last.astimezone(calendar.zone).date()
    at = min(first, _opening(calendar, day) or first)
    until = max(last, _close(calendar, end) or last)
    while day <= end:
        intervals = intervals_on(calendar, day)
        for number, (opens, closes) in enumerate(intervals):
            begin, finish = _local(calendar, day, opens), _local(calendar, day, closes)
            if at < begin:
                yield at, begin, Kind.BREAK if number else Kind.OFF, ()
            yield max(at, begin), finish, Kind.WORK, ()
            at = finish
        day += timedelta(days=1)
        if not intervals:
            midnight = min(until, _local(calendar, day, time()))
            yield at, midnight, Kind.OFF, (day - timedelta(days=1),)
            at = midnight
    if at < until:
        yield at, until, Kind.OFF, ()


def _merged(pieces: Iterator[_Piece]) -> Iterator[_Piece]:
    """Make one stretch of a night and the days off around it."""
    before: _Piece | None = None
    for piece in pieces:
        start, end, kind, days = piece
        if start >= end:
            continue
        if before is not None and before[2] is Kind.OFF and kind is Kind.OFF:
            before = (before[0], end, kind, before[3] + days)
            continue
        if before is not None:
            yield before
        before = piece
    if before is not None:
        yield before


def _weight(piece: _Piece) -> float:
    start, end, kind, days = piece
    hours = (end - start) / _HOUR
    if kind is Kind.WORK:
        return hours
    if kind is Kind.BREAK:
        return min(hours, _LUNCH)
    return min(hours, _NIGHT + min(_MOST_OFF, _DAY_OFF * len(days)))


def _days(calendar: WorkCalendar, stretches: list[Stretch]) -> Iterator[Day]:
    by_date: dict[date, list[Stretch]] = {}
    for one in stretches:
        if one.kind is Kind.WORK:
            by_date.setdefault(one.start.astimezone(calendar.zone).date(), []).append(one)
    for day, parts in by_date.items():
        yield Day(day, parts[0].left, parts[-1].right)


def intervals_on(calendar: WorkCalendar, day: date) -> tuple[tuple[time, time], ...]:
    """Return a date's working intervals; none where the calendar does not know the date."""
    index = (day - calendar.known_from).days
    return calendar.intervals[index] if 0 <= index < len(calendar.intervals) else ()


def _opening(calendar: WorkCalendar, day: date) -> datetime | None:
    intervals = intervals_on(calendar, day)
    return _local(calendar, day, intervals[0][0]) if intervals else None


def _close(calendar: WorkCalendar, day: date) -> datetime | None:
    intervals = intervals_on(calendar, day)
    return _local(calendar, day, intervals[-1][1]) if intervals else None


def _local(calendar: WorkCalendar, day: date, at: time) -> datetime:
    return datetime.combine(day, at, calendar.zone)
