"""Adding, measuring and subtracting legal time, exactly.

``add`` and ``between`` are inverses for every unit: ``between(s, add(s, d)) == d`` whenever ``d``
is a whole number of microseconds. They know no start rule and no roll: a *deadline* is made by
``deadlines.due``.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from routing.legaltime.budget import Budget, Unit
from routing.legaltime.calendar import CalendarUnknown, WorkCalendar
from routing.legaltime.instants import instant_of, micros_of
from routing.legaltime.pauses import Pause, spans_until


def add(calendar: WorkCalendar, start: datetime, budget: Budget) -> datetime:
    """Return the earliest instant at which the budget, counted from ``start``, is used up.

    Raises ``CalendarUnknown`` if working time is counted past the known days.
    """
    length = budget.micros(calendar.nominal)
    return known_instant(calendar, used_up_micros(calendar, micros_of(start), length, budget.unit))


def between(calendar: WorkCalendar, start: datetime, end: datetime, unit: Unit) -> Budget:
    """Return the time in ``[start, end)`` in the unit; ``ValueError`` if ``end`` comes first."""
    elapsed = counted_micros(calendar, micros_of(start), micros_of(end), unit)
    return Budget.of_micros(elapsed, unit, calendar.nominal)


def remainder(
    calendar: WorkCalendar,
    started_at: datetime,
    budget: Budget,
    at: datetime,
    pauses: Iterable[Pause] = (),
) -> Budget:
    """Return what is left of the budget at an instant; never below zero.

    Pauses may still be open: what lies before ``at`` is what they have taken so far. Before the
    start the whole budget is left.
    """
    started, now = micros_of(started_at), micros_of(at)
    if now <= started:
        return budget
    used = spent_micros(calendar, started, now, budget.unit, pauses)
    spent = Budget.of_micros(used, budget.unit, calendar.nominal)
    return Budget(max(budget.amount - spent.amount, spent.amount * 0), budget.unit)


def spent_micros(
    calendar: WorkCalendar, start: int, end: int, unit: Unit, pauses: Iterable[Pause] = ()
) -> int:
    """Return how much of ``[start, end)`` the unit counts outside the pauses.

    Zero if ``end`` comes first. Raises ``CalendarUnknown`` if working time is counted on days that
    the calendar does not know.
    """
    if end <= start:
        return 0
    spent = counted_micros(calendar, start, end, unit)
    for pause_start, pause_end in spans_until(pauses, start, end):
        spent -= counted_micros(calendar, pause_start, pause_end, unit)
    return spent


def counted_micros(calendar: WorkCalendar, start: int, end: int, unit: Unit) -> int:
    """Return how much of ``[start, end)`` the unit counts."""
    if unit.counts_working_time:
        return calendar.worked_micros(end) - calendar.worked_micros(start)
    return end - start


def used_up_micros(
    calendar: WorkCalendar,
    start: int,
    length: int,
    unit: Unit,
    paused: Sequence[tuple[int, int]] = (),
) -> int:
    """Return the earliest instant at which ``length`` outside the paused spans has passed.

    The spans must be disjoint, in order, and not before ``start``. Each one that begins before
    the instant found so far pushes it on by what the unit counts inside the span; one that begins
    at or after it comes too late to matter.
    """
    if length == 0:
        return start
    if unit.counts_working_time:
        target = calendar.worked_micros(start) + length
        end = calendar.reached_micros(target)
        for pause_start, pause_end in paused:
            if pause_start >= end:
                break
            target += calendar.worked_micros(pause_end) - calendar.worked_micros(pause_start)
            end = calendar.reached_micros(target)
        return end
    end = start + length
    for pause_start, pause_end in paused:
        if pause_start >= end:
            break
        end += pause_end - pause_start
    return end


def known_instant(calendar: WorkCalendar, micros: int) -> datetime:
    """Return the UTC instant; beyond the years a datetime has, nothing is known."""
    try:
        return instant_of(micros)
    except OverflowError:
        raise CalendarUnknown(calendar, "the end of the budget") from None
