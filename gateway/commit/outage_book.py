"""The outage book: the declared outages as the transaction that decides sees them.

Every transaction reads the epoch with its locks, which costs no round trip; only when it is not the
one that this process remembers are the outages read again, in that same transaction.
"""

from datetime import datetime

from gateway.store.pool import Connection
from gateway.store.sql import statement
from routing.outages import NO_OUTAGES, Outage, OutageKind, Outages, outages_of


class OutageBook:
    """What this process remembers of outages, and as of which epoch."""

    def __init__(self) -> None:
        self._epoch = -1
        self._outages = NO_OUTAGES

    async def as_of(self, connection: Connection, epoch: int | None, now: datetime) -> Outages:
        """Return the outages as of an epoch; None: the transaction touches no clock.

        What is read may be newer than the epoch, never older.
        """
        if epoch is None or epoch == self._epoch:
            return self._outages
        found = await connection.execute(statement("load_outages"), {"now": now}, prepare=True)
        outages = outages_of(
            Outage(id_, agency, OutageKind(kind), start, end, basis, withdrawn, tuple(covers))
            for id_, agency, kind, start, end, basis, withdrawn, covers in await found.fetchall()
        )
        self._epoch, self._outages = epoch, outages
        return outages
