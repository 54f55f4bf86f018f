"""Refuse: an agency does not take its turn, and what its reason leads to.

The consequence of each reason, and whether the sender must take note first, is policy data.
"""

from __future__ import annotations

from dataclasses import replace

from routing.lifecycle.breaches import breach_notice
from routing.lifecycle.clocks import carry_clock, limit_from
from routing.lifecycle.draft import GATEWAY, Draft
from routing.lifecycle.events import Declined, JsonObject, Operated, Said
from routing.lifecycle.finish import refuse_transfer
from routing.lifecycle.give_back import plan_again, reopen
from routing.lifecycle.hand_over import go_on
from routing.lifecycle.model import ORIGIN, Hop, HopState, LimitName, Refusal
from routing.lifecycle.notices import tell, told_of
from routing.lifecycle.work import close
from routing.policies import Consequence
from schemas.kinds import Kind


def refuse(draft: Draft, hop: Hop, event: Said) -> Declined | None:
    """The agency refuses; its sender is told why, and must take note where the policy says so."""
    if hop.step == ORIGIN:
        return Declined(
            "illegal-transition", "the originator corrects or withdraws; it cannot refuse"
        )
    data, context = event.data, draft.context
    rule = context.policies.refusals[data.reason]
    within = context.policies.refusal.of(*draft.scope(hop))
    calendar = context.calendars.of(draft.sender_of(hop), draft.legal_at)
    hop = close(draft, hop)
    hop = draft.move(
        hop,
        HopState.REFUSED,
        ended_at=draft.legal_at,
        refusal=Refusal(
            data.reason,
            draft.legal_at,
            release_by=limit_from(calendar, draft.legal_at, within) if rule.acknowledge else None,
        ),
    )
    facts = {"policy": rule.row}
    if data.suggested_agency is not None:
        facts["suggested"] = data.suggested_agency
    draft.enter("hop.refused", hop, reason=data.reason, legal_basis=data.legal_basis, facts=facts)
    draft.tell_change(draft.sender_of(hop), hop, data.reason, (event.ref,))
    if not rule.acknowledge:
        follow_refusal(draft, hop)
    return None


def refused_again(draft: Draft, hop: Hop, event: Said) -> Declined | None:
    """The same reason repeats; another cannot take its place."""
    assert hop.refusal is not None
    if event.data.reason == hop.refusal.reason:
        return None
    return Declined(
        "illegal-transition",
        f"the hop was refused for another reason: {hop.refusal.reason}",
        "/data/reason",
    )


def acknowledge(draft: Draft, hop: Hop, event: Said) -> None:
    """The sender takes note: what the reason leads to happens now."""
    _take_note(draft, hop, "refusal.acknowledged")


def release(draft: Draft, hop: Hop, event: Operated) -> None:
    """An operator lets the consequence happen without the sender."""
    _take_note(draft, hop, "refusal.released")


def release_by_time(draft: Draft, hop: Hop) -> None:
    """The sender took no note within its limit: the consequence happens by itself."""
    assert hop.refusal is not None
    assert hop.refusal.release_by is not None
    draft.actor = GATEWAY
    told = told_of(draft, hop, LimitName.REFUSAL)
    _take_note(draft, hop, "refusal.released", reason="refusal-limit", told=told.facts())
    notice = breach_notice(LimitName.REFUSAL, hop.refusal.release_by, draft.begins_at, hop)
    tell(draft, told, Kind.CLOCK_BREACHED, notice, hop)


def follow_refusal(draft: Draft, hop: Hop) -> None:
    """Do what the reason of a refusal leads to."""
    assert hop.refusal is not None
    reason = hop.refusal.reason
    match draft.context.policies.refusals[reason].consequence:
        case Consequence.RESOLVE_AGAIN:
            resolve_without(draft, hop)
        case Consequence.BACK_TO_SENDER:
            reopen(draft, hop.sender_step or ORIGIN, hop, reason)
        case Consequence.END_TRANSFER:
            refuse_transfer(draft, reason)


def resolve_without(draft: Draft, hop: Hop) -> None:
    """Give the step to another agency, without the one that is not competent; time runs on."""
    assert hop.agency is not None
    hop = draft.put(replace(hop, excluded=(*hop.excluded, hop.agency)))
    following = plan_again(draft, hop, opened_by=hop.key)
    draft.put(replace(following, clock=carry_clock(hop.clock)))
    go_on(draft)


def _take_note(
    draft: Draft,
    hop: Hop,
    act: str,
    reason: str | None = None,
    told: JsonObject | None = None,
) -> None:
    refusal = hop.refusal
    assert refusal is not None
    if refusal.acknowledged_at is not None:
        draft.repeated = True
        return
    if not draft.is_open:
        draft.repeated = True
        return
    awaited = hop.awaits_acknowledgement
    hop = draft.move(hop, refusal=replace(refusal, acknowledged_at=draft.legal_at))
    row = draft.context.policies.refusals[refusal.reason].row
    draft.enter(act, hop, reason=reason, facts={"policy": row, **(told or {})})
    if awaited:
        follow_refusal(draft, hop)
