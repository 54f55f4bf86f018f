"""The lifeline: frees what a gateway process that stands still holds in the database.

A process that is stopped, swapped out or frozen with its machine may stand inside a transaction,
and every lock of it holds up the others. PostgreSQL's own `idle_in_transaction_session_timeout`
does not see it: the driver ends a pipeline with Sync and Flush, and the server's timer, set at
Sync, is cleared by any message that follows. So each process looks for the sessions of its kind
that stand still, and ends them. Who owned one finds its connection lost, and asks what became of
its COMMIT as after any other loss.
"""

import structlog

from gateway.store.pool import Pool
from gateway.store.sql import statement

log = structlog.get_logger()

LONGEST = 15.0
"""Seconds inside a transaction without a word; a batch takes fractions of one."""


class Lifeline:
    """Looks after every session of the gateways' own user and name in this database."""

    def __init__(self, pool: Pool, *, longest: float = LONGEST) -> None:
        self._pool = pool
        self._longest = longest
        self.ended = 0

    async def look(self) -> bool:
        """End the sessions that have stood still for too long."""
        async with self._pool.connection() as connection:
            found = await connection.execute(
                statement("end_abandoned_transactions"), (self._longest,), prepare=True
            )
            ended = len(await found.fetchall())
        if ended:
            self.ended += ended
            log.warning("lifeline.ended_transactions", count=ended)
        return False
