"""An independent, slow oracle of legal time: it walks spans of time one after another.

Written from the rules as docs/legal-time.md states them, not from routing/legaltime, and shares
nothing with it: its own list of days, local wall-clock instants instead of microseconds, a walk
instead of a search. It cuts time wherever anything could change (midnight, opening, close, start
or end of a pause), so that it is exact at any fraction of a second.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise

LOCAL = timedelta(hours=7)
FIRST_DAY, LAST_DAY = date(2024, 1, 1), date(2027, 2, 3)

_OFF = """
2024-01-01 2024-02-08 2024-02-09 2024-02-12 2024-02-13 2024-02-14 2024-04-18 2024-04-29
2024-04-30 2024-05-01 2024-09-02 2024-09-03
2025-01-01 2025-01-27 2025-01-28 2025-01-29 2025-01-30 2025-01-31 2025-04-07 2025-04-30
2025-05-01 2025-05-02 2025-09-01 2025-09-02
2026-01-01 2026-01-02 2026-02-16 2026-02-17 2026-02-18 2026-02-19 2026-02-20 2026-04-27
2026-04-30 2026-05-01 2026-08-31 2026-09-01 2026-09-02 2026-11-24
2027-01-01
"""
DAYS_OFF = frozenset(map(date.fromisoformat, _OFF.split()))
MAKE_UP_DAYS = frozenset(
    {date(2024, 5, 4), date(2025, 4, 26), date(2026, 1, 10), date(2026, 8, 22)}
)
WORKING_HOURS = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 30)))

Span = tuple[datetime, datetime]  # half-open, local wall-clock


class Unknown(Exception):
    """The walk left the days that the calendar knows."""


@dataclass(frozen=True)
class Answer:
    """Local wall-clock instants."""

    started_at: datetime
    used_up_at: datetime
    deadline_at: datetime


def answer(
    arrived_at: datetime, amount: Fraction, unit: str, cutoff: time | None, pauses: Sequence[Span]
) -> Answer:
    """Walk from the arrival (local, without tzinfo) to the deadline."""
    started_at = start(arrived_at, unit, cutoff)
    used_up_at = use_up(started_at, length_of(amount, unit), unit, pauses)
    deadline_at = roll(used_up_at, pauses) if unit == "cd" else used_up_at
    return Answer(started_at, used_up_at, deadline_at)


def start(arrived_at: datetime, unit: str, cutoff: time | None) -> datetime:
    """Apply rule 1 (cutoff), then rule 2 (working units start in working time)."""
    if cutoff is not None:
        day_off = not is_working_day(arrived_at.date())
        if day_off or arrived_at.time() >= cutoff:
            return datetime.combine(next_working_day(arrived_at.date()), WORKING_HOURS[0][0])
    if unit in ("wh", "wd") and not in_working_time(arrived_at):
        return next_opening(arrived_at)
    return arrived_at


def length_of(amount: Fraction, unit: str) -> Fraction:
    """Return the budget in seconds."""
    return amount * {"min": 60, "wh": 3600, "wd": 8 * 3600, "cd": 86_400, "h": 3600}[unit]


def use_up(started_at: datetime, seconds: Fraction, unit: str, pauses: Sequence[Span]) -> datetime:
    """Return the earliest instant at which this much counting time has passed."""
    if seconds == 0:
        return started_at
    left = seconds
    for begin, end in pieces(started_at, pauses, unit in ("wh", "wd")):
        if paused(begin, pauses) or (unit in ("wh", "wd") and not in_working_time(begin)):
            continue
        length = exact_seconds(end - begin)
        if length >= left:
            return begin + timedelta(microseconds=whole_microseconds(left))
        left -= length
    raise AssertionError("the walk ends only by an answer or by Unknown")


def elapsed(begin: datetime, end: datetime, unit: str, pauses: Sequence[Span]) -> Fraction:
    """Return the counting seconds between two instants."""
    total = Fraction(0)
    for low, high in pieces(begin, pauses, unit in ("wh", "wd"), end):
        if not paused(low, pauses) and (unit not in ("wh", "wd") or in_working_time(low)):
            total += exact_seconds(high - low)
    return total


def roll(used_up_at: datetime, pauses: Sequence[Span]) -> datetime:
    """Move what lies on a day off to the next working day's close, then out of pauses."""
    if is_working_day(used_up_at.date()):
        return used_up_at
    moved = close_of(next_working_day(used_up_at.date()))
    while paused(moved, pauses):
        until = end_of_pause(moved, pauses)
        day = until.date()
        while not (is_working_day(day) and close_of(day) > until):
            day += timedelta(days=1)
        moved = close_of(day)
    return moved


def pieces(
    begin: datetime, pauses: Sequence[Span], working: bool, until: datetime | None = None
) -> Iterator[Span]:
    """Cut time from ``begin`` on into spans inside which nothing changes."""
    pause_cuts = {instant for span in pauses for instant in span}
    day = begin.date()
    while until is None or datetime.combine(day, time()) < until:
        if working:
            is_working_day(day)  # raises Unknown: what is counted here is not known
        elif day.year > 2200:
            raise Unknown
        midnight = datetime.combine(day, time())
        cuts = {midnight, midnight + timedelta(days=1)}
        cuts |= {datetime.combine(day, moment) for hours in WORKING_HOURS for moment in hours}
        cuts |= {cut for cut in pause_cuts if cut.date() == day}
        cuts |= {begin} if begin.date() == day else set()
        cuts |= {until} if until is not None and until.date() == day else set()
        ordered = sorted(cut for cut in cuts if cut >= begin and (until is None or cut <= until))
        yield from pairwise(ordered)
        day += timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Say whether the date is worked; ``Unknown`` outside the known days."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Unknown(day)
    return day in MAKE_UP_DAYS or (day.weekday() < 5 and day not in DAYS_OFF)


def next_working_day(day: date) -> date:
    """Return the first working day after the date."""
    day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def in_working_time(instant: datetime) -> bool:
    """Say whether the instant lies in a working interval, which is half-open."""
    return is_working_day(instant.date()) and any(
        opening <= instant.time() < close for opening, close in WORKING_HOURS
    )


def next_opening(instant: datetime) -> datetime:
    """Return the first opening after an instant that lies outside working time."""
    if is_working_day(instant.date()):
        for opening, _ in WORKING_HOURS:
            if instant.time() < opening:
                return datetime.combine(instant.date(), opening)
    return datetime.combine(next_working_day(instant.date()), WORKING_HOURS[0][0])


def close_of(day: date) -> datetime:
    """Return when a working day closes."""
    return datetime.combine(day, WORKING_HOURS[-1][1])


def paused(instant: datetime, pauses: Iterable[Span]) -> bool:
    """Say whether any half-open pause holds at the instant."""
    return any(begin <= instant < end for begin, end in pauses)


def end_of_pause(instant: datetime, pauses: Sequence[Span]) -> datetime:
    """Return when the paused time around the instant ends, however many pauses it is made of."""
    while paused(instant, pauses):
        instant = max(end for begin, end in pauses if begin <= instant < end)
    return instant


def exact_seconds(span: timedelta) -> Fraction:
    """Return a span in seconds, exactly."""
    return Fraction(span // timedelta(microseconds=1), 1_000_000)


def whole_microseconds(seconds: Fraction) -> int:
    """Return the first whole microsecond at or after a length of time."""
    micros = seconds * 1_000_000
    return -(-micros.numerator // micros.denominator)
