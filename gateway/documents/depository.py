"""The depository: where documents are kept, by which keys and rules. One value, made in wiring."""

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.clock import LegalClock
from gateway.commit.rows import encode, hexed
from gateway.documents.figures import Figures
from gateway.documents.keys import Keyring, SealedKey
from gateway.documents.rules import DocumentRules
from gateway.documents.shelf import Shelf
from gateway.documents.threads import disk_threads
from gateway.documents.writers import Writers
from gateway.ids import new_id
from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement


@dataclass(frozen=True, slots=True)
class Depository:
    """What every use of documents needs. `clock` is legal time; leases are the database's."""

    pool: Pool
    clock: LegalClock
    shelf: Shelf
    keyring: Keyring
    rules: DocumentRules
    figures: Figures = field(default_factory=Figures)
    writers: Writers = field(default_factory=Writers)
    disk: ThreadPoolExecutor = field(default_factory=disk_threads)
    closing: set[asyncio.Task[None]] = field(default_factory=set)
    """Servings that ended and are being written down; whoever asked may be gone."""


@dataclass(frozen=True, slots=True)
class Content:
    """A content that is kept, and by what right it was asked for."""

    sha256: bytes
    size: int
    media_type: str
    state: str
    blob: UUID
    key: SealedKey | None = field(repr=False)
    holds: bool
    """The agency handed it in."""
    transfer: UUID | None
    """A transfer that refers to it and gives the agency access now."""

    @property
    def is_open(self) -> bool:
        """Whether the agency may know of it at all."""
        return self.holds or self.transfer is not None


async def find_content(depository: Depository, sha256: bytes, agency: str | None) -> Content | None:
    """Find a content and an agency's right to it (None: nobody's)."""
    since = depository.clock.now() - depository.rules.grace
    async with depository.pool.connection() as connection:
        found = await find_contents(connection, [(agency, sha256)], since)
    return found.get((agency, sha256))


async def find_contents(
    connection: Connection, asked: Iterable[tuple[str | None, bytes]], since: datetime
) -> dict[tuple[str | None, bytes], Content]:
    """Find contents and the right of the agency beside each; `since` is now less the grace."""
    rows = [{"agency": agency, "sha256": hexed(sha256)} for agency, sha256 in asked]
    found = await connection.execute(
        statement("find_documents"), {"asked": encode(rows), "since": since}, prepare=True
    )
    return {(row[0], bytes(row[1])): _content(row[1:]) for row in await found.fetchall()}


@dataclass(frozen=True, slots=True)
class Access:
    """One line of the audit: who did what with which content. `actor` is a client or a duty."""

    act: str
    actor: str
    sha256: bytes
    at: datetime
    agency: str | None = None
    transfer: UUID | None = None
    reason: str | None = field(default=None, repr=False)
    first: int | None = None
    past: int | None = None
    id: UUID = field(default_factory=new_id)


async def record_access(connection: Connection, access: Access) -> None:
    """Write a line of the audit; what it speaks of must not happen if this fails."""
    row = {
        "id": access.id,
        "at": access.at,
        "act": access.act,
        "actor": access.actor,
        "agency": access.agency,
        "sha256": access.sha256,
        "transfer_id": access.transfer,
        "reason": access.reason,
        "first": access.first,
        "past": access.past,
    }
    await connection.execute(statement("insert_document_access"), row, prepare=True)


def _content(row: Sequence[Any]) -> Content:
    key = None if row[6] is None else SealedKey(row[5], bytes(row[6]))
    return Content(bytes(row[0]), row[1], row[2], row[3], row[4], key, row[7], row[8])
