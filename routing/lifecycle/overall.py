"""The overall clock: the statutory total, standing still while a hop is outside it.

It pauses while any open hop is paused for a reason that the procedure excludes from the total, or
is at a step that lies outside it; several at once count once.
"""

from __future__ import annotations

from routing.lifecycle.breaches import settle_overall
from routing.lifecycle.clocks import clock_facts, learn_clock, pause_clock, resume_clock
from routing.lifecycle.draft import GATEWAY, Draft
from routing.lifecycle.model import ORIGIN, HopState
from routing.lifecycle.outages import stand_overall

OUTSIDE_TOTAL = "outside-total"


def hold_overall(draft: Draft) -> None:
    """Let the overall clock stand or run, as the hops now demand."""
    if draft.clock.arrived_at is None or not draft.is_open:
        return
    stand_overall(draft)
    clock = draft.clock
    held = _reason_to_hold(draft)
    if held is not None and clock.paused_at is None:
        reason, legal_basis = held
        settle_overall(draft)
        draft.clock = pause_clock(
            draft.context.calendars, draft.clock, draft.legal_at, reason, legal_basis
        )
        draft.enter("clock.paused", reason=reason, legal_basis=legal_basis, actor=GATEWAY)
    elif held is None and clock.paused_at is not None:
        calendars = draft.context.calendars
        draft.clock = learn_clock(resume_clock(calendars, clock, draft.legal_at), calendars)
        draft.enter("clock.resumed", actor=GATEWAY, facts=clock_facts(draft.clock))


def _reason_to_hold(draft: Draft) -> tuple[str, str | None] | None:
    """Return the reason of the first hop that holds it, and what that rests on."""
    excludes = draft.itinerary.total_excludes
    by_id = draft.itinerary.by_id
    for hop in draft.hops.values():
        if not hop.is_running:
            continue
        if hop.state is HopState.PAUSED and hop.clock.pause_reason in excludes:
            return hop.clock.pause_reason or "", hop.clock.pause_basis
        if hop.step != ORIGIN and by_id[hop.step].outside_total:
            return OUTSIDE_TOTAL, by_id[hop.step].legal_basis
    return None
