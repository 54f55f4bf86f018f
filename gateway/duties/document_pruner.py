"""The document pruner: removes what nobody needs any more, and only that.

Uploads that were not resumed in time; files that an upload left behind; contents of which every
transfer that refers to them has ended long enough ago, with nothing left to deliver, and that were
not handed in lately. What an open transfer refers to is never touched. The rows stay.
"""

from datetime import datetime
from uuid import UUID

import structlog

from gateway.documents.depository import Access, Depository, record_access
from gateway.documents.threads import to_the_end
from gateway.documents.uploads import tidy
from gateway.store.sql import statement

log = structlog.get_logger()

EACH = 200
"""Rows per question and round."""
PRUNER = "gateway"


class DocumentPruner:
    """Walks through the contents in the order of their digests, a stretch per round."""

    def __init__(self, depository: Depository, *, each: int = EACH) -> None:
        self._depository = depository
        self._each = each
        self._after = b""

    def __repr__(self) -> str:
        return f"<DocumentPruner after {self._after.hex()[:8] or 'the end'}>"

    async def prune(self) -> bool:
        """Do one stretch of everything; True if there is more to look at at once."""
        now = self._depository.clock.now()
        await self._look()
        await self._expire(now)
        await self._tidy()
        more = await self._mark(now)
        await self._purge(now)
        return more

    async def _look(self) -> None:
        """Keep for the metrics what can be seen: in a thread, for a file system may not answer."""
        figures, shelf = self._depository.figures, self._depository.shelf
        figures.free = await to_the_end(self._depository.disk, shelf.free)
        async with self._depository.pool.connection() as connection:
            found = await connection.execute(statement("count_quarantined_documents"))
            [figures.quarantined] = await found.fetchone() or (0,)

    async def _expire(self, now: datetime) -> None:
        asked = {"now": now, "limit": self._each}
        async with self._depository.pool.connection() as connection:
            found = await connection.execute(statement("expire_document_uploads"), asked)
            expired = len(await found.fetchall())
        if expired:
            log.info("uploads.expired", count=expired)

    async def _tidy(self) -> None:
        async with self._depository.pool.connection() as connection:
            found = await connection.execute(
                statement("list_untidy_uploads"), {"limit": self._each}
            )
            untidy: list[tuple[UUID, bool]] = [(row[0], row[1]) for row in await found.fetchall()]
        for upload, kept in untidy:
            await tidy(self._depository, upload, kept=kept)

    async def _mark(self, now: datetime) -> bool:
        rules = self._depository.rules
        asked = {
            "after": self._after,
            "untouched_since": now - rules.unreferenced_kept,
            "limit": self._each,
        }
        async with self._depository.pool.connection() as connection, connection.transaction():
            locked = await connection.execute(statement("lock_old_documents"), asked)
            digests = [bytes(row[0]) for row in await locked.fetchall()]
            if digests:
                marking = {"digests": digests, "ended_before": now - rules.retention}
                await connection.execute(statement("mark_purgeable_documents"), marking)
        more = len(digests) == self._each
        self._after = digests[-1] if more else b""
        return more

    async def _purge(self, now: datetime) -> None:
        """Remove the files of what is marked; after a crash they are found marked again."""
        async with self._depository.pool.connection() as connection:
            found = await connection.execute(
                statement("list_purging_documents"), {"limit": self._each}
            )
            marked = [(bytes(row[0]), row[1]) for row in await found.fetchall()]
        for sha256, blob in marked:
            await to_the_end(self._depository.disk, self._depository.shelf.drop_kept, blob)
            await self._record(sha256, blob, now)

    async def _record(self, sha256: bytes, blob: UUID, now: datetime) -> None:
        row = {"sha256": sha256, "blob": blob, "now": now}
        async with self._depository.pool.connection() as connection, connection.transaction():
            purged = await connection.execute(statement("finish_purging_document"), row)
            if await purged.fetchone() is None:
                return  # another process was quicker, or it was handed in again meanwhile
            await connection.execute(statement("release_document_holders"), row)
            await record_access(connection, Access("purged", PRUNER, sha256, now))
        log.info("document.purged", blob=str(blob))
