"""Hand over: whose turn it is, the offer to its agency, and what becomes of the offer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from routing.itinerary import Itinerary, PlannedStep
from routing.lifecycle.breaches import settle
from routing.lifecycle.clocks import (
    clock_facts,
    ready_clock,
    restart_clock,
    start_clock,
    warn_otherwise,
)
from routing.lifecycle.draft import Draft
from routing.lifecycle.events import Available, Declined, Delivered, JsonObject, Undeliverable
from routing.lifecycle.finish import complete_transfer
from routing.lifecycle.instants import written
from routing.lifecycle.model import ORIGIN, ClockRule, Hop, HopState, LimitName
from routing.lifecycle.outages import limit_after, stand
from routing.lifecycle.results import result_lines, result_refs
from routing.lifecycle.routes import failure_of, procedure_of, resolve, route_facts
from routing.procedures.conditions import holds
from schemas.kinds import Kind

UNDELIVERABLE: Final = "undeliverable"


def go_on(draft: Draft) -> None:
    """Begin every turn that has come; complete the transfer when all are done."""
    itinerary = draft.itinerary
    while draft.is_open:
        current = {hop.step: hop for hop in draft.currents()}
        if all(hop.is_done for hop in current.values()):
            complete_transfer(draft)
            return
        begun = False
        for step in itinerary.steps:
            hop = current[step.id]
            if hop.state is HopState.PLANNED and _may_begin(itinerary, step, current):
                begun = begin(draft, hop).state is HopState.SKIPPED or begun
        if not begun:
            return


def _may_begin(itinerary: Itinerary, step: PlannedStep, current: Mapping[str, Hop]) -> bool:
    """Ask the steps right before it first: mostly one of them is not done, and that is quick."""
    if not all(current[before].is_done for before in step.after):
        return False
    return all(current[before].is_done for before in ancestors(itinerary, step.id))


def begin(draft: Draft, hop: Hop) -> Hop:
    """Take a planned hop's turn: skip it, hand it over, or keep it back for a person."""
    planned = draft.step_of(hop)
    if not holds(planned.when, draft.facts):
        hop = draft.move(hop, HopState.SKIPPED, ended_at=draft.legal_at, failure=None)
        draft.enter("hop.skipped", hop, reason="condition-false")
        return hop
    if hop.chosen:
        return offer(draft, hop, planned, hop.agency)
    step = resolve(draft, hop)
    if step.agency is None:
        failure = failure_of(step.failure)
        if hop.agency is None and hop.failure == failure and hop.stuck:
            return hop
        opened_by = hop.opened_by or draft.came_after(len(planned.after))
        hop = draft.move(hop, agency=None, failure=failure, stuck=True, opened_by=opened_by)
        draft.enter("hop.unresolved", hop, reason=step.failure.kind.value if step.failure else None)
        return hop
    if step.agency != hop.agency:
        draft.enter(
            "hop.rerouted",
            hop,
            reason="resolved-at-dispatch",
            facts=route_facts(step, hop.agency),
        )
    return offer(draft, hop, step, step.agency)


def offer(draft: Draft, hop: Hop, step: PlannedStep, agency: str | None) -> Hop:
    """Hand the dossier over to the agency; a clock that ran before runs on."""
    assert agency is not None
    context, at = draft.context, draft.begins_at
    scope, policies = draft.scope(hop, agency), context.policies
    thresholds = policies.thresholds.of(*scope)
    calendar = context.calendars.of(agency, at)
    clock = hop.clock
    if clock.arrived_at is None:
        if clock.rule == "budget" and clock.budget is not None:
            clock = replace(clock, thresholds=thresholds)  # an answer to a return, in its own time
        elif clock.rule == "budget":
            rule: ClockRule = "same-day" if step.same_day else "budget"
            clock = ready_clock(step.budget, step.cutoff, rule, thresholds)
        if step.start == "sent":
            clock = start_clock(calendar, clock, at)
    else:
        clock = warn_otherwise(context.calendars, clock, thresholds)
    sender_step, sender_round = hop.sender_step, hop.sender_round
    if sender_step is None:
        sender_step, sender_round = fed_by(draft, hop.step)
    hop = draft.put(
        replace(
            hop,
            agency=agency,
            state=HopState.DISPATCHING if clock.paused_at is None else HopState.PAUSED,
            sender_step=sender_step,
            sender_round=sender_round,
            offered_at=at,
            deliver_by=limit_after(
                draft, agency, LimitName.HANDOVER, policies.handover.of(*scope), at
            ),
            receive_by=limit_after(
                draft, agency, LimitName.RECEIPT, policies.receipt.of(*scope), at
            ),
            clock=clock,
            failure=None,
            stuck=False,
            opened_by=hop.opened_by or draft.came_after(len(step.after)),
            last_event_at=at,
        )
    )
    draft.enter(
        "hop.dispatched",
        hop,
        facts={"agency": agency, **clock_facts(clock)},
        legal_at=at,
    )
    hop = stand(draft, hop)
    send_offer(draft, hop)
    return hop


