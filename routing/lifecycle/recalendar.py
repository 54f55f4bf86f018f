"""Recalendar: an operator lets a clock that runs count by another calendar version.

Nothing does this by itself. The ledger keeps both versions and both deadlines, and whom the
deadline concerns is told. What time had decided for a deadline that is later now is taken back;
what the new one brings is the timekeeper's, as ever.
"""

from __future__ import annotations

from dataclasses import replace

from routing.lifecycle.amends import amend_hop, amend_overall
from routing.lifecycle.clocks import clock_facts, start_clock
from routing.lifecycle.draft import Draft
from routing.lifecycle.events import Declined, JsonObject, Operated
from routing.lifecycle.instants import written
from routing.lifecycle.model import Hop, HopClock
from schemas.kinds import Kind

_REASON = "calendar"


def recalendar_hop(draft: Draft, hop: Hop, event: Operated) -> Declined | None:
    """Count a hop's deadline by the version named; its agency and the originator are told."""
    clock = _moved(draft, hop.clock, hop.agency, event)
    if isinstance(clock, Declined):
        return clock
    draft.touched = False
    before, hop = hop, draft.put(replace(hop, clock=clock))
    draft.enter("clock.recalendared", hop, reason=_REASON, facts=_facts(before.clock, clock))
    hop = amend_hop(draft, before, hop)
    for agency in dict.fromkeys((hop.agency, draft.transfer.originator)):
        draft.tell_change(agency, hop, _REASON)
    return None


def recalendar_total(draft: Draft, event: Operated) -> Declined | None:
    """Count the statutory total by the version named; the originator is told."""
    clock = _moved(draft, draft.clock, None, event)
    if isinstance(clock, Declined):
        return clock
    draft.touched = False
    before, draft.clock = draft.clock, clock
    draft.enter("clock.recalendared", reason=_REASON, facts=_facts(before, clock))
    amend_overall(draft, before)
    draft.send(
        draft.transfer.originator,
        Kind.TRANSFER_CHANGED,
        {"state": draft.state.value, "change": _REASON},
    )
    return None


def _moved(
    draft: Draft, clock: HopClock, agency: str | None, event: Operated
) -> HopClock | Declined:
    """Return the clock by the version named; Declined where that moves no deadline."""
    if event.calendar is None:
        return Declined("missing-field", "name the calendar version")
    if clock.arrived_at is None or clock.deadline_at is None:
        return Declined("illegal-transition", "there is no running deadline to move")
    calendar = draft.context.calendars.moved(
        clock.calendar, agency, clock.arrived_at, event.calendar
    )
    moved = clock if calendar is None else start_clock(calendar, clock, clock.arrived_at)
    if moved.deadline_at == clock.deadline_at or moved.deadline_at is None:
        return Declined("illegal-transition", "this version does not move the deadline")
    return moved


def _facts(before: HopClock, after: HopClock) -> JsonObject:
    assert before.deadline_at is not None
    was = {"calendar": before.calendar, "deadline_at": written(before.deadline_at)}
    return {**clock_facts(after), "calendar": after.calendar, "before": was}
