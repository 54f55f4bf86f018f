"""Work: what the agency that has the dossier says of it, until it is done.

Whatever it says implies that it has received the dossier: a receipt that was never sent is dated
by the first word of its work, and no later than the receipt limit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from routing.lifecycle.breaches import forget, settle
from routing.lifecycle.clocks import (
    clock_facts,
    extend_clock,
    learn_clock,
    pause_clock,
    restart_clock,
    resume_clock,
    start_clock,
)
from routing.lifecycle.counted import SUPPLEMENT, request_facts, turn_facts
from routing.lifecycle.draft import Draft
from routing.lifecycle.events import Declined, JsonObject, Operated, Said
from routing.lifecycle.hand_over import go_on, was_asked
from routing.lifecycle.instants import written
from routing.lifecycle.model import Hop, HopClock, HopState, LimitName
from routing.lifecycle.outages import let_go
from routing.lifecycle.references import reference_of
from routing.lifecycle.routes import originators_facts, told_facts
from routing.lifecycle.supplements import (
    end_of_request,
    hold_to_request_limit,
    may_ask,
    supplement_limit,
    too_late,
)
from schemas.kinds import Kind


def receive(draft: Draft, hop: Hop, event: Said) -> None:
    """The agency has it."""
    hop = received(draft, hop, draft.legal_at)
    draft.enter("hop.received", draft.move(hop, HopState.RECEIVED))


def receive_paused(draft: Draft, hop: Hop, event: Said) -> None:
    """Who took a turn over while it stood confirms it; otherwise the first receipt stands."""
    if hop.received_at is not None:
        draft.repeated = True
        return
    draft.enter("hop.received", draft.move(received(draft, hop, draft.legal_at)))


def received(draft: Draft, hop: Hop, at: datetime | None = None) -> Hop:
    """Date the receipt: `at`, or where it is only implied now, no later than its limit.

    Settles the hand-over and receipt limits, and starts a clock that waits for the receipt.
    """
    if hop.received_at is not None:
        return hop
    overtaken = hop.is_undelivered and hop.available_at is None
    if overtaken:
        hop = settle(draft, hop, LimitName.HANDOVER, hop.deliver_by)
    hop = settle(draft, hop, LimitName.RECEIPT, hop.receive_by)
    if at is None:
        at = draft.legal_at if hop.receive_by is None else min(draft.legal_at, hop.receive_by)
    clock = _clock_on_receipt(draft, hop, at)
    if clock is not hop.clock:
        draft.implied = (hop.key, clock_facts(clock))
    return draft.put(
        replace(
            hop,
            received_at=at,
            delivered_at=hop.delivered_at or at,
            clock=clock,
            failure=hop.lasting_failure,
        )
    )


def pause(draft: Draft, hop: Hop, event: Said | Operated) -> Declined | None:
    """The clock stands; the originator is told, or asked for what is missing."""
    asked = _pause_of(event)
    until, asks = asked.until, asked.reason == SUPPLEMENT
    declined = may_ask(draft, hop) if asks else None
    if declined is not None:
        return declined
    hop = _heard_of(draft, hop)
    hop = settle(draft, hop, LimitName.DEADLINE, hop.clock.deadline_at)
    supplement_by = None
    if asks:
        hop = hold_to_request_limit(draft, hop)
        supplement_by = supplement_limit(draft, hop, until)
        until = supplement_by or until
    hop = draft.move(
        hop,
        HopState.PAUSED,
        supplement_by=supplement_by,
        clock=pause_clock(
            draft.context.calendars,
            forget(hop.clock, LimitName.SUPPLEMENT),
            draft.legal_at,
            asked.reason,
            asked.legal_basis,
            asked.document,
        ),
    )
    facts: JsonObject = {"until": written(until)} if until is not None else {}
    shown = dict(facts) if asked.document is None else {**facts, "document": asked.document}
    if asks:
        shown |= request_facts(draft)
    draft.enter("hop.paused", hop, reason=asked.reason, legal_basis=asked.legal_basis, facts=shown)
    splice = (event.ref,) if isinstance(event, Said) else ()
    if asks:
        request: JsonObject = {
            "step": hop.step,
            "round": hop.round,
            "requested_by": hop.agency,
            "legal_basis": asked.legal_basis,
        }
        draft.send(
            draft.transfer.originator,
            Kind.SUPPLEMENT_REQUESTED,
            request | facts,
            hop,
            splice,
        )
    else:
        draft.tell_change(draft.transfer.originator, hop, asked.reason, splice)
    return None


def pause_otherwise(draft: Draft, hop: Hop, event: Said | Operated) -> Declined | None:
    """The same pause again repeats; another one begins where the first ends."""
    if _pause_of(event).reason == hop.clock.pause_reason:
        draft.repeated = True
        return None
    return pause(draft, _end_pause(draft, hop), event)


def resume(draft: Draft, hop: Hop, event: Said | Operated) -> Declined | None:
    """The clock goes on."""
    if isinstance(event, Said) and event.data.reason != hop.clock.pause_reason:
        return Declined(
            "illegal-transition",
            f"the hop is paused for another reason: {hop.clock.pause_reason}",
            "/data/reason",
        )
    if isinstance(event, Said):
        hop = _heard_of(draft, hop)
    _go_on_working(draft, hop, hop.clock.pause_reason)
    return None


def supplement(draft: Draft, hop: Hop, event: Said) -> Declined | None:
    """What the citizen adds is kept; a pause that waits for it ends, and the agency is told."""
    declined = too_late(draft, hop)
    if declined is not None:
        return declined
    data = event.data
    if not (data.documents or data.form or data.facts or data.note):
        return Declined(
            "missing-field", "a supplement brings documents, a form, facts or a note", "/data"
        )
    facts = originators_facts(draft, data.facts or {})
    if isinstance(facts, Declined):
        return facts
    draft.facts = facts
    draft.supplements = (*draft.supplements, (hop.step, hop.round, event.ref))
    draft.enter("supplement.provided", hop)
    if hop.state is HopState.PAUSED and hop.clock.pause_reason == "supplement":
        hop = _go_on_working(draft, hop, "supplement", tell=False)
    else:
        hop = draft.move(hop)
    if hop.is_running:
        draft.tell_change(hop.agency, hop, "supplement", (event.ref,))
    return None


def complete(draft: Draft, hop: Hop, event: Said) -> Declined | None:
    """The agency's turn is done: the next turns begin."""
    data = event.data
    facts = told_facts(draft, data.facts)
    if isinstance(facts, Declined):
        return facts
    draft.facts = facts
    hop = close(draft, hop)
    hop = draft.move(
        hop,
        HopState.COMPLETED,
        ended_at=draft.legal_at,
        outcome=data.outcome,
        results_ref=event.ref if data.results or data.notices else None,
    )
    written: JsonObject = {"outcome": data.outcome, **turn_facts(draft, hop)}
    if data.results:
        written["results"] = len(data.results)
    if data.notices:
        written["notices"] = len(data.notices)
    draft.enter("hop.completed", hop, facts=written)
    go_on(draft)
    return None


