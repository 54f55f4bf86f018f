"""One batch in one transaction: claim and lock, decide, write, commit. Two round trips.

A COMMIT whose answer was lost is asked after by its transaction id before anything is done again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from gateway.clock import LegalClock
from gateway.commit.citations import load_cited
from gateway.commit.desk import Desk, Loaded
from gateway.commit.items import Committed, Due, Item, Owed
from gateway.commit.loading import Cursor, load, read_transfers, run
from gateway.commit.memory import Memory
from gateway.commit.outage_book import OutageBook
from gateway.commit.outbox import Roads
from gateway.commit.rows import Row, Rows, encode
from gateway.crash_points import Crash, CrashPoint, unarmed
from gateway.documents.rules import DocumentRules
from gateway.duties.librarian import Librarian
from gateway.rulebook import Rulebook
from gateway.store.pool import Connection
from gateway.store.sql import statement
from routing.lifecycle.model import Context, Transfer

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
    documents: DocumentRules | None = None
    """None: this gateway keeps no documents, and none can be referred to."""

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
        loaded = await load(connection, items, desks.memory)
        loaded.cited = await load_cited(connection, items, desks.documents, now, lock=True)
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
        loaded = Loaded(live=await read_transfers(connection, rows, desks.memory))
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


def _remember(memory: Memory, loaded: Loaded) -> None:
    for live in loaded.live.values():
        memory.remember(live.transfer, live.seq, live.head)


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
            ("insert_document_references", rows.document_references),
            ("withdraw_deliveries", rows.withdrawals),
            ("hand_on_deliveries", rows.handed_on),
            ("defer_timers", deferred),
        ):
            if table:
                await run(connection, name, encode(table))
        if rows.deliveries:
            inserted = await run(connection, "insert_deliveries", encode(rows.deliveries))
        own = await connection.execute("SELECT pg_current_xact_id()::text", prepare=True)
        leased = {row[0]: row[1] for row in await inserted.fetchall()} if inserted else {}
        row = await own.fetchone()
    assert row is not None
    return row[0], leased
