"""The verdict: was a transfer in time, by its own deadline, and as QĐ 766/QĐ-TTg counts it.

Two numbers, kept side by side because two rules disagree. The *operational* deadline is what the
clock says after everything that the procedure excludes, with remainder or restart. The *reporting*
verdict of QĐ 766 (2.1) subtracts the time of a supplement, whatever the procedure excludes, and
counts more than one request for a supplement as late whatever the dates are.

Pure: a transfer, the calendars, and the end of the period that what is not finished is held to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from routing.legaltime import (
    Budget,
    CalendarNotLoaded,
    Calendars,
    CalendarUnknown,
    Pause,
    Unit,
    add,
    between,
    due,
    parse_cutoff,
)
from routing.lifecycle.counted import SUPPLEMENT, supplements_asked
from routing.lifecycle.model import Hop, LimitName, Transfer, TransferState


class Judged(StrEnum):
    """What was held against the date."""

    PROCESSED = "processed"
    """Đã xử lý xong: the last agency was done."""
    ENDED = "ended"
    """Dừng, từ chối, rút: the transfer ended otherwise."""
    ASKED = "asked"
    """Not finished, and waiting for the one supplement: since when it was asked for."""
    PERIOD_END = "period_end"
    """Not finished: the end of the period."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """An instant held against a date; `late` is None where there is no date to hold it to."""

    late: bool | None
    due_at: datetime | None
    at: datetime
    judged: Judged


@dataclass(frozen=True, slots=True)
class Verdict:
    """Both judgements, and how often a supplement was asked for."""

    operational: Judgement
    reporting: Judgement
    supplements: int


def verdict(transfer: Transfer, calendars: Calendars, period_end: datetime) -> Verdict:
    """Judge a transfer twice; what has not ended by `period_end` is held to that instant."""
    return Verdict(
        _operational(transfer, period_end),
        _reporting(transfer, calendars, period_end),
        supplements_asked(transfer.hops.values()),
    )


def _operational(transfer: Transfer, period_end: datetime) -> Judgement:
    at, judged = _end(transfer, period_end)
    due_at = transfer.clock.deadline_at or _promised(transfer)
    breached = LimitName.OVERALL in transfer.clock.breached
    return Judgement(breached or _is_late(at, due_at), due_at, at, judged)


def _reporting(transfer: Transfer, calendars: Calendars, period_end: datetime) -> Judgement:
    at, judged = _end(transfer, period_end)
    asked = supplements_asked(transfer.hops.values())
    waiting_since = _waiting_since(transfer)
    if judged is Judged.PERIOD_END and asked == 1 and waiting_since is not None:
        at, judged = min(at, waiting_since), Judged.ASKED
    due_at = _due_without_supplements(transfer, calendars)
    return Judgement(True if asked > 1 else _is_late(at, due_at), due_at, at, judged)


def _end(transfer: Transfer, period_end: datetime) -> tuple[datetime, Judged]:
    """Return what counts as the end; an end after the period is none yet."""
    ended_at = transfer.ended_at
    if ended_at is None or ended_at > period_end:
        return period_end, Judged.PERIOD_END
    completed = transfer.state is TransferState.COMPLETED
    return ended_at, Judged.PROCESSED if completed else Judged.ENDED


def _is_late(at: datetime, due_at: datetime | None) -> bool | None:
    return None if due_at is None else at > due_at


def _due_without_supplements(transfer: Transfer, calendars: Calendars) -> datetime | None:
    """Return the date to be met: the total's, or what was promised, with supplements taken out."""
    clock = transfer.clock
    if clock.extended_to is not None:
        return clock.deadline_at or clock.extended_to
    supplements = [span for hop in transfer.hops.values() for span in _supplements(hop)]
    try:
        if clock.budget is None or clock.arrived_at is None:
            return _moved(transfer, calendars, supplements)
        calendar = calendars.pinned(clock.calendar)
        stood = [Pause(one.start, one.end) for one in clock.pauses]
        cutoff = parse_cutoff(clock.cutoff)
        budget = Budget.parse(clock.budget)
        return due(calendar, clock.arrived_at, budget, cutoff, [*stood, *supplements]).deadline_at
    except (CalendarUnknown, CalendarNotLoaded):
        return _promised(transfer)


def _moved(transfer: Transfer, calendars: Calendars, supplements: list[Pause]) -> datetime | None:
    """Move the promised date by the working time of the supplements that began before it."""
    promised_at = _promised(transfer)
    for pause in sorted(supplements, key=lambda one: one.start):
        if promised_at is not None and pause.end is not None and pause.start < promised_at:
            waited = between(calendars.base, pause.start, pause.end, Unit.WORKING_DAY)
            promised_at = add(calendars.base, promised_at, waited)
    return promised_at


def _promised(transfer: Transfer) -> datetime | None:
    return transfer.promised_at if transfer.clock.budget is None else None


def _supplements(hop: Hop) -> Iterator[Pause]:
    for pause in hop.clock.pauses:
        if pause.reason == SUPPLEMENT:
            yield Pause(pause.start, pause.end)


def _waiting_since(transfer: Transfer) -> datetime | None:
    """Return since when a supplement is waited for, if it is."""
    waiting = (
        hop.clock.paused_at
        for hop in transfer.hops.values()
        if hop.is_running and hop.clock.pause_reason == SUPPLEMENT
    )
    return next((since for since in waiting if since is not None), None)
