"""Saying how a deadline came about: the start rule that applied and what each day counted.

It walks the days between arrival and deadline, so it is for people; ``deadlines.due`` does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from routing.legaltime.arithmetic import counted_micros, known_instant, used_up_micros
from routing.legaltime.budget import Budget, Unit
from routing.legaltime.calendar import DayNote, WorkCalendar, time_of_day
from routing.legaltime.deadlines import deadline_micros, start_micros
from routing.legaltime.instants import DAY, micros_of
from routing.legaltime.pauses import Pause, closed_spans


class StartRule(StrEnum):
    """Why a clock started when it did."""

    AT_ARRIVAL = "at arrival"
    AFTER_CUTOFF = "at or after the cutoff: next working day's opening"
    DAY_OFF = "on a day off, with a cutoff: next working day's opening"
    OUTSIDE_WORKING_TIME = "outside working time: next opening"


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One date between arrival and deadline, and what it took from the budget."""

    day: date
    working: bool
    note: DayNote | None
    counted: Budget
    paused: timedelta  # of the time that the unit would have counted
    total: Budget  # counted so far, this day included


@dataclass(frozen=True, slots=True)
class Explanation:
    """A deadline with its reasons; all instants UTC."""

    arrived_at: datetime
    started_at: datetime
    start_rule: StartRule
    days: tuple[CountedDay, ...]
    used_up_at: datetime
    deadline_at: datetime

    @property
    def rolled(self) -> bool:
        """Say whether the deadline moved off a day off (or out of a pause it rolled into)."""
        return self.deadline_at != self.used_up_at


def explain(
    calendar: WorkCalendar,
    arrived_at: datetime,
    budget: Budget,
    cutoff: time | None,
    pauses: Sequence[Pause] = (),
) -> Explanation:
    """Return what ``due`` returns, with the reasons; it raises what ``due`` raises."""
    arrived = micros_of(arrived_at)
    moment = None if cutoff is None else time_of_day(cutoff)
    started = start_micros(calendar, arrived, budget.unit, moment)
    paused = closed_spans(pauses, started)
    length = budget.micros(calendar.nominal)
    used_up = used_up_micros(calendar, started, length, budget.unit, paused)
    deadline = deadline_micros(calendar, started, length, budget.unit, paused)
    return Explanation(
        arrived_at=known_instant(calendar, arrived),
        started_at=known_instant(calendar, started),
        start_rule=_start_rule(calendar, arrived, started, moment),
        days=_days(calendar, (arrived, started, used_up, deadline), budget.unit, paused),
        used_up_at=known_instant(calendar, used_up),
        deadline_at=known_instant(calendar, deadline),
    )


def _start_rule(
    calendar: WorkCalendar, arrived: int, started: int, cutoff: int | None
) -> StartRule:
    if started == arrived:
        return StartRule.AT_ARRIVAL
    if cutoff is None:
        return StartRule.OUTSIDE_WORKING_TIME
    if calendar.day_close_micros(arrived) < 0:
        return StartRule.DAY_OFF
    if calendar.time_of_day_micros(arrived) >= cutoff:
        return StartRule.AFTER_CUTOFF
    return StartRule.OUTSIDE_WORKING_TIME


def _days(
    calendar: WorkCalendar,
    instants: tuple[int, int, int, int],
    unit: Unit,
    paused: Sequence[tuple[int, int]],
) -> tuple[CountedDay, ...]:
    arrived, started, used_up, deadline = instants
    rows: list[CountedDay] = []
    total = 0
    midnight = arrived - calendar.time_of_day_micros(arrived)
    while midnight <= deadline:
        start, end = max(midnight, started), min(midnight + DAY, used_up)
        counted = counted_micros(calendar, start, end, unit) if start < end else 0
        held = 0
        for pause_start, pause_end in paused:
            low, high = max(pause_start, start), min(pause_end, end)
            if low < high:
                held += counted_micros(calendar, low, high, unit)
        total += counted - held
        day = calendar.local_date(known_instant(calendar, midnight))
        rows.append(
            CountedDay(
                day=day,
                working=calendar.is_working_day(day),
                note=calendar.notes.get(day),
                counted=Budget.of_micros(counted - held, unit, calendar.nominal),
                paused=timedelta(microseconds=held),
                total=Budget.of_micros(total, unit, calendar.nominal),
            )
        )
        midnight += DAY
    return tuple(rows)
