"""The working calendar: which instants are working time, answered by bisection, never by walking.

A calendar knows the days from ``known_from`` to ``known_until`` inclusive and refuses to guess
outside them. Working intervals are half-open: 11:30 is already lunch, 13:30 is already work.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone

from routing.legaltime.instants import DAY, SECOND, instant_of, micros_of

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


class CalendarUnknown(Exception):
    """The answer depends on days that the calendar does not know (yet)."""

    def __init__(self, calendar: "WorkCalendar", what: str) -> None:
        super().__init__(
            f"{what} lies outside calendar {calendar.name} (version {calendar.version}), "
            f"which is known from {calendar.known_from} to {calendar.known_until}"
        )
        self.calendar = calendar.name
        self.version = calendar.version
        self.known_from = calendar.known_from
        self.known_until = calendar.known_until


@dataclass(frozen=True, slots=True)
class DayNote:
    """Why one date differs from the ordinary week, and who says so."""

    kind: str  # public_holiday, substitute, swapped_off, local_day_off, make_up, half_day
    reason: str
    source: str
    certainty: str  # confirmed, secondary, computed, unverified, ours, demo
    swapped_with: date | None = None


Interval = tuple[time, time]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WorkCalendar:
    """Working time of one jurisdiction; immutable, safe to share between threads.

    Methods named ``…_micros`` take and return microseconds since the epoch (see ``instants``);
    the others take and return aware datetimes, UTC out.
    """

    name: str
    version: str
    known_from: date
    known_until: date
    zone: timezone
    nominal_day: timedelta
    intervals: tuple[tuple[Interval, ...], ...]  # of each known day; empty on a day off
    notes: Mapping[date, DayNote]

    pin: str = field(init=False)  # name@version: how a clock names what it counts by
    first: int = field(init=False)  # the first known instant
    end: int = field(init=False)  # the first instant that is not known
    nominal: int = field(init=False)  # working microseconds of one wd
    _offset: int = field(init=False)
    _opens: tuple[int, ...] = field(init=False)
    _closes: tuple[int, ...] = field(init=False)
    _worked: tuple[int, ...] = field(init=False)  # working time since `first`, at each close
    _day_close: tuple[int, ...] = field(init=False)  # by day; -1 on a day off
    _next_open: tuple[int, ...] = field(init=False)  # by day: opening of the next working day
    _next_close: tuple[int, ...] = field(init=False)  # by day: close of the next working day

    def __post_init__(self) -> None:
        days = (self.known_until - self.known_from).days + 1
        if days < 1 or days != len(self.intervals):
            raise ValueError(f"calendar {self.name} describes {len(self.intervals)} of {days} days")
        offset = self.zone.utcoffset(None) // timedelta(microseconds=1)
        first = (self.known_from.toordinal() - _EPOCH_ORDINAL) * DAY - offset
        opens: list[int] = []
        closes: list[int] = []
        worked: list[int] = []
        day_open = [-1] * days
        day_close = [-1] * days
        total = 0
        for index, intervals in enumerate(self.intervals):
            midnight = first + index * DAY
            for opening, close in intervals:
                opens.append(midnight + time_of_day(opening))
                closes.append(midnight + time_of_day(close))
                if opens[-1] >= closes[-1] or (len(opens) > 1 and opens[-1] <= closes[-2]):
                    raise ValueError(
                        f"calendar {self.name}: intervals of day {index} are disorderly"
                    )
                total += closes[-1] - opens[-1]
                worked.append(total)
            if intervals:
                day_open[index] = midnight + time_of_day(intervals[0][0])
                day_close[index] = closes[-1]
        next_open = [-1] * days
        next_close = [-1] * days
        for index in range(days - 2, -1, -1):
            after = index + 1
            working = day_close[after] >= 0
            next_open[index] = day_open[after] if working else next_open[after]
            next_close[index] = day_close[after] if working else next_close[after]
        put = object.__setattr__
        put(self, "pin", f"{self.name}@{self.version}")
        put(self, "first", first)
        put(self, "end", first + days * DAY)
        put(self, "nominal", self.nominal_day // timedelta(microseconds=1))
        put(self, "_offset", offset)
        put(self, "_opens", tuple(opens))
        put(self, "_closes", tuple(closes))
        put(self, "_worked", tuple(worked))
        put(self, "_day_close", tuple(day_close))
        put(self, "_next_open", tuple(next_open))
        put(self, "_next_close", tuple(next_close))

    def __repr__(self) -> str:
        return f"<WorkCalendar {self.name} {self.version}, known until {self.known_until}>"

    def __contains__(self, day: date) -> bool:
        """Say whether the calendar knows the date."""
        return self.known_from <= day <= self.known_until

    def is_working_day(self, day: date) -> bool:
        """Say whether any working time is laid on the date."""
        return self._day_close[self._index_of_date(day)] >= 0

    def intervals_of(self, day: date) -> tuple[Interval, ...]:
        """Return the date's working intervals in local time; empty on a day off."""
        return self.intervals[self._index_of_date(day)]

    def close_of_day(self, day: date) -> datetime:
        """Return the close of a working day; ``ValueError`` on a day off."""
        close = self._day_close[self._index_of_date(day)]
        if close < 0:
            raise ValueError(f"{day} is a day off in calendar {self.name}")
        return instant_of(close)

    def local_date(self, instant: datetime) -> date:
        """Return the calendar's own date at the instant."""
        return instant.astimezone(self.zone).date()

    def next_opening(self, instant: datetime) -> datetime:
        """Return the instant itself in working time, otherwise the next opening."""
        return instant_of(self.opening_micros(micros_of(instant)))

    def working_between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time in ``[start, end)``; negative if ``end`` comes first."""
        worked = self.worked_micros(micros_of(end)) - self.worked_micros(micros_of(start))
        return timedelta(microseconds=worked)

    def knows(self, instant: datetime) -> bool:
        """Say whether the instant lies on a day that the calendar knows."""
        return self.first <= micros_of(instant) < self.end

    # -- microseconds ---------------------------------------------------------------------

    def worked_micros(self, at: int) -> int:
        """Return the working time from the first known instant until ``at``."""
        if not self.first <= at <= self.end:
            raise self._unknown(at)
        interval = bisect_right(self._opens, at) - 1
        if interval < 0:
            return 0
        left = self._closes[interval] - at
        return self._worked[interval] - left if left > 0 else self._worked[interval]

    def reached_micros(self, worked: int) -> int:
        """Return the earliest instant by which this much working time has passed."""
        interval = bisect_left(self._worked, worked)
        if interval == len(self._worked):
            raise CalendarUnknown(self, "the end of the budget")
        return self._closes[interval] - (self._worked[interval] - worked)

    def opening_micros(self, at: int) -> int:
        """Return ``at`` in working time, otherwise the next opening."""
        if not self.first <= at < self.end:
            raise self._unknown(at)
        interval = bisect_right(self._opens, at) - 1
        if interval >= 0 and at < self._closes[interval]:
            return at
        if interval + 1 == len(self._opens):
            raise CalendarUnknown(self, "the next opening")
        return self._opens[interval + 1]

    def next_day_opening_micros(self, at: int) -> int:
        """Return the opening of the first working day after the date of ``at``."""
        opening = self._next_open[self._index(at)]
        if opening < 0:
            raise CalendarUnknown(self, "the next working day")
        return opening

    def next_day_close_micros(self, at: int) -> int:
        """Return the close of the first working day after the date of ``at``."""
        close = self._next_close[self._index(at)]
        if close < 0:
            raise CalendarUnknown(self, "the next working day")
        return close

    def day_close_micros(self, at: int) -> int:
        """Return the close of the day on which ``at`` lies, -1 if it is a day off."""
        return self._day_close[self._index(at)]

    def time_of_day_micros(self, at: int) -> int:
        """Return the local time of day, in microseconds since midnight."""
        return (at + self._offset) % DAY

    def _index(self, at: int) -> int:
        if not self.first <= at < self.end:
            raise self._unknown(at)
        return (at - self.first) // DAY

    def _index_of_date(self, day: date) -> int:
        index = day.toordinal() - self.known_from.toordinal()
        if not 0 <= index < len(self._day_close):
            raise CalendarUnknown(self, day.isoformat())
        return index

    def _unknown(self, at: int) -> CalendarUnknown:
        try:
            what = instant_of(at).astimezone(self.zone).date().isoformat()
        except OverflowError:
            what = "the instant"
        return CalendarUnknown(self, what)


def time_of_day(moment: time) -> int:
    """Return a wall-clock time as microseconds since midnight."""
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return seconds * SECOND + moment.microsecond
