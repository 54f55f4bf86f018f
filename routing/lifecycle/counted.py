"""Counted: what entries of the ledger carry for those who count transfers and turns.

Books are kept from the ledger, one entry at a time and without looking back: so an entry that
opens, judges or ends something says what its count needs. Whole numbers only; nothing here changes
a transfer.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from routing.legaltime import Budget, CalendarUnknown, Pause, Unit, spent_micros
from routing.legaltime.instants import SECOND, micros_of
from routing.lifecycle.draft import Draft
from routing.lifecycle.events import JsonObject
from routing.lifecycle.instants import written
from routing.lifecycle.model import Hop, LimitName

SUPPLEMENT: Final = "supplement"

_budget = lru_cache(maxsize=512)(Budget.parse)


def submission_facts(data: Any) -> JsonObject:
    """Return how the dossier came in, and when it was received."""
    return {"channel": data.channel, "received_at": written(data.received_at)}


def end_facts(draft: Draft) -> JsonObject:
    """Return the date that the end is measured by, and what was held against the transfer.

    The date is the total's deadline as pauses and an extension have moved it; without a total, what
    the submitting office had promised; without that there is none.
    """
    due_at = draft.clock.deadline_at
    if draft.clock.budget is None:
        due_at = due_at or draft.transfer.promised_at
    due: JsonObject = {"due_at": written(due_at)} if due_at is not None else {}
    return due | request_facts(draft)


def request_facts(draft: Draft) -> JsonObject:
    """Return how often a supplement was asked for, and whether the total had passed."""
    overdue: JsonObject = {"overdue": True} if LimitName.OVERALL in draft.clock.breached else {}
    return overdue | total_facts(draft)


def total_facts(draft: Draft) -> JsonObject:
    """Return how often a supplement was asked for so far, if it was."""
    asked = supplements_asked(draft.hops.values())
    return {"supplements": asked} if asked else {}


def supplements_asked(hops: Iterable[Hop]) -> int:
    """Count how often a supplement was asked for; what is carried over to a round counts once."""
    return len({(hop.step, start) for hop in hops for start in _requests(hop)})


def turn_facts(draft: Draft, hop: Hop) -> JsonObject:
    """Return how long an agency had a hop that it completes now.

    `elapsed` and `worked` (working time outside pauses) are seconds since it was handed over;
    `used` is the hop's own budget in per cent, as its clock counts; `late` is set past its end.
    Where the calendar does not know the days, only the elapsed time is told.
    """
    clock = hop.clock
    calendar = draft.context.calendars.pinned(clock.calendar)
    handed_at = hop.available_at or hop.delivered_at or draft.legal_at
    begin, end = micros_of(handed_at), micros_of(draft.legal_at)
    facts: JsonObject = {"elapsed": max(0, end - begin) // SECOND}
    if LimitName.DEADLINE in clock.breached:
        facts["late"] = True
    pauses = [Pause(one.start, one.end) for one in clock.pauses]
    try:
        worked = spent_micros(calendar, begin, end, Unit.WORKING_HOUR, pauses)
        facts["worked"] = worked // SECOND
        if clock.budget is not None and clock.started_at is not None:
            budget = _budget(clock.budget)
            if length := budget.micros(calendar.nominal):
                start = micros_of(clock.started_at)
                spent = spent_micros(calendar, start, end, budget.unit, pauses)
                facts["used"] = -(-100 * spent // length)
    except CalendarUnknown:
        pass
    return facts


def _requests(hop: Hop) -> list[Any]:
    """Return when a supplement was asked for; a clock that was taken over has its past with it."""
    clock = hop.clock
    if not clock.pauses and clock.paused_at is None:
        return []
    starts: list[Any] = [one.start for one in clock.pauses if one.reason == SUPPLEMENT]
    if clock.pause_reason == SUPPLEMENT:
        starts.append(clock.paused_at)
    return starts
