"""The audit trail: who decided what about whom, when and why, and what stood before and after.

An entry is written in the transaction of what it tells: neither is there without the other. What
operators did to dossiers has a table of its own (acts); `list_audit` reads both as one trail.
No secret and no personal data is in it, and nothing is ever taken out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb

from gateway.ids import new_id
from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement

View = dict[str, Any]

PERSON: Final = "operator:person:"
"""How actors begin that are people who sign in to the console."""

_NEWEST = UUID(int=2**128 - 1)
_NAMES = ("id", "at", "actor", "act", "subject", "reason", "before", "after")


@dataclass(frozen=True, slots=True)
class By:
    """Who decides, and why in words for people."""

    actor: str
    reason: str | None = None


async def enter(
    connection: Connection,
    by: By,
    act: str,
    subject: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write one entry in the caller's transaction; before and after are JSON-ready."""
    await connection.execute(
        statement("insert_audit"),
        {
            "id": new_id(),
            "actor": by.actor,
            "act": act,
            "subject": subject,
            "reason": by.reason,
            "before": None if before is None else Jsonb(dict(before)),
            "after": None if after is None else Jsonb(dict(after)),
        },
    )


async def list_audit(
    pool: Pool, *, subject: str | None = None, before: UUID | None = None, limit: int = 100
) -> list[View]:
    """Return the trail, newest first; with `subject` only what was decided about that one."""
    asked = {"subject": subject, "before": before or _NEWEST, "limit": limit}
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_audit"), asked)
        return [dict(zip(_NAMES, row, strict=True)) for row in await found.fetchall()]
