"""A transfer with all that proves it, for whoever answers for an agency on its way.

Within a reach only: what lies beyond it and what does not exist are one answer. Nothing of the
citizen's is read here; bodies and documents have a door of their own (dossier_content.py).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from gateway.ledger import Broken, verify
from gateway.operations.transfer_view import Found, entry_view, find_transfer
from gateway.store.pool import Pool
from gateway.store.sql import statement

View = dict[str, Any]

MOST_ENTRIES: Final = 5_000
"""Ledger entries that are read and checked; a chain longer than that is told as unchecked."""


@dataclass(frozen=True, slots=True)
class Record:
    """A ledger as it was read at one moment, and what its chain of hashes proves.

    Entries are views (transfer_view.entry_view) with `seq` and `hash`.
    """

    entries: Sequence[View]
    broken: Sequence[Broken]
    is_whole: bool
    """All of it was read; `broken` says nothing of the rest."""

    def before(self, seq: int | None, limit: int) -> list[View]:
        """Return the newest entries before one, newest first."""
        upto = [one for one in self.entries if seq is None or one["seq"] < seq]
        return upto[: -limit - 1 : -1]


@dataclass(frozen=True, slots=True)
class Letter:
    """That a letter of apology was issued for the dossier, on one of its runs."""

    transfer: UUID
    issued_at: datetime
    issued_by: str
    new_date: datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """What people keep beside a transfer."""

    person: str | None
    assigned_by: str | None
    assigned_at: datetime | None
    notes: int
    documents: int
    letter: Letter | None


@dataclass(frozen=True, slots=True)
class Run:
    """One transfer of a dossier."""

    transfer: UUID
    state: str
    procedure: str
    version: str
    submitted_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A transfer that was opened for somebody."""

    found: Found
    record: Record
    desk: Desk
    runs: Sequence[Run]

    @property
    def agencies(self) -> frozenset[str]:
        """Who is concerned by it: its originator, and everybody whose turn came."""
        transfer = self.found.transfer
        begun = [one for one in transfer.hops.values() if one.offered_at or one.failure]
        had = {code for one in begun for code in (one.agency, one.answers) if code is not None}
        return frozenset(had | {transfer.originator})


async def find_within(pool: Pool, transfer: UUID, reach: Collection[str] | None) -> Found | None:
    """Read a transfer that lies within a reach (None is everywhere); None for any other."""
    if reach is not None:
        asked = {"id": transfer, "reach": sorted(reach)}
        async with pool.connection() as connection:
            met = await connection.execute(statement("find_transfer_within"), asked)
            if await met.fetchone() is None:
                return None
    return await find_transfer(pool, transfer)


async def open_dossier(pool: Pool, transfer: UUID, reach: Collection[str] | None) -> Opened | None:
    """Open a transfer with its ledger and what people keep beside it; None beyond the reach."""
    found = await find_within(pool, transfer, reach)
    if found is None:
        return None
    dossier = {"issuer": found.transfer.issuer, "code": found.transfer.code}
    asked = {**dossier, "transfer": transfer, "reach": None if reach is None else sorted(reach)}
    record = await read_record(pool, transfer)
    async with pool.connection() as connection:
        kept = await connection.execute(statement("find_desk_of_transfer"), asked)
        row = await kept.fetchone()
        assert row is not None
        runs = await connection.execute(statement("list_runs_of_dossier"), asked)
        listed = [Run(*one) for one in await runs.fetchall()]
    person, by, at, notes, documents, *issued = row
    letter = None if issued[0] is None else Letter(*issued)
    return Opened(found, record, Desk(person, by, at, notes, documents, letter), listed)


async def read_record(pool: Pool, transfer: UUID) -> Record:
    """Read a transfer's ledger and check its chain, both as of one moment."""
    asked = {"transfer": transfer, "limit": MOST_ENTRIES}
    async with pool.connection() as connection:
        read = await connection.execute(statement("read_ledger_with_head"), asked)
        rows = await read.fetchall()
    entries = [
        {
            "seq": row[0],
            **entry_view(row[1:8], row[10], names_people=True),
            "hash": bytes(row[9]).hex(),
        }
        for row in rows
    ]
    if not rows:
        return Record((), (), is_whole=False)
    last, head, end = rows[-1], rows[0][11], bytes(rows[0][12])
    is_whole = last[0] >= head
    chain = [(row[0], row[7], bytes(row[8]), bytes(row[9]), row[3], row[1]) for row in rows]
    # Of a part the chain is checked as far as it was read: its own end stands for the head.
    upto = (head, end) if is_whole else (last[0], bytes(last[9]))
    return Record(entries, verify(transfer, chain, head=upto), is_whole)
