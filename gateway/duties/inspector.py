"""The inspector: has every new content looked at by a scanner before anybody is served it.

One content at a time and process, under a lease; what the scanner cannot say is asked again later,
for as long as it takes, and a scanner that is away is an alarm. An infected content is removed and
its key forgotten; its row stays, so that the same bytes are refused at once when they come again.
"""

from collections.abc import AsyncIterator
from typing import Any, Final

import structlog

from gateway.documents.depository import Access, Depository, record_access
from gateway.documents.keys import SealedKey
from gateway.documents.scanners import Scanner, Verdict
from gateway.documents.sealed_file import SealedReader
from gateway.documents.threads import to_the_end
from gateway.operations.alarm_kinds import AlarmKind
from gateway.operations.alarms import clear_alarm, raise_alarm
from gateway.store.sql import statement

log = structlog.get_logger()

LEASE: Final = 900.0
"""Seconds for one content; longer than two gigabytes take."""
AGAIN: Final = 15.0
_PIECE: Final = 256 * 1024


class Inspector:
    """Claims, has scanned, judges."""

    def __init__(self, depository: Depository, scanner: Scanner) -> None:
        self._depository = depository
        self._scanner = scanner

    def __repr__(self) -> str:
        return f"<Inspector with {self._scanner!r}>"

    async def inspect(self) -> bool:
        """Have the content scanned that has waited longest; True if there may be more."""
        pool = self._depository.pool
        async with pool.connection() as connection:
            claimed = await connection.execute(
                statement("claim_quarantined_document"), {"lease": LEASE}
            )
            row = await claimed.fetchone()
        if row is None:
            return False
        verdict = await self._scanner.scan(self._content(row))
        sha256, lease_no = bytes(row[0]), row[5]
        if verdict is Verdict.AWAY:
            release = {"sha256": sha256, "lease_no": lease_no, "wait": AGAIN}
            async with pool.connection() as connection:
                await connection.execute(statement("release_quarantined_document"), release)
            await raise_alarm(pool, AlarmKind.SCANNER_AWAY, "documents")
            return False
        await clear_alarm(pool, AlarmKind.SCANNER_AWAY, "documents")
        await self._judge(row, verdict)
        return True

    async def _content(self, row: Any) -> AsyncIterator[bytes]:
        _, blob, size, key_id, sealed, _ = row
        key = self._depository.keyring.open(blob, SealedKey(key_id, bytes(sealed)))
        path = self._depository.shelf.kept(blob)
        if not size:
            return
        reader = await to_the_end(
            self._depository.disk, lambda: SealedReader(path, key, blob, size=size)
        )
        with reader:
            for first in range(0, size, _PIECE):
                yield await to_the_end(
                    self._depository.disk, reader.read, first, min(size, first + _PIECE)
                )

    async def _judge(self, row: Any, verdict: Verdict) -> None:
        now, is_infected = self._depository.clock.now(), verdict is Verdict.INFECTED
        sha256, blob = bytes(row[0]), row[1]
        judged = {
            "sha256": sha256,
            "lease_no": row[5],
            "state": "infected" if is_infected else "kept",
            "now": now,
        }
        async with self._depository.pool.connection() as connection, connection.transaction():
            found = await connection.execute(statement("judge_quarantined_document"), judged)
            if await found.fetchone() is None:
                return  # another process has the lease: its word counts
            if is_infected:
                await record_access(connection, Access("infected", "scanner", sha256, now))
        if is_infected:
            # The key is forgotten: should this fail, what is left is noise.
            await to_the_end(self._depository.disk, self._depository.shelf.drop_kept, blob)
            log.warning("document.infected", blob=str(blob))
