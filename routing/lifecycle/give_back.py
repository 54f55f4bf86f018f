"""Give back: a dossier returned to an earlier step, which opens a new round.

Unfinished steps after it are cancelled and planned again; what is finished is told and marked
stale; everything else goes on.
"""

from __future__ import annotations

from dataclasses import replace

from routing.legaltime import Budget
from routing.lifecycle.breaches import hold_from_receipt, settle
from routing.lifecycle.clocks import ready_clock
from routing.lifecycle.draft import Draft
from routing.lifecycle.events import Declined, JsonObject, Operated, Said
from routing.lifecycle.finish import cancel
from routing.lifecycle.hand_over import ancestors, go_on, offer
from routing.lifecycle.model import NO_CLOCK, ORIGIN, Hop, HopClock, HopKey, HopState, LimitName
from routing.lifecycle.work import close
from routing.policies import CorrectionLimit


def give_back(draft: Draft, hop: Hop, event: Said) -> Declined | None:
    """The agency returns the dossier to a step that was done before its own."""
    data = event.data
    if hop.step == ORIGIN:
        return Declined(
            "illegal-transition", "the originator corrects or withdraws; it cannot return"
        )
    declined = _cannot_go(draft, hop, data.to_step)
    if declined is not None:
        return declined
    hop = close(draft, hop)
    rule = draft.context.policies.returns[data.reason].of(*draft.scope(hop))
    if rule.within is not None:
        hop = hold_from_receipt(draft, hop, LimitName.RETURN, rule.within, rule.legal_basis)
    hop = draft.move(hop, HopState.RETURNED, ended_at=draft.legal_at)
    draft.enter(
        "hop.returned",
        hop,
        reason=data.reason,
        legal_basis=data.legal_basis,
        facts={"to_step": data.to_step},
    )
    draft.tell_change(draft.transfer.originator, hop, data.reason, (event.ref,))
    reopen(draft, data.to_step, hop, data.reason)
    return None


def give_back_for(draft: Draft, hop: Hop, event: Operated) -> Declined | None:
    """An operator returns the dossier for its agency, which is told that its turn is over.

    Nothing is implied of the agency: not that it had the dossier, nor that it said so in time.
    """
    if hop.step == ORIGIN:
        return Declined("illegal-transition", "what came back is the originator's to correct")
    if event.legal_basis is None:
        return Declined("missing-field", "a return needs its legal basis")
    reason = event.return_reason
    if reason is None or reason not in draft.context.policies.returns:
        return Declined("invalid-value", "a return needs one of the known reasons")
    to_step = event.to_step or hop.sender_step or ORIGIN
    declined = _cannot_go(draft, hop, to_step)
    if declined is not None:
        return declined
    deadline_at = hop.clock.deadline_at
    if deadline_at is not None and draft.legal_at > deadline_at:
        if hop.lapses and not hop.is_undelivered:
            return Declined("illegal-transition", "The agency's turn is over by its silence.")
        hop = settle(draft, hop, LimitName.DEADLINE, deadline_at)
    hop = cancel(
        draft,
        hop,
        HopState.RETURNED,
        "returned",
        entered=reason,
        legal_basis=event.legal_basis,
        facts={"to_step": to_step},
    )
    draft.tell_change(draft.transfer.originator, hop, reason)
    reopen(draft, to_step, hop, reason)
    return None


def reopen(draft: Draft, step_id: str, by: Hop, reason: str) -> None:
    """Open a new round of a step, handed over at once to the agency that did it before."""
    old = draft.current(step_id)
    rule = draft.context.policies.returns[reason].of(*draft.scope(by))
    for after in draft.itinerary.descendants(step_id):
        _take_up_again(draft, draft.current(after))
    opened = Hop(
        step=step_id,
        round=draft.next_round(step_id),
        agency=old.answers,
        state=HopState.PLANNED,
        sender_step=by.step if step_id == ORIGIN else old.sender_step,
        sender_round=by.round if step_id == ORIGIN else old.sender_round,
        clock=_clock_to_answer(draft, step_id, rule.answer),
        excluded=old.excluded,
        lapses=old.lapses,
        opened_by=by.key,
    )
    draft.put(replace(old, superseded_by=opened.round))
    draft.put(opened)
    draft.enter("hop.opened", opened, reason=reason, facts={"policy": rule.row})
    agency = old.answers
    if agency is not None and (
        step_id == ORIGIN or draft.context.directory.agency(agency, draft.context.now)
    ):
        offer(draft, opened, draft.step_of(opened), agency)
    else:
        go_on(draft)


def plan_again(
    draft: Draft,
    hop: Hop,
    *,
    agency: str | None = None,
    chosen: bool = False,
    opened_by: HopKey | None = None,
    stands: bool = False,
) -> Hop:
    """Put a new, planned round in the place of a hop whose turn is over.

    `opened_by` is given where the round follows that hop at once, and carries its clock on;
    `stands` where it goes on paused.
    """
    following = Hop(
        step=hop.step,
        round=draft.next_round(hop.step),
        agency=agency,
        state=HopState.PLANNED,
        excluded=hop.excluded,
        lapses=hop.lapses,
        chosen=chosen,
        opened_by=opened_by,
    )
    draft.put(replace(hop, superseded_by=following.round))
    draft.put(following)
    facts: JsonObject = {"carries": list(opened_by)} if opened_by is not None else {}
    if stands:
        facts["stands"] = True
    draft.enter("hop.opened", following, facts=facts)
    return following


def _cannot_go(draft: Draft, hop: Hop, to_step: str) -> Declined | None:
    if to_step not in ancestors(draft.itinerary, hop.step):
        return Declined("invalid-value", "this is not a step before the hop's own", "/data/to_step")
    if draft.current(to_step).state is HopState.SKIPPED:
        return Declined(
            "invalid-value", "this step was skipped: nobody worked on it", "/data/to_step"
        )
    return None


def _clock_to_answer(draft: Draft, step_id: str, answer: CorrectionLimit | Budget) -> HopClock:
    """Make a clock ready by the row; the originator, without a budget, has the notice day."""
    if isinstance(answer, Budget):
        cutoff = None if step_id == ORIGIN else draft.itinerary.by_id[step_id].cutoff
        return ready_clock(str(answer), cutoff)
    if answer == "notice-day" or step_id == ORIGIN:
        return ready_clock(None, None, "notice-day")
    return NO_CLOCK


def _take_up_again(draft: Draft, hop: Hop) -> None:
    if hop.state in (HopState.COMPLETED, HopState.LAPSED):
        if not hop.stale:
            hop = draft.put(replace(hop, stale=True))
            draft.enter("hop.stale", hop)
            draft.tell_change(hop.answers, hop, "stale")
        return
    if hop.state is HopState.PLANNED:
        return
    if hop.is_open:
        hop = cancel(draft, hop, HopState.CANCELLED, "returned")
    plan_again(draft, hop, agency=hop.agency)
