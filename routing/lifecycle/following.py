"""Following: what agencies without a part in a dossier are told of it.

Each message says where the dossier stands, all of it, so that the latest one is enough; it is
optional, and a follower that is not connected is owed nothing. Nothing here is part of deciding: a
transfer that nobody follows costs one look-up.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from routing.lifecycle.events import Context, Entry, Folded, JsonObject, Send
from routing.lifecycle.instants import written
from routing.lifecycle.model import ORIGIN, Hop, HopState, Transfer, TransferState
from schemas.kinds import Kind

_TOLD: Final = frozenset(
    {
        "transfer.submitted",
        "transfer.corrected",
        "transfer.completed",
        "transfer.refused",
        "transfer.withdrawn",
        "transfer.stopped",
        "hop.received",
        "hop.paused",
        "hop.resumed",
        "hop.completed",
        "hop.returned",
        "hop.refused",
        "hop.lapsed",
    }
)
_WAITS: Final = ("supplement", "payment")
"""Pauses that a follower is told as such, the first one first; the others are processing."""
_TAKEN_UP: Final = frozenset(
    {HopState.RECEIVED, HopState.PAUSED, HopState.COMPLETED, HopState.RETURNED, HopState.LAPSED}
)


def tell_followers(folded: Folded, followers: Iterable[str], context: Context) -> list[Send]:
    """Return what the followers are owed for one fold: one message each, or none."""
    told = [entry for entry in folded.entries if entry.act in _TOLD]
    if not told:
        return []
    data, last = _data(folded.transfer, told, context), told[-1]
    splice = (folded.transfer.submission_ref, *folded.transfer.corrections)
    return [
        Send(to, Kind.DOSSIER_CHANGED, data, last.step, last.round, splice, last.cause, True)
        for to in followers
    ]


def stand_of(transfer: Transfer) -> str:
    """Return where a dossier stands, in the words of `DossierStateName`."""
    hops = [hop for hop in transfer.hops.values() if hop.step != ORIGIN]
    was_taken_up = any(hop.state in _TAKEN_UP or hop.received_at is not None for hop in hops)
    if transfer.state is TransferState.REFUSED:
        return "unresolved" if was_taken_up else "refused"
    if transfer.state is not TransferState.OPEN:
        return transfer.state.value
    reasons = {hop.clock.pause_reason for hop in hops if hop.state is HopState.PAUSED}
    for reason in _WAITS:
        if reason in reasons:
            return reason
    return "processing" if was_taken_up else "accepted"


def _data(transfer: Transfer, told: list[Entry], context: Context) -> JsonObject:
    last = told[-1]
    procedure = context.catalogue.get(transfer.procedure, transfer.procedure_version)
    data: JsonObject = {
        "transfer": str(transfer.id),
        "dossier": {"issuer": transfer.issuer, "code": transfer.code},
        "procedure": {
            "code": transfer.procedure,
            "version": transfer.procedure_version,
            "title": procedure.title_vi,
        },
        "state": stand_of(transfer),
        "at": written(last.legal_at),
        "corrections": [],
    }
    if last.reason is not None:
        data["reason"] = last.reason
    if transfer.promised_at is not None:
        data["promised_at"] = written(transfer.promised_at)
    moved = _moved(transfer, told)
    if moved is not None:
        data["progress"] = _progress(transfer, moved)
    return data


def _moved(transfer: Transfer, told: list[Entry]) -> Hop | None:
    """Return the turn that was last moved; the end of a transfer is no turn's."""
    for entry in reversed(told):
        if entry.step is not None and entry.step != ORIGIN and entry.round is not None:
            return transfer.hops.get((entry.step, entry.round))
    return None


def _progress(transfer: Transfer, hop: Hop) -> JsonObject:
    step = transfer.itinerary.by_id[hop.step]
    progress: JsonObject = {
        "step": hop.step,
        "round": hop.round,
        "task": {"vi": step.title_vi, "en": step.title_en},
        "agency": hop.answers,
        "state": hop.state.value,
    }
    if hop.received_at is not None:
        progress["began_at"] = written(hop.received_at)
    if hop.clock.deadline_at is not None:
        progress["due_at"] = written(hop.clock.deadline_at)
    return progress