def completed_again(draft: Draft, hop: Hop, event: Said) -> Declined | None:
    """The same outcome repeats; another cannot take its place."""
    if event.data.outcome == hop.outcome:
        return None
    return Declined(
        "illegal-transition",
        f"the hop was completed with another outcome: {hop.outcome}",
        "/data/outcome",
    )


def _heard_of(draft: Draft, hop: Hop) -> Hop:
    """Whoever speaks of its turn has the dossier; an agency that has closed had it, once.

    Its word is its successor's, but the successor's receipt is the successor's own to give.
    """
    if draft.former is not None and hop.clock.arrived_at is not None:
        return hop
    return received(draft, hop)


def close(draft: Draft, hop: Hop) -> Hop:
    """Close the clock of a hop that its agency ends: receipt, pause and deadline are settled."""
    hop = let_go(draft, received(draft, hop), draft.legal_at)
    if hop.clock.paused_at is not None:
        hop = _end_pause(draft, hop)
    return settle(draft, hop, LimitName.DEADLINE, hop.clock.deadline_at)


# Extensions


def extend(draft: Draft, hop: Hop, event: Said | Operated) -> Declined | None:
    """Move a hop's deadline, inside the date promised to the citizen or, once, with it."""
    until = event.data.until if isinstance(event, Said) else event.until
    legal_basis = event.data.legal_basis if isinstance(event, Said) else event.legal_basis
    if isinstance(event, Said):
        hop = _heard_of(draft, hop)
    deadline_at = hop.clock.deadline_at
    if until is None or deadline_at is None:
        return Declined("illegal-transition", "the hop has no deadline to move", "/data/until")
    if hop.clock.extended_to == until:
        draft.repeated = True
        return None
    if until <= deadline_at or draft.legal_at > deadline_at:
        return Declined(
            "invalid-value",
            "an extension is asked before the deadline, for a later one",
            "/data/until",
        )
    promised_at = draft.clock.deadline_at
    if promised_at is not None and until > promised_at:
        declined = extend_promise(draft, until, legal_basis)
        if declined is not None:
            return declined
    state = HopState.RECEIVED if hop.received_at is not None else hop.state
    before, clock = hop.clock, _extended(draft, hop.clock, until)
    hop = draft.move(hop, state, clock=clock)
    facts = _extension_facts(deadline_at, until, before, clock)
    draft.enter("hop.extended", hop, legal_basis=legal_basis, facts=facts)
    draft.tell_change(draft.transfer.originator, hop, "extended")
    return None


