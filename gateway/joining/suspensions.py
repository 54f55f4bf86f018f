"""Since when an agency is suspended, by whom and why: as the audit trail tells it."""

from dataclasses import dataclass
from datetime import datetime

from gateway.store.pool import Pool
from gateway.store.sql import statement


@dataclass(frozen=True, slots=True)
class Suspension:
    """The latest suspension; `reason` is what somebody wrote, and is for who may act there."""

    at: datetime
    by: str
    """Who, without how they came: of `operator:person:lan` the name."""
    reason: str | None


async def find_suspension(pool: Pool, code: str) -> Suspension | None:
    """Return the latest suspension of an agency; None where the trail knows of none."""
    async with pool.connection() as connection:
        found = await connection.execute(statement("find_suspension"), {"agency": code})
        row = await found.fetchone()
    if row is None:
        return None
    at, actor, reason = row
    return Suspension(at, actor.rpartition(":")[2], reason)
