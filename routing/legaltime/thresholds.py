"""Instants inside a clock's life at which somebody is told: warnings and correction limits."""

from collections.abc import Iterable
from datetime import datetime, time
from math import ceil

from routing.legaltime.arithmetic import counted_micros, known_instant, used_up_micros
from routing.legaltime.budget import Budget, Unit
from routing.legaltime.calendar import WorkCalendar
from routing.legaltime.deadlines import Due, start_of
from routing.legaltime.instants import instant_of, micros_of
from routing.legaltime.pauses import Pause, closed_spans


def warning_instants(
    calendar: WorkCalendar,
    started_at: datetime,
    budget: Budget,
    deadline_at: datetime,
    pauses: Iterable[Pause] = (),
) -> tuple[tuple[str, datetime], ...]:
    """Return the warnings before the deadline, in order, as (name, instant).

    ``50%`` and ``80%`` are the earliest instants at which that share of the budget is used up.
    ``1wd`` is the earliest instant from which one working day is left before ``deadline_at``; it
    exists only if more than that lies between start and deadline, outside pauses. Of warnings
    that coincide the most urgent name stays (1wd, then 80%). None lies at or after the deadline.
    """
    started, deadline = micros_of(started_at), micros_of(deadline_at)
    paused = closed_spans(pauses, started)
    length = budget.exact_micros(calendar.nominal)
    half, most = ceil(length / 2), ceil(length * 4 / 5)
    named = {used_up_micros(calendar, started, half, budget.unit, paused): "50%"}
    named[used_up_micros(calendar, started, most, budget.unit, paused)] = "80%"
    early = _working_until(calendar, started, deadline, paused) - calendar.nominal
    if early > 0:
        named[used_up_micros(calendar, started, early, Unit.WORKING_DAY, paused)] = "1wd"
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


def _working_until(
    calendar: WorkCalendar, started: int, deadline: int, paused: list[tuple[int, int]]
) -> int:
    total = counted_micros(calendar, started, deadline, Unit.WORKING_DAY)
    for start, end in paused:
        if start < deadline:
            total -= counted_micros(calendar, start, min(end, deadline), Unit.WORKING_DAY)
    return total
