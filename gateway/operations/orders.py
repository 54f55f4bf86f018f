"""Orders as people find them again: one's own, those of one's reach, those to be decided."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from gateway.store.pool import Pool
from gateway.store.sql import statement

View = dict[str, Any]

RECENT: Final = timedelta(days=30)
"""What is older stands in the audit trail."""
_NAMES: Final = ("id", "at", "actor", "act", "question", "state", "total", "proposed", "person")


async def list_orders(
    pool: Pool,
    actor: str,
    reach: Collection[str] | None,
    *,
    before: UUID | None = None,
    limit: int = 50,
) -> list[View]:
    """Return the acts of the last month that somebody ordered, or that lie within a reach."""
    begins = int((datetime.now(UTC) - RECENT).timestamp() * 1000)
    asked = {
        "before": before or UUID(int=2**128 - 1),
        "floor": UUID(int=begins << 80),  # ids begin with their milliseconds
        "actor": actor,
        "reach": None if reach is None else sorted(reach),
        "limit": limit,
    }
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_orders"), asked)
        rows = await found.fetchall()
    none = {"done": 0, "skipped": 0, "failed": 0, "open": 0}
    return [
        {**dict(zip(_NAMES, row, strict=False)), "outcomes": {**none, **row[9]}} for row in rows
    ]


async def is_order_within(pool: Pool, act: UUID, reach: Collection[str]) -> bool:
    """Whether an act touches agencies of a reach and no others."""
    asked = {"act": act, "reach": sorted(reach)}
    async with pool.connection() as connection:
        found = await connection.execute(statement("is_order_within"), asked)
        row = await found.fetchone()
    return bool(row and row[0])


async def list_proposed(pool: Pool, ids: Sequence[UUID]) -> dict[str, View]:
    """Return what acts that wait for a second person would do, by their ids as they are written."""
    if not ids:
        return {}
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_acts_proposed"), (list(ids),))
        names = ("id", "act", "total", "question", "sample")
        return {str(row[0]): dict(zip(names, row, strict=True)) for row in await found.fetchall()}