def send_offer(draft: Draft, hop: Hop) -> None:
    """Owe the agency the handover, with what the steps before it brought."""
    transfer, step = draft.transfer, draft.step_of(hop)
    before = [draft.current(one) for one in ancestors(draft.itinerary, hop.step)]
    clock = hop.clock
    draft.send(
        hop.agency,
        Kind.HANDOVER_OFFERED,
        {
            "step": hop.step,
            "round": hop.round,
            "task": {"vi": step.title_vi, "en": step.title_en},
            "dossier": {"issuer": transfer.issuer, "code": transfer.code},
            "procedure": {
                "code": transfer.procedure,
                "version": transfer.procedure_version,
                "title": procedure_of(draft).title_vi,
            },
            "sender": draft.sender_of(hop),
            "receive_by": written(hop.receive_by) if hop.receive_by else None,
            "complete_by": written(clock.deadline_at) if clock.deadline_at else None,
            "budget": clock.budget,
            "results": result_lines(before),
            **_so_far(draft, hop),
        },
        hop,
        (
            transfer.submission_ref,
            *draft.corrections,
            *(ref for _, _, ref in draft.supplements),
            *result_refs(before),
        ),
    )


def taken_over(draft: Draft, hop: Hop) -> Hop | None:
    """Return the turn that a closed agency had of this one, if this one is its continuation."""
    before = draft.hops.get(hop.opened_by) if hop.opened_by is not None else None
    return before if before is not None and before.was_moved else None


def _so_far(draft: Draft, hop: Hop) -> JsonObject:
    """Tell an agency that takes over how far the one that closed had come."""
    before = taken_over(draft, hop)
    if before is None:
        return {}
    clock = hop.clock
    told: JsonObject = {"agency": before.agency, "round": before.round}
    for name, instant in (
        ("received_at", before.received_at),
        ("started_at", clock.started_at),
        ("paused_at", clock.paused_at),
        ("supplement_by", hop.supplement_by),
    ):
        if instant is not None:
            told[name] = written(instant)
    if clock.pause_reason is not None:
        told["paused_for"] = clock.pause_reason
    return {"takes_over": told}


def ancestors(itinerary: Itinerary, step_id: str) -> tuple[str, ...]:
    """Return the origin and every step that this one waits for, directly or not, in order."""
    if step_id == ORIGIN:
        return ()
    found: set[str] = set()
    behind = list(itinerary.by_id[step_id].after)
    while behind:
        before = behind.pop()
        if before not in found and before != ORIGIN:
            found.add(before)
            behind.extend(itinerary.by_id[before].after)
    return (ORIGIN, *(step.id for step in itinerary.steps if step.id in found))


def fed_by(draft: Draft, step_id: str) -> tuple[str, int]:
    """Return the hop whose agency is a hop's sender: the one that fed it, or the origin.

    A skipped or lapsed step sent nothing, so what fed that one counts; where several fed it, the
    originator answers.
    """
    by_id = draft.itinerary.by_id
    feeders: dict[str, int] = {}
    behind = list(by_id[step_id].after)
    while behind:
        hop = draft.current(behind.pop())
        if hop.state is HopState.COMPLETED:
            feeders[hop.step] = hop.round
        else:
            behind.extend(by_id[hop.step].after)
    if len(feeders) == 1:
        return next(iter(feeders.items()))
    return ORIGIN, draft.current(ORIGIN).round


