"""A transfer as it may be shown: states, hops, clocks, ledger. Nothing of the citizen's.

Facts, places, names, forms and free text are not read here at all, so no view can leak them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson

from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement
from routing.lifecycle.codec import hop_from_document, transfer_from_parts
from routing.lifecycle.model import Hop, HopClock, HopKey, Transfer

View = dict[str, Any]

NO_ENDPOINT: Final[View] = {
    "failure": {
        "kind": "no-endpoint",
        "detail": "the agency is not connected; an operator has to register how it is reached",
        "candidates": [],
    }
}


@dataclass(frozen=True, slots=True)
class Found:
    """A stored transfer, and whether it concerns the agency that was asked for."""

    transfer: Transfer
    archived: bool
    concerns: bool
    unreachable: frozenset[HopKey] = frozenset()
    """Hops on offer to an agency that no endpoint says how to reach."""
    seq: int = 0
    """The head of its ledger when it was read; what was read may be newer, never older."""
    ours: frozenset[UUID] = frozenset()
    """Outages of our own that held any of its clocks."""


async def find_transfer(pool: Pool, transfer_id: UUID, agency: str | None = None) -> Found | None:
    """Read a transfer with its hops; None if there is no such."""
    async with pool.connection() as connection:
        found = await connection.execute(
            statement("find_transfer"), {"id": transfer_id, "agency": agency}, prepare=True
        )
        row = await found.fetchone()
        if row is None:
            return None
        hops = await connection.execute(statement("list_hops"), (transfer_id,), prepare=True)
        read = [(hop_from_document(document), lost) for document, lost in await hops.fetchall()]
        ours = await _our_outages(connection, [hop for hop, _ in read])
    transfer = transfer_from_parts(row[0], row[1], [hop for hop, _ in read])
    unreachable = frozenset(hop.key for hop, lost in read if lost)
    return Found(
        transfer,
        archived=row[2],
        concerns=bool(row[4]),
        unreachable=unreachable,
        seq=row[3],
        ours=ours,
    )


async def _our_outages(connection: Connection, hops: Sequence[Hop]) -> frozenset[UUID]:
    held = {hold.outage for hop in hops for hold in hop.clock.held}
    held |= {one.outage for hop in hops for one in hop.clock.pauses if one.outage is not None}
    if not held:
        return frozenset()
    found = await connection.execute(statement("list_our_outages"), (list(held),), prepare=True)
    return frozenset(row[0] for row in await found.fetchall())


async def read_ledger(pool: Pool, transfer_id: UUID, *, names_people: bool) -> list[View]:
    """Return a transfer's ledger; operators are named to operators only."""
    async with pool.connection() as connection:
        found = await connection.execute(
            statement("list_transfer_ledger"), (transfer_id,), prepare=True
        )
        return [
            {"seq": row[0], **entry_view(row[1:8], row[9], names_people=names_people)}
            | {"hash": bytes(row[8]).hex()}
            for row in await found.fetchall()
        ]


def entry_view(row: Sequence[Any], message_id: str | None, *, names_people: bool) -> View:
    """Show a ledger entry: recorded_at, legal_at, act, actor, step, round, body."""
    recorded_at, legal_at, act, actor, step, round_, body = row
    sealed = orjson.loads(body)
    return {
        "recorded_at": recorded_at,
        "legal_at": legal_at,
        "act": act,
        "actor": actor if names_people else actor_for_others(actor),
        "step": step,
        "round": round_,
        "reason": sealed.get("reason"),
        "legal_basis": sealed.get("legal_basis"),
        "facts": sealed.get("facts") or {},
        "versions": sealed.get("versions") or {},
        "cause": message_id,
    }


def actor_for_others(actor: str) -> str:
    """Name an operator only as such: who it was is the gateway's own affair."""
    return "operator" if actor.startswith("operator:") else actor


