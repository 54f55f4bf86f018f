"""Clocks as pure functions of their facts: start, pause, resume, extend, recompute.

Every function changes a fact and derives the rest again, so that what is stored is always what
`recompute_clock` gives. A calendar that does not know the days leaves the deadline open and says
so; it never stops a dossier.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Literal

from routing.legaltime import (
    DEFAULT_THRESHOLDS,
    FIRST_CALENDAR,
    Budget,
    Calendars,
    CalendarUnknown,
    Pause,
    Unit,
    WorkCalendar,
    between,
    counts_from_the_end,
    deadline_of,
    due,
    notice_day_deadline,
    parse_cutoff,
    same_day_due,
    start_of,
    warning_instants,
)
from routing.lifecycle.instants import written
from routing.lifecycle.model import ClockRule, ClosedPause, Hold, HopClock, LimitName

_budget = lru_cache(maxsize=512)(Budget.parse)
_cutoff = lru_cache(maxsize=64)(parse_cutoff)


def ready_clock(
    budget: str | None,
    cutoff: str | None,
    rule: ClockRule = "budget",
    thresholds: tuple[str, ...] = DEFAULT_THRESHOLDS,
) -> HopClock:
    """Return a clock that has yet to start."""
    return HopClock(budget=budget, cutoff=cutoff, rule=rule, thresholds=thresholds)


def start_clock(calendar: WorkCalendar, clock: HopClock, arrived_at: datetime) -> HopClock:
    """Start a clock by a calendar, which it counts by from now on."""
    try:
        started_at, deadline_at, warn_at = _derived(calendar, clock, arrived_at)
        held_since = clock.held_since
        if held_since is not None and deadline_at is not None and deadline_at > held_since:
            deadline_at, warn_at = None, ()
    except CalendarUnknown:
        return replace(
            clock,
            arrived_at=arrived_at,
            started_at=None,
            deadline_at=None,
            warn_at=(),
            calendar_missing=True,
            calendar=calendar.pin,
        )
    return replace(
        clock,
        arrived_at=arrived_at,
        started_at=started_at,
        deadline_at=deadline_at,
        warn_at=warn_at,
        calendar_missing=False,
        calendar=calendar.pin,
    )


def restart_clock(calendars: Calendars, clock: HopClock, arrived_at: datetime) -> HopClock:
    """Let a clock that runs have started at another instant; it counts by the same calendar."""
    return start_clock(calendars.pinned(clock.calendar), clock, arrived_at)


def pause_clock(
    calendars: Calendars,
    clock: HopClock,
    at: datetime,
    reason: str,
    legal_basis: str | None = None,
    document: str | None = None,
) -> HopClock:
    """Stop counting, on a legal basis: there is no deadline until it goes on."""
    paused = replace(
        clock,
        paused_at=at,
        pause_reason=reason,
        pause_basis=legal_basis,
        pause_document=document,
        deadline_at=None,
        warn_at=(),
    )
    # Its start stays as it is; only where that was not known may it be, without the deadline.
    return recompute_clock(paused, calendars) if clock.calendar_missing else paused


def resume_clock(
    calendars: Calendars,
    clock: HopClock,
    at: datetime,
    on_resume: Literal["remainder", "restart"] = "remainder",
) -> HopClock:
    """Go on with what was left, or begin again from zero where the pause's rule says so."""
    assert clock.paused_at is not None
    assert clock.pause_reason is not None
    closed = ClosedPause(
        clock.paused_at,
        max(at, clock.paused_at),
        clock.pause_reason,
        legal_basis=clock.pause_basis,
        document=clock.pause_document,
    )
    running = replace(
        clock,
        pauses=(*clock.pauses, closed),
        paused_at=None,
        pause_reason=None,
        pause_basis=None,
        pause_document=None,
    )
    if on_resume == "restart" and clock.arrived_at is not None:
        running = replace(
            running,
            arrived_at=closed.end,
            restarted_from=(*clock.restarted_from, clock.arrived_at),
            waited=_waits(clock),
            extended_to=None,
            extended_at=None,
            warned=(),
        )
    return recompute_clock(running, calendars)


