"""The bookkeeper: adds to the books of the reports what the ledger says, every entry once.

It reads in commit order, and what it adds and how far it has come are one transaction: a bookkeeper
that dies has booked nothing twice and left nothing out. One process keeps the books at a time.
Intake does not wait for it, and writes nothing for it.
"""

from typing import Any

from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement
from routing.synthetic import SYNTHETIC_ISSUERS

SCAN = 5000
"""Entries per transaction: large enough to be quick, small enough for its time limits."""


class Bookkeeper:
    """Books the ledger page by page."""

    def __init__(self, pool: Pool, *, scan: int = SCAN) -> None:
        self._pool = pool
        self._scan = scan
        self.booked = 0

    async def book(self) -> bool:
        """Book the next entries; True if there are more, False too while another process books."""
        async with self._pool.connection() as connection, connection.transaction():
            found = await connection.execute(statement("claim_book_cursor"), prepare=True)
            place = await found.fetchone()
            if place is None:
                return False
            return await self._book_from(connection, *place)

    async def _book_from(self, connection: Connection, xid: str, transfer: Any, seq: int) -> bool:
        begin = {"xid": xid, "transfer": transfer, "seq": seq}
        found = await connection.execute(
            statement("find_book_edge"), {**begin, "scan": self._scan}, prepare=True
        )
        edge = await found.fetchone()
        if edge is None:
            return False
        to_xid, to_transfer, to_seq, recorded_at, entries = edge
        until = {"to_xid": to_xid, "to_transfer": to_transfer, "to_seq": to_seq}
        asked = {**begin, **until, "left_out": list(SYNTHETIC_ISSUERS)}
        async with connection.pipeline():
            for name in ("book_dossiers", "book_turns", "book_traffic"):
                await connection.execute(statement(name), asked, prepare=True)
            await connection.execute(
                statement("move_book_cursor"), {**until, "recorded_at": recorded_at}, prepare=True
            )
        self.booked += entries
        return bool(entries == self._scan)
