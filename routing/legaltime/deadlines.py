"""From an arrival to a deadline: start rules, budget, pauses and the roll off days off."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from routing.legaltime.arithmetic import known_instant, used_up_micros
from routing.legaltime.budget import Budget, Unit
from routing.legaltime.calendar import WorkCalendar, time_of_day
from routing.legaltime.instants import micros_of
from routing.legaltime.pauses import Pause, closed_spans

# NĐ 61/2018 Điều 18; NĐ 309/2026 Điều 18.2: received after 15:00 counts from the next working day.
DEFAULT_CUTOFF = time(15, 0)

_CALENDAR_DAY = Unit.CALENDAR_DAY
_CUTOFF = re.compile(r"[0-2][0-9]:[0-5][0-9](?::[0-5][0-9])?")


@dataclass(frozen=True, slots=True)
class Due:
    """When a clock started and when it must be answered; at the deadline is still on time."""

    started_at: datetime
    deadline_at: datetime


def due(
    calendar: WorkCalendar,
    arrived_at: datetime,
    budget: Budget,
    cutoff: time | None,
    pauses: Iterable[Pause] = (),
) -> Due:
    """Return start and deadline of what arrived; both UTC.

    Raises ``CalendarUnknown`` where the answer depends on days the calendar does not know, and
    ``StillPaused`` if a pause has no end.
    """
    started, end = due_micros(
        calendar,
        micros_of(arrived_at),
        budget.micros(calendar.nominal),
        budget.unit,
        None if cutoff is None else time_of_day(cutoff),
        pauses,
    )
    return Due(known_instant(calendar, started), known_instant(calendar, end))


def due_micros(
    calendar: WorkCalendar,
    arrived: int,
    length: int,
    unit: Unit,
    cutoff: int | None,
    pauses: Iterable[Pause] = (),
) -> tuple[int, int]:
    """Return what ``due`` returns, in microseconds throughout, for who asks very often."""
    started = start_micros(calendar, arrived, unit, cutoff)
    paused = closed_spans(pauses, started) if pauses else ()
    return started, deadline_micros(calendar, started, length, unit, paused)


def start_of(
    calendar: WorkCalendar, arrived_at: datetime, unit: Unit, cutoff: time | None
) -> datetime:
    """Return when a clock of this unit starts for what arrived at the instant."""
    moment = None if cutoff is None else time_of_day(cutoff)
    return known_instant(calendar, start_micros(calendar, micros_of(arrived_at), unit, moment))


def deadline_of(
    calendar: WorkCalendar, started_at: datetime, budget: Budget, pauses: Iterable[Pause] = ()
) -> datetime:
    """Return the deadline of a clock that has started, without applying a start rule again."""
    started = micros_of(started_at)
    length = budget.micros(calendar.nominal)
    paused = closed_spans(pauses, started)
    return known_instant(calendar, deadline_micros(calendar, started, length, budget.unit, paused))


def parse_cutoff(text: str | None) -> time | None:
    """Read ``"15:00"`` or ``"15:00:00"``; None is no cutoff; ``ValueError`` for anything else."""
    if text is None:
        return None
    if _CUTOFF.fullmatch(text) is None:
        raise ValueError(f"{text[:40]!r} is not a time of day: write HH:MM or HH:MM:SS")
    return time.fromisoformat(text)


def start_micros(calendar: WorkCalendar, at: int, unit: Unit, cutoff: int | None) -> int:
    """Apply the two start rules, in this order, to an arrival."""
    if cutoff is not None and (
        calendar.day_close_micros(at) < 0 or calendar.time_of_day_micros(at) >= cutoff
    ):
        return calendar.next_day_opening_micros(at)
    if unit.counts_working_time:
        return calendar.opening_micros(at)
    return at


def deadline_micros(
    calendar: WorkCalendar,
    started: int,
    length: int,
    unit: Unit,
    paused: Sequence[tuple[int, int]],
) -> int:
    """Return the instant the budget is used up, rolled off a day off for calendar days."""
    end = used_up_micros(calendar, started, length, unit, paused)
    if unit is not _CALENDAR_DAY or calendar.day_close_micros(end) >= 0:
        return end
    return _out_of_pauses(calendar, calendar.next_day_close_micros(end), paused)


def _out_of_pauses(calendar: WorkCalendar, rolled: int, paused: Sequence[tuple[int, int]]) -> int:
    """Move a rolled deadline to the first close after each pause it lies in."""
    for pause_start, pause_end in paused:
        if pause_start <= rolled < pause_end:
            close = calendar.day_close_micros(pause_end)
            rolled = close if close > pause_end else calendar.next_day_close_micros(pause_end)
    return rolled
