"""Finish: how a transfer ends, and what becomes of the turns that are still open."""

from __future__ import annotations

from routing.lifecycle.breaches import settle_overall
from routing.lifecycle.clocks import resume_clock
from routing.lifecycle.counted import end_facts
from routing.lifecycle.draft import GATEWAY, Draft
from routing.lifecycle.events import JsonObject, Operated, Said
from routing.lifecycle.instants import written
from routing.lifecycle.model import ORIGIN, Hop, HopState, TransferState
from routing.lifecycle.outages import let_go, stand_overall
from routing.lifecycle.results import result_lines, result_refs
from schemas.kinds import Kind

_ENDS = {
    TransferState.WITHDRAWN: HopState.WITHDRAWN,
    TransferState.STOPPED: HopState.STOPPED,
    TransferState.REFUSED: HopState.CANCELLED,
}


def complete_transfer(draft: Draft) -> None:
    """All steps are done: the transfer ends with the outcome of the last one completed."""
    last = max(
        (hop for hop in draft.currents() if hop.outcome is not None and hop.step != ORIGIN),
        key=lambda hop: (hop.ended_at or draft.legal_at, list(draft.hops).index(hop.key)),
        default=None,
    )
    draft.outcome = last.outcome if last is not None else None
    draft.ended_by = draft.came_after(len(draft.itinerary.leaves))
    _end(draft, TransferState.COMPLETED, None)


def refuse_transfer(draft: Draft, reason: str) -> None:
    """A refusal that ends everything has been taken note of."""
    _end(draft, TransferState.REFUSED, reason)


def withdraw_transfer(draft: Draft, event: Said) -> None:
    """The applicant takes the dossier back."""
    _end(draft, TransferState.WITHDRAWN, "withdrawn")


def stop_transfer(draft: Draft, event: Operated) -> None:
    """An operator stops the processing (dừng giải quyết)."""
    _end(draft, TransferState.STOPPED, code_of(event.reason), event.legal_basis)


def stop_by_time(draft: Draft, reason: str, legal_basis: str) -> None:
    """Time has stopped the processing, by an article that says so."""
    draft.actor = GATEWAY
    _end(draft, TransferState.STOPPED, reason, legal_basis)


def cancel(
    draft: Draft,
    hop: Hop,
    state: HopState,
    reason: str,
    *,
    tell: bool = True,
    entered: str | None = None,
    legal_basis: str | None = None,
    facts: JsonObject | None = None,
) -> Hop:
    """End an open hop's turn, and tell the agency if it may have the dossier already.

    With `tell` False it is for the caller to say what becomes of what was, or is to be, sent.
    `entered` is what the ledger says for a reason, where it says more than the agency is told.
    """
    was_running = hop.is_running
    hop = draft.move(
        hop,
        state if was_running else HopState.CANCELLED,
        ended_at=draft.legal_at,
        clock=resume_clock(draft.context.calendars, hop.clock, draft.legal_at)
        if hop.clock.paused_at is not None
        else hop.clock,
        supplement_by=None,
    )
    hop = let_go(draft, hop, draft.legal_at)
    draft.enter(
        f"hop.{hop.state}",
        hop,
        reason=entered or reason,
        legal_basis=legal_basis,
        facts=facts or {},
    )
    if was_running and tell:
        if hop.delivered_at is None and hop.received_at is None:
            draft.withdraw(hop, reason)
        else:
            draft.send(
                hop.agency,
                Kind.HANDOVER_CANCELLED,
                {"step": hop.step, "round": hop.round, "reason": reason},
                hop,
            )
    return hop


def code_of(reason: str) -> str:
    """Return a reason if it is a code; free text has no place in the ledger."""
    plain = reason.replace("-", "").replace("_", "").replace(".", "")
    return reason if plain.isascii() and plain.isalnum() and len(reason) <= 64 else "by-operator"


def _end(
    draft: Draft, state: TransferState, reason: str | None, legal_basis: str | None = None
) -> None:
    for hop in list(draft.hops.values()):
        if hop.is_open:
            cancel(draft, hop, _ENDS[state], _CANCEL_REASON[state])
    stand_overall(draft)
    if draft.clock.paused_at is not None:
        draft.clock = resume_clock(draft.context.calendars, draft.clock, draft.legal_at)
        draft.enter("clock.resumed", actor=GATEWAY)
    settle_overall(draft)
    draft.become(state)
    facts: JsonObject = end_facts(draft)
    if draft.outcome is not None:
        facts["outcome"] = draft.outcome
    draft.enter(f"transfer.{state}", reason=reason, legal_basis=legal_basis, facts=facts)
    _tell(draft, state, reason)


_CANCEL_REASON = {
    TransferState.WITHDRAWN: "withdrawn",
    TransferState.STOPPED: "stopped",
    TransferState.REFUSED: "refused",
}


def _tell(draft: Draft, state: TransferState, reason: str | None) -> None:
    done = [hop for hop in draft.currents() if hop.state is HopState.COMPLETED]
    data: JsonObject = {
        "state": state.value,
        "finished_at": written(draft.legal_at),
        "results": result_lines(done),
    }
    if draft.outcome is not None:
        data["outcome"] = draft.outcome
    if reason is not None:
        data["reason"] = reason
    draft.send(
        draft.transfer.originator,
        Kind.TRANSFER_FINISHED,
        data,
        splice=result_refs(done),
    )
