"""Views: questions about what is stuck that a person asks again, under names of their own."""

from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb

from gateway.ids import new_id
from gateway.operations.stuck_filter import StuckFilter
from gateway.store.pool import Pool
from gateway.store.sql import statement

View = dict[str, Any]

MOST_VIEWS: Final = 50
"""Of one person."""


async def list_views(pool: Pool, person: str) -> list[View]:
    """Return a person's views by name; nobody else's are ever read."""
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_stuck_views"), (person,))
        names = ("id", "name", "filter", "kept_at")
        return [dict(zip(names, row, strict=True)) for row in await found.fetchall()]


async def keep_view(pool: Pool, person: str, name: str, wanted: StuckFilter) -> UUID | None:
    """Keep a question under a name, in place of the one that had it; None if there are too many."""
    asked = {
        "id": new_id(),
        "person": person,
        "name": name,
        "filter": Jsonb(wanted.view()),
        "most": MOST_VIEWS,
    }
    async with pool.connection() as connection:
        kept = await connection.execute(statement("keep_stuck_view"), asked)
        row = await kept.fetchone()
    return None if row is None else row[0]


async def drop_view(pool: Pool, person: str, view: UUID) -> bool:
    """Forget a view; False if the person has none with this id."""
    async with pool.connection() as connection:
        dropped = await connection.execute(statement("drop_stuck_view"), (person, view))
        return dropped.rowcount > 0
