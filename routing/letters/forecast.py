"""When the rest of an itinerary ends if everybody takes, from now on, all the time they have.

Counted as the statutory total counts: turns outside it take none of it. A turn whose own deadline
has passed is given its whole budget again, since nobody knows better: a promise that may move only
once has to hold (ours).
"""

from __future__ import annotations

from datetime import datetime

from routing.legaltime import (
    Budget,
    Pause,
    WorkCalendar,
    add,
    due,
    parse_cutoff,
    remainder,
    start_of,
)
from routing.lifecycle.model import ORIGIN, Hop, HopState, Transfer
from routing.procedures.conditions import holds


def forecast_end(transfer: Transfer, calendar: WorkCalendar, now: datetime) -> datetime:
    """Return when the last turn inside the total ends; `now` if none is left.

    Raises CalendarUnknown where that lies beyond what the calendar knows.
    """
    origin = transfer.current(ORIGIN)
    ended = {ORIGIN: _end_of_running(origin, calendar, now) if _runs(origin) else now}
    for step in transfer.itinerary.steps:
        arrived = max(ended[before] for before in step.after or (ORIGIN,))
        hop = transfer.current(step.id)
        if hop is None or hop.is_done or step.outside_total:
            ended[step.id] = arrived
        elif _runs(hop):
            ended[step.id] = max(arrived, _end_of_running(hop, calendar, now))
        elif step.budget is None or not holds(step.when, transfer.facts):
            ended[step.id] = arrived
        else:
            cutoff = parse_cutoff(step.cutoff)
            found = due(calendar, arrived, Budget.parse(step.budget), cutoff)
            ended[step.id] = found.deadline_at
    return max(ended.values())


def proposed_date(calendar: WorkCalendar, end: datetime) -> datetime:
    """Return the close of the working day on which the rest ends: what a citizen is told."""
    day = calendar.local_date(end)
    if calendar.is_working_day(day) and end <= calendar.close_of_day(day):
        return calendar.close_of_day(day)
    return calendar.close_of_day(calendar.local_date(calendar.next_opening(end)))


def _runs(hop: Hop | None) -> bool:
    return hop is not None and hop.is_running


def _end_of_running(hop: Hop | None, calendar: WorkCalendar, now: datetime) -> datetime:
    assert hop is not None
    clock = hop.clock
    if clock.deadline_at is not None and clock.deadline_at >= now:
        return clock.deadline_at
    if clock.budget is None:
        return now
    budget = Budget.parse(clock.budget)
    begins = start_of(calendar, now, budget.unit, None)
    if hop.state is HopState.PAUSED and clock.started_at is not None:
        assert clock.paused_at is not None
        pauses = [Pause(one.start, one.end) for one in clock.pauses]
        left = remainder(calendar, clock.started_at, budget, clock.paused_at, pauses)
        return add(calendar, begins, left)
    return due(calendar, now, budget, None).deadline_at
