"""Take over: what becomes of a transfer when agencies that it concerns have closed.

A turn under way goes on at the successor in a round of its own, as far as it had come: no new
request, no clock that starts again, a pause unbroken. The successor's receipt is its own to give,
so the turn is offered to it with all that there is. Where nobody, or several, could follow, the
turn stays where it is and a person is asked. A closed originator's part, and a closed sender's, is
its successor's from then on. Turns that have not come are resolved when they do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from routing.lifecycle.clocks import carry_clock, carry_standing
from routing.lifecycle.draft import Draft
from routing.lifecycle.events import Declined, JsonObject, Operated
from routing.lifecycle.finish import cancel, code_of
from routing.lifecycle.give_back import plan_again
from routing.lifecycle.hand_over import offer
from routing.lifecycle.instants import written
from routing.lifecycle.model import ORIGIN, Hop, HopState
from routing.reform import Heir, NoHeir, Plan, heir_of, is_closed, vacancy
from schemas.kinds import Kind

REASON: Final = "reorganised"


@dataclass(frozen=True, slots=True)
class Ground:
    """By which rule somebody takes over, on what it rests, and for whom it was decided."""

    rule: str
    reason: str
    legal_basis: str | None
    plan: str | None

    def facts(self, before: str | None, to: str) -> JsonObject:
        facts: JsonObject = {"from": before, "to": to, "rule": self.rule}
        return facts if self.plan is None else facts | {"plan": self.plan}


def reorganise(draft: Draft, event: Operated) -> Declined | None:
    """Move what is at agencies that have closed, by the plan; what is not stays as it is."""
    plan = event.plan
    if plan is None:
        return Declined("missing-field", "name the plan")
    before = len(draft.entries)
    office = draft.transfer.originator
    if _has_closed(draft, office):
        _follow_originator(draft, draft.current(ORIGIN), plan)
    for hop in draft.currents() if draft.is_open else ():
        if hop.is_running and _has_closed(draft, hop.agency):
            _follow(draft, hop, plan)
        elif hop.state is HopState.PLANNED and hop.chosen and _has_closed(draft, hop.agency):
            _address_anew(draft, hop, plan)
        elif _still_answers(draft, hop) and _has_closed(draft, hop.answers):
            _follow_sender(draft, hop, plan)
    if draft.transfer.originator != office:
        _ask_anew(draft)
    draft.repeated = len(draft.entries) == before
    return None


def resolve_successor(draft: Draft, hop: Hop, event: Operated) -> Declined | None:
    """A person says who takes over a turn whose agency has closed."""
    if not hop.is_bereft:
        return Declined("illegal-transition", "it has an agency: redirect it instead")
    if event.agency is None:
        return Declined("missing-field", "name the agency")
    if draft.context.directory.agency(event.agency, draft.context.now) is None:
        return Declined("unknown-agency", "no such agency is in force")
    assert hop.failure is not None
    ground = Ground(
        "by-operator",
        code_of(event.reason),
        event.legal_basis or hop.failure.get("legal_basis"),
        hop.failure.get("plan"),
    )
    if hop.step == ORIGIN and not hop.is_running:
        _succeed_originator(draft, event.agency, ground)
        _ask_anew(draft)
    else:
        _move(draft, hop, event.agency, ground)
    return None


def resolve_originator(draft: Draft, hop: Hop, event: Operated) -> Declined | None:
    """A person says who takes over from an originator that has closed."""
    if hop.step != ORIGIN or not hop.is_bereft:
        return Declined(
            "illegal-transition", "The agency's turn is over; what has ended stays as it ended."
        )
    return resolve_successor(draft, hop, event)


# Each part that a closed agency had


def _follow(draft: Draft, hop: Hop, plan: Plan) -> None:
    found = _heir(draft, hop, plan)
    if isinstance(found, NoHeir):
        _bereave(draft, hop, found, plan)
    else:
        _move(draft, hop, found.agency, _ground(found, plan))


def _move(draft: Draft, hop: Hop, to: str, ground: Ground) -> None:
    """Let the turn go on at another agency, as far as it had come."""
    was, stands = hop, hop.state is HopState.PAUSED
    hop = cancel(draft, hop, HopState.CANCELLED, REASON, tell=False)
    hop = draft.put(replace(hop, heirs=(*hop.heirs, (to, draft.legal_at)), failure=None))
    following = plan_again(draft, hop, agency=to, opened_by=hop.key, stands=stands)
    clock = carry_clock(hop.clock)
    if stands:
        clock = carry_standing(draft.context.calendars, hop.clock)
    following = draft.put(
        replace(
            following,
            clock=clock,
            sender_step=was.sender_step,
            sender_round=was.sender_round,
            supplement_by=was.supplement_by,
        )
    )
    facts = ground.facts(hop.agency, to) | {"state": was.state.value}
    draft.enter(
        "hop.reorganised",
        following,
        reason=ground.reason,
        legal_basis=ground.legal_basis,
        facts=facts,
    )
    _tell_closed(draft, was, to)
    following = offer(draft, following, draft.step_of(following), to)
    originator = draft.transfer.originator
    if originator != to:
        draft.tell_change(originator, following, REASON)


def _tell_closed(draft: Draft, hop: Hop, to: str) -> None:
    """Take back what was not sent; who may have it is told where it can still hear."""
    assert hop.agency is not None
    draft.withdraw(hop, REASON, at_once=True)
    draft.hand_on(hop.agency, to, REASON)
    if hop.delivered_at is None and hop.available_at is None:
        return
    data: JsonObject = {"step": hop.step, "round": hop.round, "reason": REASON, "successor": to}
    draft.send(hop.agency, Kind.HANDOVER_CANCELLED, data, hop, optional=True)


def _bereave(draft: Draft, hop: Hop, found: NoHeir, plan: Plan) -> None:
    """Nobody can be named: it stays where it is, and a person is asked."""
    failure = {
        "kind": found.kind,
        "detail": found.detail,
        "candidates": list(found.candidates),
        "legal_basis": plan.legal_basis,
        "plan": plan.digest,
    }
    if hop.failure == failure:
        return
    hop = draft.put(replace(hop, failure=failure))
    draft.enter(
        "hop.unresolved",
        hop,
        reason=found.kind,
        legal_basis=plan.legal_basis,
        facts={
            "agency": hop.agency,
            "candidates": list(found.candidates),
            "plan": plan.digest,
        },
    )


def _address_anew(draft: Draft, hop: Hop, plan: Plan) -> None:
    """A person had named the agency of a turn that has not come: its successor has it, if one."""
    found = _heir(draft, hop, plan)
    before = hop.agency
    if isinstance(found, NoHeir):
        ground = Ground("resolved-at-its-turn", REASON, plan.legal_basis, plan.digest)
        facts = ground.facts(before, "") | {"to": None}
        hop = draft.put(replace(hop, agency=None, chosen=False))
    else:
        ground = _ground(found, plan)
        facts = ground.facts(before, found.agency)
        hop = draft.put(replace(hop, agency=found.agency))
    draft.enter("hop.rerouted", hop, reason=REASON, legal_basis=ground.legal_basis, facts=facts)


def _follow_sender(draft: Draft, hop: Hop, plan: Plan) -> None:
    """Who answers for what was given on: the successor; where none can be named, who submitted."""
    found = _heir(draft, hop, plan)
    if isinstance(found, NoHeir):
        if _has_closed(draft, draft.transfer.originator):
            return  # a person names who that is first
        found = Heir(draft.transfer.originator, "originator", plan.legal_basis)
    ground = _ground(found, plan)
    assert hop.answers is not None
    facts = ground.facts(hop.answers, found.agency) | {"as": "sender"}
    draft.hand_on(hop.answers, found.agency, REASON)
    hop = draft.put(replace(hop, heirs=(*hop.heirs, (found.agency, draft.legal_at))))
    draft.enter("hop.reorganised", hop, reason=REASON, legal_basis=ground.legal_basis, facts=facts)


def _follow_originator(draft: Draft, origin: Hop, plan: Plan) -> None:
    found = _heir(draft, origin, plan)
    if isinstance(found, Heir):
        _succeed_originator(draft, found.agency, _ground(found, plan))
    elif draft.is_open and not origin.is_running:
        _bereave(draft, origin, found, plan)


def _succeed_originator(draft: Draft, to: str, ground: Ground) -> None:
    """What concerns the sender is the successor's from now on; it is given the dossier."""
    before = draft.transfer.originator
    draft.take_originator(to)
    for hop in list(draft.hops.values()):
        if hop.step == ORIGIN and not hop.is_running and hop.answers == before:
            draft.put(replace(hop, heirs=(*hop.heirs, (to, draft.legal_at)), failure=None))
    draft.enter(
        "transfer.reorganised",
        reason=ground.reason,
        legal_basis=ground.legal_basis,
        facts=ground.facts(before, to),
    )
    draft.hand_on(before, to, REASON)
    transfer = draft.transfer
    draft.send(
        to,
        Kind.TRANSFER_CHANGED,
        {
            "state": draft.state.value,
            "change": REASON,
            "former": before,
            "dossier": {"issuer": transfer.issuer, "code": transfer.code},
            "corrections": [],
        },
        splice=(transfer.submission_ref, *draft.corrections),
    )


