"""The outage sweeper: makes the timers due of every open transfer that an outage concerns.

Then the timekeeper folds them as it folds any timer, and the fold holds their clocks or lets them
go on. A declaration only leaves passes to be made; they are made here, some transfers at a time,
whichever process comes, and go on where a process died. Each is made twice: a transaction that was
under way at the first may have offered a hop without knowing of the outage.
"""

from uuid import UUID

import structlog

from gateway.clock import LegalClock
from gateway.store.pool import Pool
from gateway.store.sql import statement

log = structlog.get_logger()

EACH = 500
"""Transfers per round. At a round a second the timekeeper has time for the timers of others."""

_FIRST = UUID(int=0)


class OutageSweeper:
    """Touches transfers; decides nothing about them."""

    def __init__(self, pool: Pool, clock: LegalClock, *, each: int = EACH) -> None:
        self._pool = pool
        self._clock = clock
        self._each = each

    async def sweep(self) -> bool:
        """Make the timers of the next transfers due; False: what is left can wait for a round."""
        now = self._clock.now()
        async with self._pool.connection() as connection, connection.transaction():
            found = await connection.execute(
                statement("claim_outage_sweep"), {"now": now}, prepare=True
            )
            claimed = await found.fetchone()
            if claimed is None:
                return False
            sweep, outage, agencies, swept_to = claimed
            name = "touch_transfers_of_agencies" if agencies else "touch_open_transfers"
            asked = {
                "agencies": agencies,
                "after": swept_to or _FIRST,
                "limit": self._each,
                "now": now,
            }
            touched = await connection.execute(statement(name), asked)
            ids = [row[0] for row in await touched.fetchall()]
            done = len(ids) < self._each
            await connection.execute(
                statement("record_outage_sweep"),
                {
                    "id": sweep,
                    "swept_to": ids[-1] if ids else None,
                    "touched": len(ids),
                    "done": done,
                },
            )
        log.info("outage.swept", outage=str(outage), transfers=len(ids), done=done)
        return done