def extend_promise(
    draft: Draft, until: datetime, legal_basis: str | None, reason: str | None = None
) -> Declined | None:
    """Move the date promised to the citizen: as often as, and as early as, the policy says."""
    policies, clock = draft.context.policies, draft.clock
    if clock.deadline_at is None:
        return Declined(
            "illegal-transition", "the transfer has no running deadline to move", "/data/until"
        )
    if until <= clock.deadline_at:
        return Declined("invalid-value", "the promised date can only move later", "/data/until")
    if clock.extensions >= policies.extension_times:
        return Declined(
            "illegal-transition",
            f"the promised date may move {policies.extension_times} time(s), and has"
            f" ({policies.extension_basis})",
            "/data/until",
        )
    if draft.legal_at + policies.extension_notice > clock.deadline_at:
        return Declined(
            "illegal-transition",
            f"the promised date may not move any more: it is too near ({policies.extension_basis})",
            "/data/until",
        )
    draft.clock = replace(_extended(draft, clock, until), extensions=clock.extensions + 1)
    draft.enter(
        "transfer.extended",
        reason=reason,
        legal_basis=legal_basis,
        facts=_extension_facts(clock.deadline_at, until, clock, draft.clock),
    )
    draft.send(
        draft.transfer.originator,
        Kind.TRANSFER_CHANGED,
        {"state": draft.state.value, "change": "extended"},
    )
    return None


# Clocks


def _clock_on_receipt(draft: Draft, hop: Hop, at: datetime) -> HopClock:
    clock, calendars = hop.clock, draft.context.calendars
    if draft.step_of(hop).start == "received":
        # A breached receipt limit has started it, and it stays started unless proof corrects that.
        begins_at = at if hop.receive_by is None else min(at, hop.receive_by)
        if clock.arrived_at is None:
            return start_clock(calendars.of(hop.agency, begins_at), clock, begins_at)
        if begins_at < clock.arrived_at:
            return restart_clock(calendars, clock, begins_at)
        return clock
    if hop.lapses and hop.delivered_at is None and clock.arrived_at is not None:
        return clock if was_asked(draft, hop, at) else restart_clock(calendars, clock, at)
    return clock


def _end_pause(draft: Draft, hop: Hop) -> Hop:
    """Let the clock go on, or begin again; what the pause waited for is settled."""
    hop = end_of_request(draft, hop)
    clock = hop.clock
    assert clock.pause_reason is not None
    on_resume = draft.context.policies.on_resume(
        draft.transfer.procedure, hop.step, clock.pause_reason
    )
    clock = resume_clock(draft.context.calendars, clock, draft.legal_at, on_resume)
    if on_resume == "restart":
        draft.implied = (hop.key, clock_facts(clock))
    return draft.put(replace(hop, clock=clock))


def _extended(draft: Draft, clock: HopClock, until: datetime) -> HopClock:
    calendars = draft.context.calendars
    return learn_clock(extend_clock(calendars, clock, until, draft.legal_at), calendars)


def _extension_facts(
    deadline_at: datetime, until: datetime, before: HopClock, after: HopClock
) -> JsonObject:
    """Return both dates; also the calendar, where the new date needs days that ours lacked."""
    facts: JsonObject = {"from": written(deadline_at), "until": written(until)}
    return facts if after.calendar == before.calendar else facts | {"calendar": after.calendar}


def _go_on_working(draft: Draft, hop: Hop, reason: str | None, *, tell: bool = True) -> Hop:
    hop = _end_pause(draft, hop)
    # The version it counted by may not know the days that it has come to.
    clock = learn_clock(hop.clock, draft.context.calendars)
    hop = draft.move(hop, _working(hop), clock=clock)
    draft.enter("hop.resumed", hop, reason=reason, facts=clock_facts(hop.clock))
    if tell:
        draft.tell_change(draft.transfer.originator, hop, "resumed")
    return hop


def _working(hop: Hop) -> HopState:
    """Return the state of a turn that goes on: as far as its own agency has come."""
    if hop.received_at is not None:
        return HopState.RECEIVED
    return HopState.DELIVERED if hop.delivered_at is not None else HopState.DISPATCHING


@dataclass(frozen=True, slots=True)
class _Pause:
    """What a pause is asked with; the document only if it is a bare number."""

    reason: str
    legal_basis: str | None
    document: str | None
    until: datetime | None


def _pause_of(event: Said | Operated) -> _Pause:
    if isinstance(event, Said):
        data = event.data
        return _Pause(data.reason, data.legal_basis, reference_of(data.document), data.until)
    return _Pause(event.pause_reason or "outage", event.legal_basis, None, event.until)