def _ask_anew(draft: Draft) -> None:
    """Put to the new originator what the closed one had been asked, and has not answered."""
    originator = draft.transfer.originator
    for hop in draft.currents():
        if hop.state is HopState.PAUSED and hop.supplement_by is not None:
            request: JsonObject = {
                "step": hop.step,
                "round": hop.round,
                "requested_by": hop.agency,
                "legal_basis": hop.clock.pause_basis or "",
                "until": written(hop.supplement_by),
            }
            draft.send(originator, Kind.SUPPLEMENT_REQUESTED, request, hop)
        elif hop.awaits_acknowledgement and draft.sender_of(hop) == originator:
            assert hop.refusal is not None
            draft.tell_change(originator, hop, hop.refusal.reason)


# What is asked of the plan and the directory


def _heir(draft: Draft, hop: Hop, plan: Plan) -> Heir | NoHeir:
    context = draft.context
    step = draft.itinerary.by_id.get(hop.step)
    asks = (None, None) if step is None else (step.role, step.place)
    vacant = vacancy(hop.answers or "", asks, draft.places, draft.transfer.received_at)
    return heir_of(vacant, plan, context.directory, context.units, context.now)


def _ground(found: Heir, plan: Plan) -> Ground:
    return Ground(found.rule, REASON, found.legal_basis, plan.digest)


def _has_closed(draft: Draft, agency: str | None) -> bool:
    context = draft.context
    return agency is not None and is_closed(agency, context.directory, context.now)


def _still_answers(draft: Draft, hop: Hop) -> bool:
    """Whether somebody may still turn to who finished a step: something after it is not done."""
    if hop.step == ORIGIN or hop.state is not HopState.COMPLETED:
        return False
    following = draft.itinerary.descendants(hop.step)
    return any(not draft.current(step).is_done for step in following)
