"""Fold: one event into a transfer, by the table.

`fold` finds what the event is about, asks the table what it means there, and lets the rule of that
name do it. It decides nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from routing.lifecycle import (
    amend,
    finish,
    give_back,
    hand_over,
    operate,
    recalendar,
    refuse,
    take_over,
    work,
)
from routing.lifecycle.draft import GATEWAY, Draft
from routing.lifecycle.events import (
    Available,
    Context,
    Declined,
    Delivered,
    Event,
    Folded,
    JsonObject,
    Operated,
    Said,
    TimeReached,
    Undeliverable,
)
from routing.lifecycle.instants import legal_instant
from routing.lifecycle.limits import lapse_if_due, reach
from routing.lifecycle.model import Hop, Transfer
from routing.lifecycle.outages import stand_still
from routing.lifecycle.overall import hold_overall
from routing.lifecycle.speakers import RECEIVED_BY_FORMER, meant_hop, meant_transfer
from routing.lifecycle.submit import open_transfer
from routing.lifecycle.supplements import stop_if_missed
from routing.lifecycle.table import HOP_TABLE, TRANSFER_TABLE, Effect, Rule
from schemas.kinds import Kind

HopRule = Callable[[Draft, Hop, Any], Declined | None]
TransferRule = Callable[[Draft, Any], Declined | None]

HOP_RULES: Final[Mapping[str, HopRule]] = MappingProxyType(
    {
        "deliver": hand_over.deliver,
        "take-back": hand_over.take_back,
        "make-available": hand_over.make_available,
        "fail-to-deliver": hand_over.fail_to_deliver,
        "receive": work.receive,
        "receive-paused": work.receive_paused,
        "pause": work.pause,
        "pause-otherwise": work.pause_otherwise,
        "pause-for": operate.pause_for,
        "resume": work.resume,
        "supplement": work.supplement,
        "supplement-paused": work.supplement,
        "supplement-early": work.supplement,
        "extend": work.extend,
        "complete": work.complete,
        "completed-again": work.completed_again,
        "refuse": refuse.refuse,
        "refused-again": refuse.refused_again,
        "acknowledge": refuse.acknowledge,
        "give-back": give_back.give_back,
        "resolve-again": operate.resolve_again,
        "send-again": operate.send_again,
        "address": operate.address,
        "redirect": operate.redirect,
        "resolve": operate.resolve,
        "resolve-successor": take_over.resolve_successor,
        "resolve-originator": take_over.resolve_originator,
        "give-back-for": give_back.give_back_for,
        "move-deadline": operate.move_deadline,
        "release": refuse.release,
        "recalendar-hop": recalendar.recalendar_hop,
    }
)
"""The function of each rule that acts on a hop; those of limits are called by `limits.reach`."""

TRANSFER_RULES: Final[Mapping[str, TransferRule]] = MappingProxyType(
    {
        "correct": amend.correct,
        "withdraw-transfer": finish.withdraw_transfer,
        "stop-transfer": finish.stop_transfer,
        "archive": operate.archive,
        "move-promise": operate.move_promise,
        "recalendar-total": recalendar.recalendar_total,
        "reorganise": take_over.reorganise,
    }
)

_OF_TRANSFER: Final = frozenset(
    {Kind.TRANSFER_SUBMITTED, Kind.TRANSFER_CORRECTED, Kind.TRANSFER_WITHDRAWN}
)
_ACTS_ON_TRANSFER: Final = frozenset({"archive", "stop", "reorganise"})
_ACTS_ON_EITHER: Final = frozenset({"extend", "recalendar"})
"""Without a step they are about the statutory total."""


def fold(transfer: Transfer, event: Event, context: Context) -> Folded | Declined:
    """Return what the event makes of the transfer, or why it does not count."""
    match event:
        case Said():
            if event.kind in _OF_TRANSFER:
                return _said_of_transfer(transfer, event, context)
            return _said_of_hop(transfer, event, context)
        case TimeReached():
            draft = Draft(transfer, context, actor=GATEWAY, legal_at=_utc(event.at))
            stand_still(draft)
            reach(draft, _utc(event.at))
            return _close(draft)
        case Delivered() | Available() | Undeliverable():
            return _handed_over(transfer, event, context)
        case Operated():
            return _operated(transfer, event, context)


def _said_of_hop(transfer: Transfer, said: Said, context: Context) -> Folded | Declined:
    data = said.data
    hop = transfer.hops.get((data.step, data.round))
    if hop is None:
        return Declined("unknown-hop", "this transfer has no such step and round", "/data/step")
    meant = meant_hop(transfer, hop, said)
    if meant is None:
        return Declined("not-your-hop", "another agency speaks for this hop", "/data/step")
    hop = meant.hop
    claimed_at = said.claimed_at
    if said.kind is Kind.HOP_RECEIVED and data.received_at is not None:
        claimed_at = data.received_at
    at, claim = legal_instant(claimed_at, said.recorded_at, hop.last_event_at, context)
    draft = _saying(transfer, said, context, meant.former, _utc(at), claim)
    stand_still(draft)
    hop = draft.hops[hop.key]
    if hop.lapses:
        hop = lapse_if_due(draft, hop)
    stop_if_missed(draft)
    hop = draft.hops[hop.key]
    received = draft.former is not None and said.kind is Kind.HOP_RECEIVED
    name = RECEIVED_BY_FORMER if received else said.kind.value
    return _apply(draft, hop, said, name, HOP_TABLE[name, hop.state])


def _said_of_transfer(transfer: Transfer, said: Said, context: Context) -> Folded | Declined:
    meant = meant_transfer(transfer, said)
    if meant is None:
        return Declined("not-your-hop", "only who submitted the dossier may say this")
    at, claim = legal_instant(said.claimed_at, said.recorded_at, transfer.last_event_at, context)
    draft = _saying(transfer, said, context, meant.former, _utc(at), claim)
    stand_still(draft)
    stop_if_missed(draft)
    return _apply_to_transfer(draft, said, TRANSFER_TABLE[said.kind, draft.state])


def _handed_over(
    transfer: Transfer, event: Delivered | Available | Undeliverable, context: Context
) -> Folded | Declined:
    hop = transfer.hops.get((event.step, event.round))
    if hop is None:
        return Declined("unknown-hop", "this transfer has no such step and round")
    at = context.now if isinstance(event, Undeliverable) else event.at
    name = type(event).__name__.lower()
    draft = Draft(transfer, context, actor=GATEWAY, legal_at=_utc(at))
    stand_still(draft)
    return _apply(draft, draft.hops[hop.key], event, name, HOP_TABLE[name, hop.state])


def _operated(transfer: Transfer, event: Operated, context: Context) -> Folded | Declined:
    act = str(event.act)
    draft = Draft(
        transfer,
        context,
        actor=f"operator:{event.actor}",
        legal_at=_utc(context.now),
        cause=event.ref,
    )
    stand_still(draft)
    stop_if_missed(draft)
    if act in _ACTS_ON_TRANSFER or (act in _ACTS_ON_EITHER and event.step is None):
        rule = TRANSFER_TABLE[f"operator.{act}", draft.state]
        return _apply_to_transfer(draft, event, rule)
    if event.step is None:
        return Declined("missing-field", "name the step")
    hop = (
        next((one for one in draft.currents() if one.step == event.step), None)
        if event.round is None
        else draft.hops.get((event.step, event.round))
    )
    if hop is None:
        return Declined("unknown-hop", "this transfer has no such step and round")
    hop = draft.hops[hop.key]
    rule = HOP_TABLE[f"operator.{act}", hop.state]
    if not draft.is_open and rule.effect is Effect.ACTS:
        return Declined("already-finished", "a transfer that has ended stays as it ended")
    return _apply(draft, hop, event, f"operator.{act}", rule)


def _apply(draft: Draft, hop: Hop, event: Any, name: str, rule: Rule) -> Folded | Declined:
    declined: Declined | None = None
    match rule.effect:
        case Effect.DECLINED:
            declined = Declined(rule.slug, rule.says, "/data/step")
        case Effect.NOTED:
            draft.touched = False
            draft.enter(
                "message.noted",
                hop,
                reason=rule.name,
                facts={"said": name, "state": hop.state.value},
            )
        case Effect.REPEATS:
            draft.repeated = True
            checks = HOP_RULES.get(rule.name)
            declined = checks(draft, hop, event) if checks is not None else None
        case Effect.ACTS:
            declined = HOP_RULES[rule.name](draft, hop, event)
    return declined or _close(draft)


def _apply_to_transfer(draft: Draft, event: Any, rule: Rule) -> Folded | Declined:
    declined: Declined | None = None
    match rule.effect:
        case Effect.DECLINED:
            slug = "dossier-in-transit" if draft.is_open else "already-finished"
            declined = Declined(slug, rule.says)
        case Effect.ACTS:
            declined = TRANSFER_RULES[rule.name](draft, event)
        case Effect.REPEATS | Effect.NOTED:
            draft.repeated = True
    return declined or _close(draft)


def _close(draft: Draft) -> Folded:
    """Give back the new state; what only repeated gives back the very state it was given."""
    if draft.repeated and not draft.entries:
        return Folded(draft.transfer, repeated=True)
    hold_overall(draft)
    if not draft.entries:
        return Folded(draft.transfer)
    return draft.folded()


def _saying(
    transfer: Transfer,
    said: Said,
    context: Context,
    former: str | None,
    at: datetime,
    claim: JsonObject | None,
) -> Draft:
    """Open a draft for a message; what it does says for whom an agency that has closed spoke."""
    actor = f"agency:{said.sender}"
    draft = Draft(transfer, context, actor=actor, legal_at=at, cause=said.ref, claim=claim)
    draft.former = former
    return draft


def _utc(instant: datetime) -> datetime:
    return instant if instant.tzinfo is UTC else instant.astimezone(UTC)


__all__ = ["HOP_RULES", "TRANSFER_RULES", "fold", "open_transfer"]
