"""One batch in one transaction: claim and lock, decide, write, commit. Two round trips.

Lock order, the same for every writer: message keys sorted, dossiers sorted, transfers by id.
A COMMIT whose answer was lost is asked after by its transaction id before anything is done again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import psycopg
from psycopg import AsyncCursor

from gateway.clock import LegalClock
from gateway.commit.desk import Desk, Earlier, Loaded
from gateway.commit.items import Act, Committed, Due, Item, Judged, Outcome, Owed, Settlement
from gateway.commit.live import Live
from gateway.commit.memory import Memory
from gateway.commit.outage_book import OutageBook
from gateway.commit.outbox import Roads
from gateway.commit.rows import Row, Rows, encode, hexed
from gateway.crash_points import Crash, CrashPoint, unarmed
from gateway.duties.librarian import Librarian
from gateway.rulebook import Rulebook
from gateway.store.pool import Connection
from gateway.store.sql import statement
from routing.lifecycle.codec import hop_from_document, transfer_from_parts
from routing.lifecycle.model import Context, Transfer
from schemas.kinds import Kind

Cursor = AsyncCursor[tuple[Any, ...]]
_DEFERRED = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Desks:
    """What a transaction needs beside its connection."""

    librarian: Librarian
    clock: LegalClock
    roads: Roads
    memory: Memory
    outages: OutageBook = field(default_factory=OutageBook)
    crash: Crash = unarmed

    def open(self, loaded: Loaded, context: Context, rulebook: Rulebook) -> Desk:
        return Desk(loaded, context, rulebook.versions(), self.roads)


@dataclass(slots=True)
class Attempt:
    """What is known of a batch that was written and perhaps committed: carried over its retries."""

    xid: str | None = None
    committed: Committed | None = None


async def commit_items(
    connection: Connection, items: Sequence[Item], desks: Desks, attempt: Attempt
) -> Committed:
    """Decide and write a batch; the caller retries. Reads the legal clock once.

    If an earlier attempt got as far as its COMMIT, the database is asked what became of it.
    """
    if attempt.xid is not None and attempt.committed is not None:
        if await _has_committed(connection, attempt.xid):
            return attempt.committed
        attempt.xid = None
    async with connection.transaction():
        rulebook = desks.librarian.rulebook
        now = desks.clock.now()
        loaded = await _load(connection, items, desks.memory)
        context = rulebook.at(now, await desks.outages.as_of(connection, loaded.epoch, now))
        desks.crash(CrashPoint.COMMIT_LOADED)
        desk = desks.open(loaded, context, rulebook)
        answers = desk.decide(items)
        desks.crash(CrashPoint.COMMIT_DECIDED)
        attempt.xid, leased = await _write(connection, desk.rows, [])
        committed = attempt.committed = _committed(answers, desk.rows, leased)
        desks.crash(CrashPoint.COMMIT_WRITTEN)
    desks.crash(CrashPoint.COMMIT_COMMITTED)
    _remember(desks.memory, loaded)
    return committed


async def _has_committed(connection: Connection, xid: str) -> bool:
    found = await connection.execute("SELECT pg_xact_status(%s::xid8)", (xid,))
    row = await found.fetchone()
    status = row[0] if row else None
    if status == "in progress":
        raise psycopg.OperationalError("the transaction is still in progress")
    return status == "committed"


async def commit_due(connection: Connection, desks: Desks, *, limit: int) -> Committed:
    """Handle up to `limit` transfers whose clocks are due; their row locks are the claim.

    One at which nothing could be decided is looked at again at its next instant, or after a minute.
    """
    async with connection.transaction():
        rulebook = desks.librarian.rulebook
        now = desks.clock.now()
        found = await connection.execute(
            statement("claim_due_transfers"), (now, limit), prepare=True
        )
        rows = await found.fetchall()
        if not rows:
            return Committed()
        context = rulebook.at(now, await desks.outages.as_of(connection, rows[0][4], now))
        loaded = Loaded(live=await _read_transfers(connection, rows, desks.memory))
        desks.crash(CrashPoint.TIMERS_CLAIMED)
        items = [Due(transfer_id) for transfer_id in loaded.live]
        desk = desks.open(loaded, context, rulebook)
        desk.decide(items)
        idle = [live.transfer for live in loaded.live.values() if not live.is_changed]
        _, leased = await _write(connection, desk.rows, _put_off(idle, context.now))
        desks.crash(CrashPoint.TIMERS_WRITTEN)
    _remember(desks.memory, loaded)
    committed = _committed([None] * len(items), desk.rows, leased)
    committed.waiting = len(rows) == limit
    return committed


def _committed(answers: list[Any], rows: Rows, leased: dict[UUID, int]) -> Committed:
    taken: list[Owed] = []
    waiting = False
    for delivery_id, lease_no in leased.items():
        owed = rows.owed.get(delivery_id)
        if owed is not None and lease_no == owed.lease_no:
            taken.append(owed)
        else:
            waiting = True
    return Committed(answers=answers, taken=taken, waiting=waiting, rows=rows.count())


# Load


def _remember(memory: Memory, loaded: Loaded) -> None:
    for live in loaded.live.values():
        memory.remember(live.transfer, live.seq, live.head)


async def _load(connection: Connection, items: Sequence[Item], memory: Memory) -> Loaded:
    keyed = [item for item in items if isinstance(item, Judged) and item.key is not None]
    submissions = sorted({dossier for item in keyed if (dossier := _dossier(item)) is not None})
    transfers = sorted({transfer for item in items if (transfer := _transfer(item)) is not None})
    outcomes = [item for item in items if isinstance(item, Outcome)]

    loaded = Loaded()
    claimed = seen = open_ = locked = settled = None
    rows: Sequence[Any] = ()
    async with connection.pipeline():
        if keyed:
            claimed = await _run(connection, "claim_message_keys", encode(_key_rows(keyed)))
        if submissions:
            seen = await _run(connection, "lock_dossiers", [_lock_key(d) for d in submissions])
            names = [{"issuer": issuer, "code": code} for issuer, code in submissions]
            open_ = await _run(connection, "find_open_transfers", encode(names))
        if transfers:
            locked = await _run(connection, "lock_transfers", transfers)
        if outcomes:
            settled = await _run(
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
    loaded.live = await _read_transfers(connection, rows, memory)
    repeated = [item for item in keyed if item.incoming.id not in mine]
    if repeated:
        loaded.earlier = await _earlier(connection, repeated)
    return loaded


async def _run(connection: Connection, name: str, parameter: Any) -> Cursor:
    return await connection.execute(statement(name), (parameter,), prepare=True)


async def _earlier(
    connection: Connection, repeated: Sequence[Judged]
) -> dict[tuple[str, str], Earlier]:
    names = [{"agency": item.incoming.agency, "message_id": item.key} for item in repeated]
    found = await _run(connection, "find_message_keys", encode(names))
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
    }
    delivered = outcome.settlement is Settlement.DELIVERED
    return {
        "id": outcome.owed.id,
        "lease_no": outcome.owed.lease_no,
        "state": "withdrawn" if outcome.overtaken else states[outcome.settlement],
        "wait": outcome.wait,
        "evidence": outcome.code if delivered else None,
        "latency_ms": outcome.latency_ms,
        "failure_code": None if delivered else outcome.code,
    }


async def _read_transfers(
    connection: Connection, rows: Sequence[Any], memory: Memory
) -> dict[UUID, Live]:
    """Return the locked transfers, from memory where it still holds, from their rows elsewhere."""
    known = {row[0]: memory.recall(row[0], row[2], row[3]) for row in rows}
    unknown = [transfer_id for transfer_id, transfer in known.items() if transfer is None]
    if unknown:
        found = await _run(connection, "load_transfers", unknown)
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


# Write


def _put_off(idle: Iterable[Transfer], now: datetime) -> list[Row]:
    """Rows for transfers at which nothing was decided: until their next instant, if it is later."""
    rows: list[Row] = []
    for transfer in idle:
        following = transfer.next_instant()
        if following is None or following > now:
            rows.append({"id": transfer.id, "until": following})
        else:
            rows.extend(deferrals([transfer.id], now))
    return rows


def deferrals(transfers: Iterable[UUID], now: datetime) -> list[Row]:
    """Rows that put off timers which led to nothing."""
    return [{"id": transfer, "until": now + _DEFERRED} for transfer in transfers]


async def _write(
    connection: Connection, rows: Rows, deferred: list[Row]
) -> tuple[str, dict[UUID, int]]:
    """Write everything; return the transaction's id, and the lease number of each new delivery."""
    inserted: Cursor | None = None
    async with connection.pipeline():
        if rows.payloads:
            ids, digests, media, bodies = (
                list(column) for column in zip(*rows.payloads, strict=True)
            )
            await connection.execute(
                statement("insert_payloads"), (ids, digests, media, bodies), prepare=True
            )
        for name, table in (
            ("insert_inbox", rows.inbox),
            ("insert_dossiers", rows.dossiers),
            ("insert_aliases", rows.aliases),
            # Ended ones first: their dossier may have been submitted anew in this very batch.
            ("update_transfers", rows.transfer_changes),
            ("insert_transfers", rows.transfers),
            ("insert_itineraries", rows.itineraries),
            ("write_hops", rows.hops),
            ("insert_ledger", rows.ledger),
            ("insert_attempts", rows.attempts),
            ("insert_letters", rows.letters),
            ("withdraw_deliveries", rows.withdrawals),
            ("defer_timers", deferred),
        ):
            if table:
                await _run(connection, name, encode(table))
        if rows.deliveries:
            inserted = await _run(connection, "insert_deliveries", encode(rows.deliveries))
        own = await connection.execute("SELECT pg_current_xact_id()::text", prepare=True)
        leased = {row[0]: row[1] for row in await inserted.fetchall()} if inserted else {}
        row = await own.fetchone()
    assert row is not None
    return row[0], leased