# What becomes of an offer


def deliver(draft: Draft, hop: Hop, event: Delivered) -> None:
    """The agency has been handed the dossier: the receipt limit begins to run."""
    context = draft.context
    if not hop.is_undelivered:
        draft.repeated = True
        return
    if hop.available_at is None:
        hop = settle(draft, hop, LimitName.HANDOVER, hop.deliver_by)
        within = context.policies.receipt.of(*draft.scope(hop))
        receive_by = limit_after(draft, hop.agency, LimitName.RECEIPT, within, draft.legal_at)
    else:
        receive_by = hop.receive_by
    hop = draft.move(
        hop,
        HopState.DELIVERED if hop.state is HopState.DISPATCHING else hop.state,
        delivered_at=draft.legal_at,
        receive_by=receive_by,
        clock=_clock_of_silence(draft, hop),
        failure=hop.lasting_failure,
    )
    facts: JsonObject = {"how": event.how}
    if hop.lapses:
        facts |= clock_facts(hop.clock)
    draft.enter("hop.delivered", hop, facts=facts)


def make_available(draft: Draft, hop: Hop, event: Available) -> None:
    """It lies in the mailbox: the hand-over limit is met, the receipt limit begins."""
    if hop.available_at is not None or not hop.is_undelivered:
        draft.repeated = True
        return
    hop = settle(draft, hop, LimitName.HANDOVER, hop.deliver_by)
    within = draft.context.policies.receipt.of(*draft.scope(hop))
    hop = draft.move(
        hop,
        available_at=draft.legal_at,
        deliver_by=None,
        receive_by=limit_after(draft, hop.agency, LimitName.RECEIPT, within, draft.legal_at),
    )
    draft.enter("hop.available", hop)


def fail_to_deliver(draft: Draft, hop: Hop, event: Undeliverable) -> None:
    """Enter the failure; a permanent one makes the hop wait for a person."""
    if not hop.is_undelivered:
        draft.repeated = True
        return
    if event.permanent and not hop.is_bereft:
        failure: Mapping[str, Any] = {
            "kind": UNDELIVERABLE,
            "detail": event.reason,
            "candidates": [],
        }
        hop = draft.put(replace(hop, failure=failure))
    draft.enter("hop.undeliverable", hop, reason=event.reason, facts={"permanent": event.permanent})


def take_back(draft: Draft, hop: Hop, event: Delivered) -> Declined | None:
    """It went out while it was being taken back: tell the agency that it no longer counts."""
    if hop.delivered_at is not None:
        draft.repeated = True
        return None
    hop = draft.put(replace(hop, delivered_at=draft.legal_at))
    draft.enter("hop.taken-back", hop, facts={"how": event.how})
    reason = "superseded" if hop.superseded_by is not None else hop.state.value
    draft.send(
        hop.agency,
        Kind.HANDOVER_CANCELLED,
        {"step": hop.step, "round": hop.round, "reason": _CANCELLED.get(reason, "stopped")},
        hop,
    )
    return None


_CANCELLED: Final = {
    "superseded": "superseded",
    "withdrawn": "withdrawn",
    "stopped": "stopped",
    "cancelled": "refused",
}


def _clock_of_silence(draft: Draft, hop: Hop) -> Any:
    """Where silence is consent, time runs from the delivery: nobody consents unasked."""
    if not hop.lapses or hop.clock.arrived_at is None or was_asked(draft, hop, draft.legal_at):
        return hop.clock
    return restart_clock(draft.context.calendars, hop.clock, draft.legal_at)


def was_asked(draft: Draft, hop: Hop, at: datetime) -> bool:
    """Whether the agency before, which closed, was asked: then its silence counts on.

    Not beyond its end: nobody consents before being asked.
    """
    before = taken_over(draft, hop)
    if before is None or before.delivered_at is None:
        return False
    return hop.clock.deadline_at is None or hop.clock.deadline_at > at
