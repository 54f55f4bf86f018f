"""When the rest of an itinerary ends if everybody takes, from now on, all the time they have.

Counted as the statutory total counts: turns outside it take none of it; each agency's own hours
where it keeps any. A turn whose own deadline has passed is given its whole time again, since
nobody knows better: a promise that may move only once has to hold (ours).
"""

from __future__ import annotations

from datetime import datetime

from routing.itinerary import Leg, legs_of
from routing.legaltime import (
    Budget,
    Calendars,
    Pause,
    WorkCalendar,
    add,
    close_of_notice_day,
    remainder,
    start_of,
)
from routing.lifecycle.model import ORIGIN, Hop, Transfer
from routing.procedures.conditions import holds


def forecast_end(transfer: Transfer, calendars: Calendars, now: datetime) -> datetime:
    """Return when the last turn inside the total ends; `now` if none is left.

    Raises CalendarUnknown where that lies beyond what a calendar knows.
    """
    legs = {leg.id: leg for leg in legs_of(transfer.itinerary)}
    origin = transfer.current(ORIGIN)
    ended = {ORIGIN: now}
    if origin is not None and origin.is_running:
        ended[ORIGIN] = _end_of_running(origin, None, calendars, now)
    for step in transfer.itinerary.steps:
        arrived = max(ended[before] for before in step.after or (ORIGIN,))
        leg, hop = legs[step.id], transfer.current(step.id)
        ended[step.id] = arrived
        if hop is None or hop.is_done or step.outside_total:
            continue
        if hop.is_running:
            ended[step.id] = max(arrived, _end_of_running(hop, leg, calendars, now))
        elif leg.has_limit and holds(step.when, transfer.facts):
            ended[step.id] = leg.due(calendars.of(hop.agency, arrived), arrived).deadline_at
    return max(ended.values())


def proposed_date(calendar: WorkCalendar, end: datetime) -> datetime:
    """Return the close of the working day on which the rest ends: what a citizen is told."""
    day = calendar.local_date(end)
    if calendar.is_working_day(day) and end <= calendar.close_of_day(day):
        return calendar.close_of_day(day)
    return calendar.close_of_day(calendar.local_date(calendar.next_opening(end)))


def _end_of_running(hop: Hop, leg: Leg | None, calendars: Calendars, now: datetime) -> datetime:
    clock = hop.clock
    if clock.deadline_at is not None and clock.deadline_at >= now:
        return clock.deadline_at
    calendar = calendars.pinned(clock.calendar) if clock.arrived_at else calendars.base
    if clock.rule == "notice-day":
        return close_of_notice_day(calendar, now)
    if clock.paused_at is not None and clock.started_at is not None and clock.budget is not None:
        budget = Budget.parse(clock.budget)
        pauses = [Pause(one.start, one.end) for one in clock.pauses]
        left = remainder(calendar, clock.started_at, budget, clock.paused_at, pauses)
        return add(calendar, start_of(calendar, now, budget.unit, None), left)
    return leg.due(calendar, now).deadline_at if leg is not None and leg.has_limit else now