def stand_clock(
    calendars: Calendars,
    clock: HopClock,
    pauses: tuple[ClosedPause, ...],
    held: tuple[Hold, ...],
) -> HopClock:
    """Return a clock with what has stood and stands now; the clock itself if that is known."""
    if (pauses, held) == (clock.pauses, clock.held):
        return clock
    stands = recompute_clock(replace(clock, pauses=pauses, held=held), calendars)
    return learn_clock(stands, calendars)


def release_clock(calendars: Calendars, clock: HopClock, at: datetime) -> HopClock:
    """Let go of what outages hold, as of an instant: the hop's turn is over by then."""
    if not clock.held and all(one.outage is None or one.end <= at for one in clock.pauses):
        return clock
    ended = [
        one if one.outage is None else replace(one, end=min(one.end, at)) for one in clock.pauses
    ]
    ended += [
        ClosedPause(hold.start, at, "outage", hold.outage, hold.legal_basis) for hold in clock.held
    ]
    # What began no earlier than the end held nothing.
    pauses = tuple([one for one in ended if one.outage is None or one.start < one.end])
    return recompute_clock(replace(clock, pauses=pauses, held=()), calendars)


def extend_clock(calendars: Calendars, clock: HopClock, until: datetime, at: datetime) -> HopClock:
    """Move the deadline, as of an instant; what is warned of from its end is so again."""
    warned = tuple([name for name in clock.warned if not counts_from_the_end(name)])
    moved = replace(
        clock, extended_to=until.astimezone(UTC), extended_at=at.astimezone(UTC), warned=warned
    )
    return recompute_clock(moved, calendars)


def warn_otherwise(calendars: Calendars, clock: HopClock, thresholds: tuple[str, ...]) -> HopClock:
    """Warn at other thresholds from now on: a clock that runs on may come to another agency."""
    if thresholds == clock.thresholds:
        return clock
    return recompute_clock(replace(clock, thresholds=thresholds), calendars)


def carry_clock(clock: HopClock) -> HopClock:
    """Return the clock as another agency takes it over: its time runs on, its limits are new."""
    return _with_breaches(clock, (LimitName.DEADLINE,))


def carry_standing(calendars: Calendars, clock: HopClock) -> HopClock:
    """Return a clock whose pause ended with its turn, as another agency takes it over paused.

    The pause goes on unbroken: it began when it began, and what it waits for is asked for once.
    """
    own = [one for one in clock.pauses if one.outage is None]
    last = max(own, key=lambda one: (one.end, one.start))
    left = list(clock.pauses)
    left.remove(last)
    kept = _with_breaches(clock, (LimitName.DEADLINE, LimitName.SUPPLEMENT))
    running = replace(kept, pauses=tuple(left))
    return pause_clock(calendars, running, last.start, last.reason, last.legal_basis, last.document)


def _with_breaches(clock: HopClock, limits: tuple[LimitName, ...]) -> HopClock:
    kept = tuple([limit for limit in clock.breached if limit in limits])
    return clock if kept == clock.breached else replace(clock, breached=kept)


def recompute_clock(clock: HopClock, calendars: Calendars) -> HopClock:
    """Derive start, deadline and coming warnings from the recorded facts, and nothing else."""
    if clock.arrived_at is None:
        return clock
    return restart_clock(calendars, clock, clock.arrived_at)


def learn_clock(clock: HopClock, calendars: Calendars) -> HopClock:
    """Pin a clock anew whose calendar does not know its days, if a newer version does.

    For clocks that run on: the entry that tells of it has to name the version.
    """
    if not clock.calendar_missing or clock.arrived_at is None:
        return clock
    learnt = start_clock(calendars.renewed(clock.calendar), clock, clock.arrived_at)
    return clock if learnt.calendar_missing else learnt


def stop_clock(clock: HopClock) -> HopClock:
    """Return the clock as it was before it started: what had started it did not come about."""
    return replace(
        clock,
        arrived_at=None,
        started_at=None,
        deadline_at=None,
        warn_at=(),
        calendar_missing=False,
        calendar=FIRST_CALENDAR,
    )


