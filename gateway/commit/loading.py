"""Load what a batch may touch: with its keys claimed and its rows locked, or only looked at.

Lock order, the same for every writer: message keys sorted, dossiers sorted, transfers by id. Who
only looks takes no lock and claims no key; its snapshot may be overtaken before it is read.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from psycopg import AsyncCursor

from gateway.commit.desk import Earlier, Loaded
from gateway.commit.items import Act, Due, Item, Judged, Outcome, Settlement
from gateway.commit.live import Live
from gateway.commit.memory import Memory
from gateway.commit.rows import Row, encode, hexed
from gateway.store.pool import Connection
from gateway.store.sql import statement
from routing.lifecycle.codec import hop_from_document, transfer_from_parts
from schemas.kinds import Kind

Cursor = AsyncCursor[tuple[Any, ...]]


async def load(connection: Connection, items: Sequence[Item], memory: Memory) -> Loaded:
    """Claim and lock what the items touch, in the caller's transaction."""
    keyed, submissions, transfers = _touched(items)
    outcomes = [item for item in items if isinstance(item, Outcome)]

    loaded = Loaded()
    claimed = seen = open_ = locked = settled = None
    rows: Sequence[Any] = ()
    async with connection.pipeline():
        if keyed:
            claimed = await run(connection, "claim_message_keys", encode(_key_rows(keyed)))
        if submissions:
            seen = await run(connection, "lock_dossiers", [_lock_key(d) for d in submissions])
            open_ = await run(connection, "find_open_transfers", _dossier_names(submissions))
        if transfers:
            locked = await run(connection, "lock_transfers", transfers)
        if outcomes:
            settled = await run(
                connection, "settle_deliveries", encode([_outcome_row(o) for o in outcomes])
            )
        mine = {row[0] for row in await claimed.fetchall()} if claimed else set()
        if seen and (row := await seen.fetchone()):
            loaded.epoch = row[1]
        if open_:
            loaded.in_transit = {(row[0], row[1]): row[2] for row in await open_.fetchall()}
        if locked:
            rows = await locked.fetchall()
            loaded.epoch = rows[0][4] if rows else loaded.epoch
        if settled:
            loaded.settled = {row[0] for row in await settled.fetchall()}
    loaded.live = await read_transfers(connection, rows, memory)
    repeated = [item for item in keyed if item.incoming.id not in mine]
    if repeated:
        loaded.earlier = await _earlier(connection, repeated)
    return loaded


async def look(connection: Connection, messages: Sequence[Judged]) -> Loaded:
    """Read what the messages would touch; the caller's transaction reads one snapshot.

    Keys that nobody has claimed count as claimed by the first of these messages that has them.
    """
    keyed, submissions, transfers = _touched(messages)
    loaded = Loaded()
    if keyed:
        loaded.earlier = await _earlier(connection, keyed)
    for item in keyed:
        first = Earlier(item.digest, item.incoming.id, None, None)
        loaded.earlier.setdefault((item.incoming.agency, item.key or ""), first)
    if submissions:
        open_ = await run(connection, "find_open_transfers", _dossier_names(submissions))
        loaded.in_transit = {(row[0], row[1]): row[2] for row in await open_.fetchall()}
    if transfers:
        seen = await run(connection, "look_at_transfers", transfers)
        loaded.live = await read_transfers(connection, await seen.fetchall(), Memory(most=0))
    if submissions or loaded.live:
        epoch = await (await connection.execute(statement("read_outage_epoch"))).fetchone()
        loaded.epoch = epoch[0] if epoch else None
    return loaded


async def read_transfers(
    connection: Connection, rows: Sequence[Any], memory: Memory
) -> dict[UUID, Live]:
    """Return the locked transfers, from memory where it still holds, from their rows elsewhere."""
    known = {row[0]: memory.recall(row[0], row[2], row[3]) for row in rows}
    unknown = [transfer_id for transfer_id, transfer in known.items() if transfer is None]
    if unknown:
        found = await run(connection, "load_transfers", unknown)
        for transfer_id, document, itinerary, hops in await found.fetchall():
            known[transfer_id] = transfer_from_parts(
                document, itinerary, [hop_from_document(hop) for hop in hops]
            )
    live: dict[UUID, Live] = {}
    for transfer_id, itinerary_no, seq, head, *_ in rows:
        transfer = known[transfer_id]
        assert transfer is not None
        live[transfer_id] = Live(transfer, seq=seq, head=head, itinerary_no=itinerary_no)
    return live


async def run(connection: Connection, name: str, parameter: Any) -> Cursor:
    """Execute a statement that takes one parameter."""
    return await connection.execute(statement(name), (parameter,), prepare=True)


def _touched(
    items: Sequence[Item],
) -> tuple[list[Judged], list[tuple[str, str]], list[UUID]]:
    """Return the messages with keys, and the dossiers and transfers, in lock order."""
    keyed = [item for item in items if isinstance(item, Judged) and item.key is not None]
    submissions = {dossier for item in keyed if (dossier := _dossier(item)) is not None}
    transfers = {transfer for item in items if (transfer := _transfer(item)) is not None}
    return keyed, sorted(submissions), sorted(transfers)


def _dossier_names(dossiers: Sequence[tuple[str, str]]) -> str:
    return encode([{"issuer": issuer, "code": code} for issuer, code in dossiers])


async def _earlier(
    connection: Connection, repeated: Sequence[Judged]
) -> dict[tuple[str, str], Earlier]:
    names = [{"agency": item.incoming.agency, "message_id": item.key} for item in repeated]
    found = await run(connection, "find_message_keys", encode(names))
    return {
        (row[0], row[1]): Earlier(row[2], row[3], row[4], row[5]) for row in await found.fetchall()
    }


def _key_rows(keyed: Sequence[Judged]) -> list[Row]:
    return [
        {
            "no": no,
            "agency": item.incoming.agency,
            "message_id": item.key,
            "digest": hexed(item.digest),
            "inbox_id": item.incoming.id,
        }
        for no, item in enumerate(keyed)
    ]


def _dossier(item: Judged) -> tuple[str, str] | None:
    if item.kind is Kind.TRANSFER_SUBMITTED and item.problem is None and item.subject:
        return (item.incoming.agency, item.subject)
    return None


def _transfer(item: Item) -> UUID | None:
    match item:
        case Judged(data=data):
            return getattr(data, "transfer", None)
        case Outcome(owed=owed):
            return owed.transfer_id if owed.is_handover else None
        case Due() | Act():
            return item.transfer_id


def _lock_key(dossier: tuple[str, str]) -> int:
    digest = sha256("\n".join(dossier).encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _outcome_row(outcome: Outcome) -> Row:
    states = {
        Settlement.DELIVERED: "delivered",
        Settlement.REFUSED: "failed",
        Settlement.UNREACHABLE: "pending",
        Settlement.ASKED: "pending",
        Settlement.HELD: "pending",
    }
    doubt = {} if outcome.in_doubt is None else {"in_doubt": outcome.in_doubt}
    held = {"held": True} if outcome.settlement is Settlement.HELD else {}
    delivered = outcome.settlement is Settlement.DELIVERED
    return {
        **doubt,
        **held,
        "id": outcome.owed.id,
        "lease_no": outcome.owed.lease_no,
        "state": "withdrawn" if outcome.overtaken else states[outcome.settlement],
        "wait": outcome.wait,
        "evidence": outcome.code if delivered else None,
        "latency_ms": outcome.latency_ms,
        "failure_code": None if delivered else outcome.code,
    }