def transfer_view(found: Found) -> View:
    """Show a transfer with its hops, in the order of the plan, then of later rounds."""
    transfer = found.transfer
    return {
        "transfer": transfer.id,
        "dossier": {"issuer": transfer.issuer, "code": transfer.code},
        "originator": transfer.originator,
        "state": transfer.state,
        "outcome": transfer.outcome,
        "archived": found.archived,
        "procedure": {"code": transfer.procedure, "version": transfer.procedure_version},
        "submitted_at": transfer.submitted_at,
        "received_at": transfer.received_at,
        "promised_at": transfer.promised_at,
        "ended_at": transfer.ended_at,
        "clock": clock_view(transfer.clock),
        "hops": [
            _hop_view(hop, transfer) | (NO_ENDPOINT if hop.key in found.unreachable else {})
            for hop in transfer.hops.values()
        ],
    }


def clock_view(clock: HopClock) -> View:
    """Show a clock: what it rests on, and the deadline that follows."""
    return {
        "started_at": clock.started_at,
        "budget": clock.budget,
        "cutoff": clock.cutoff,
        "deadline_at": clock.deadline_at,
        "paused_at": clock.paused_at,
        "pause_reason": clock.pause_reason,
        "pause_legal_basis": clock.pause_basis,
        "pause_document": clock.pause_document,
        "held_since": clock.held_since,
        "pauses": [
            {
                "from": pause.start,
                "to": pause.end,
                "reason": pause.reason,
                "legal_basis": pause.legal_basis,
                "document": pause.document,
            }
            for pause in clock.pauses
        ],
        "extended_to": clock.extended_to,
        "warned": list(clock.warned),
        "breached": [limit.value for limit in clock.breached],
        "calendar_missing": clock.calendar_missing,
    }


def _hop_view(hop: Hop, transfer: Transfer) -> View:
    step = transfer.itinerary.by_id.get(hop.step)
    return {
        "step": hop.step,
        "round": hop.round,
        "title": {"vi": step.title_vi, "en": step.title_en} if step else None,
        "agency": hop.agency,
        "state": hop.state,
        "offered_at": hop.offered_at,
        "available_at": hop.available_at,
        "delivered_at": hop.delivered_at,
        "received_at": hop.received_at,
        "ended_at": hop.ended_at,
        "deliver_by": hop.deliver_by,
        "receive_by": hop.receive_by,
        "supplement_by": hop.supplement_by,
        "clock": clock_view(hop.clock),
        "refusal": _refusal_view(hop),
        "outcome": hop.outcome,
        "failure": _failure_view(hop.failure),
        "stale": hop.stale,
        "superseded_by": hop.superseded_by,
    }


def _refusal_view(hop: Hop) -> View | None:
    refusal = hop.refusal
    if refusal is None:
        return None
    return {
        "reason": refusal.reason,
        "at": refusal.at,
        "acknowledged_at": refusal.acknowledged_at,
        "release_by": refusal.release_by,
    }


def _failure_view(failure: Mapping[str, Any] | None) -> View | None:
    if failure is None:
        return None
    return {
        "kind": failure["kind"],
        "detail": failure.get("detail"),
        "candidates": list(failure.get("candidates", ())),
    }


async def list_transfers_of_dossier(
    pool: Pool, code: str, *, agency: str | None, system: str | None = None
) -> list[View]:
    """Return the runs of a dossier, newest first; those that concern `agency`, or all (None)."""
    async with pool.connection() as connection:
        found = await connection.execute(
            statement("list_transfers_of_dossier"),
            {"code": code, "agency": agency, "system": system},
            prepare=True,
        )
        return [_summary(row) for row in await found.fetchall()]


def _summary(row: Sequence[Any]) -> View:
    return {
        "transfer": row[0],
        "dossier": {"issuer": row[1], "code": row[2]},
        "originator": row[3],
        "state": row[4],
        "procedure": {"code": row[5], "version": row[6]},
        "submitted_at": row[7],
        "ended_at": row[8],
        "deadline_at": row[9],
    }