def limit_from(
    calendar: WorkCalendar, at: datetime, limit: Budget, stands: Sequence[Pause] = ()
) -> datetime | None:
    """Return when a limit between systems ends; None where the calendar does not know."""
    if not stands and limit.unit is Unit.MINUTE and limit.amount.denominator == 1:
        return at + timedelta(minutes=limit.amount.numerator)
    try:
        return due(calendar, at, limit, None, stands).deadline_at
    except CalendarUnknown:
        return None


def clock_facts(clock: HopClock) -> dict[str, Any]:
    """Return what the ledger needs to compute the clock again, without what is empty."""
    facts: dict[str, Any] = {}
    for name in ("arrived_at", "started_at", "deadline_at", "extended_to", "extended_at"):
        instant = getattr(clock, name)
        if instant is not None:
            facts[name] = written(instant)
    if clock.budget is not None:
        facts["budget"] = clock.budget
    if clock.cutoff is not None:
        facts["cutoff"] = clock.cutoff
    if clock.rule != "budget":
        facts["rule"] = clock.rule
    if clock.thresholds != DEFAULT_THRESHOLDS:
        facts["thresholds"] = list(clock.thresholds)
    if clock.calendar_missing:
        facts["calendar_missing"] = True
    if clock.calendar != FIRST_CALENDAR:
        facts["calendar"] = clock.calendar
    return facts


def _waits(clock: HopClock) -> tuple[tuple[datetime, datetime], ...]:
    if clock.arrived_at is None or clock.started_at in (None, clock.arrived_at):
        return clock.waited
    assert clock.started_at is not None
    return (*clock.waited, (clock.arrived_at, clock.started_at))


def _derived(
    calendar: WorkCalendar, clock: HopClock, arrived_at: datetime
) -> tuple[datetime, datetime | None, tuple[tuple[str, datetime], ...]]:
    pauses = [Pause(pause.start, pause.end) for pause in clock.pauses]
    if clock.rule != "budget":
        return _by_the_day(calendar, clock, arrived_at, pauses)
    if clock.budget is None:
        return arrived_at, None if clock.paused_at else _extended(calendar, clock, pauses), ()
    budget, cutoff = _budget(clock.budget), _cutoff(clock.cutoff)
    if clock.paused_at is not None:
        return _started(calendar, arrived_at, budget, cutoff), None, ()
    extended_to = _extended(calendar, clock, pauses)
    if extended_to is not None:
        started_at, deadline_at = _started(calendar, arrived_at, budget, cutoff), extended_to
    else:
        found = due(calendar, arrived_at, budget, cutoff, pauses)
        started_at, deadline_at = found.started_at, found.deadline_at
    warnings = warning_instants(calendar, started_at, budget, deadline_at, pauses, clock.thresholds)
    if clock.warned:
        warnings = tuple([one for one in warnings if one[0] not in clock.warned])
    return started_at, deadline_at, warnings


def _by_the_day(
    calendar: WorkCalendar, clock: HopClock, arrived_at: datetime, pauses: list[Pause]
) -> tuple[datetime, datetime | None, tuple[tuple[str, datetime], ...]]:
    if clock.rule == "same-day":
        found = same_day_due(calendar, arrived_at, _cutoff(clock.cutoff), pauses)
        started_at, deadline_at = found.started_at, found.deadline_at
    else:
        started_at, deadline_at = arrived_at, notice_day_deadline(calendar, arrived_at, pauses)
    deadline_at = _extended(calendar, clock, pauses) or deadline_at
    return started_at, None if clock.paused_at else deadline_at, ()


def _started(
    calendar: WorkCalendar, arrived_at: datetime, budget: Budget, cutoff: time | None
) -> datetime:
    return start_of(calendar, arrived_at, budget.unit, cutoff)


def _extended(calendar: WorkCalendar, clock: HopClock, pauses: Sequence[Pause]) -> datetime | None:
    """Return the extended deadline, moved by what has stood still since the extension."""
    until, since = clock.extended_to, clock.extended_at
    if until is None or since is None:
        return until
    if not any(one.start < until and (one.end is None or one.end > since) for one in pauses):
        return until
    counts_work = clock.budget is not None and _budget(clock.budget).unit.counts_working_time
    unit = Unit.WORKING_DAY if counts_work else Unit.HOUR
    left = between(calendar, since, until, unit)
    return max(until, deadline_of(calendar, since, left, pauses))
