"""Instants inside a clock's life at which somebody is told: warnings and correction limits."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, time
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import Final

from routing.legaltime.arithmetic import counted_micros, known_instant, used_up_micros
from routing.legaltime.budget import Budget, Unit
from routing.legaltime.calendar import WorkCalendar
from routing.legaltime.deadlines import Due, start_of
from routing.legaltime.instants import instant_of, micros_of
from routing.legaltime.pauses import Pause, closed_spans

DEFAULT_THRESHOLDS: Final = ("50%", "80%", "1wd")
"""Half of the budget, four fifths of it, and one working day before the end.

Clocks that name no thresholds of their own were computed with these: they never change.
"""

_WRITTEN = re.compile(r"(?:(?P<share>[1-9][0-9]?)%|(?P<amount>[0-9]{1,6})(?P<unit>min|wh|wd|cd|h))")


def parse_threshold(name: str) -> Fraction | Budget:
    """Read ``"80%"`` as a share of the budget, ``"1wd"`` or ``"2wh"`` as what is left of it.

    Raises ``ValueError`` for anything else; shares are whole and lie between 1 % and 99 %.
    """
    written = _WRITTEN.fullmatch(name)
    if written is None:
        raise ValueError(
            f"{name[:40]!r} is no threshold: write a share (80%) or what is left (1wd)"
        )
    if written["share"]:
        return Fraction(int(written["share"]), 100)
    return Budget(Fraction(int(written["amount"])), Unit(written["unit"]))


def counts_from_the_end(name: str) -> bool:
    """Say whether a threshold is what is left until the deadline, and so moves with it."""
    return not name.endswith("%")


def warning_instants(
    calendar: WorkCalendar,
    started_at: datetime,
    budget: Budget,
    deadline_at: datetime,
    pauses: Iterable[Pause] = (),
    thresholds: Sequence[str] = DEFAULT_THRESHOLDS,
) -> tuple[tuple[str, datetime], ...]:
    """Return the warnings before the deadline, in order, as (name, instant).

    ``50%`` is the earliest instant at which that share of the budget is used up. ``1wd`` is the
    earliest instant from which one working day is left before ``deadline_at``; it exists only if
    more than that lies between start and deadline, outside pauses. Of warnings that coincide the
    most urgent name stays: the least that is left, then the largest share. None lies at or after
    the deadline.
    """
    started, deadline = micros_of(started_at), micros_of(deadline_at)
    paused = closed_spans(pauses, started)
    length = budget.exact_micros(calendar.nominal)
    shares, remainders = _by_urgency(tuple(thresholds), calendar.nominal)
    named: dict[int, str] = {}
    for name, share in shares:
        used = ceil(length * share)
        named[used_up_micros(calendar, started, used, budget.unit, paused)] = name
    for name, unit, left in remainders:
        early = _counted_until(calendar, started, deadline, paused, unit) - left
        if early > 0:
            named[used_up_micros(calendar, started, early, unit, paused)] = name
    return tuple((named[at], instant_of(at)) for at in sorted(named) if at < deadline)


def close_of_notice_day(calendar: WorkCalendar, instant: datetime) -> datetime:
    """Return the close of the working day on which a notice was given.

    What is told outside working time (before opening, at lunch, after close, on a day off) is due
    by the close of the next working day.
    """
    at = micros_of(instant)
    in_working_time = calendar.opening_micros(at) == at
    close = calendar.day_close_micros(at) if in_working_time else calendar.next_day_close_micros(at)
    return known_instant(calendar, close)


def same_day_due(
    calendar: WorkCalendar,
    arrived_at: datetime,
    cutoff: time | None,
    pauses: Iterable[Pause] = (),
) -> Due:
    """Return start and deadline of what the law wants done on the day it comes in.

    It starts as a budget in working days does (from the cutoff on: at the next working day's
    opening), and is due at the close of that day. A deadline inside a pause moves to the close of
    the working day on which the pause ends.
    """
    started_at = start_of(calendar, arrived_at, Unit.WORKING_DAY, cutoff)
    return Due(started_at, notice_day_deadline(calendar, started_at, pauses))


def notice_day_deadline(
    calendar: WorkCalendar, instant: datetime, pauses: Iterable[Pause] = ()
) -> datetime:
    """Return the close of the notice day; of the day a pause ends on, if it lies in the pause."""
    deadline = close_of_notice_day(calendar, instant)
    for pause in sorted(pauses, key=lambda one: one.start):
        if pause.end is not None and pause.start < deadline < pause.end:
            deadline = close_of_notice_day(calendar, pause.end)
    return deadline


@lru_cache(maxsize=128)
def _by_urgency(
    thresholds: tuple[str, ...], nominal_day: int
) -> tuple[tuple[tuple[str, Fraction], ...], tuple[tuple[str, Unit, int], ...]]:
    """Sort the least urgent first: shares as they grow, then remainders as they shrink."""
    shares: list[tuple[str, Fraction]] = []
    remainders: list[tuple[str, Unit, int]] = []
    for name in thresholds:
        match parse_threshold(name):
            case Fraction() as share:
                shares.append((name, share))
            case Budget() as left:
                remainders.append((name, left.unit, left.micros(nominal_day)))
    shares.sort(key=lambda one: one[1])
    remainders.sort(key=lambda one: one[2], reverse=True)
    return tuple(shares), tuple(remainders)


def _counted_until(
    calendar: WorkCalendar,
    started: int,
    deadline: int,
    paused: list[tuple[int, int]],
    unit: Unit,
) -> int:
    total = counted_micros(calendar, started, deadline, unit)
    for start, end in paused:
        if start < deadline:
            total -= counted_micros(calendar, start, min(end, deadline), unit)
    return total
