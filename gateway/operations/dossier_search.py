"""Find dossiers by code, and the newest ones; within a reach. Nothing of the citizen's."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from gateway.store.pool import Pool
from gateway.store.sql import statement

MOST_FOUND: Final = 50
_LOOKED_AT: Final = 500
"""Codes with the same beginning that are looked at, whoever of them is within the reach."""
_NEWEST_LOOKED_AT: Final = 3_000
"""Of the newest, for who sees but some of them: one look costs the same for everybody."""
_NEWEST: Final = UUID(int=2**128 - 1)
_BEYOND: Final = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Listed:
    """A transfer as lists show it."""

    transfer: UUID
    issuer: str
    code: str
    originator: str
    state: str
    procedure: str
    submitted_at: datetime
    ended_at: datetime | None
    deadline_at: datetime | None


@dataclass(frozen=True, slots=True)
class Newest:
    """A page of the newest, and before which transfer the next one looks; None at the end."""

    listed: Sequence[Listed]
    following: UUID | None


async def find_dossiers(pool: Pool, code: str, reach: Collection[str] | None) -> list[Listed]:
    """Return up to 51 transfers whose code is, or begins with, this one; by code."""
    asked = {
        "code": code,
        "beyond": code + _BEYOND,
        "scan": _LOOKED_AT,
        "limit": MOST_FOUND + 1,
        "reach": None if reach is None else sorted(reach),
    }
    async with pool.connection() as connection:
        found = await connection.execute(statement("find_dossiers_by_code"), asked)
        return [Listed(*row) for row in await found.fetchall()]


async def list_newest(
    pool: Pool, reach: Collection[str] | None, *, before: UUID | None = None
) -> Newest:
    """Return the newest transfers before one; a short page, or an empty one, may go on."""
    scan = MOST_FOUND if reach is None else _NEWEST_LOOKED_AT
    asked = {
        "before": before or _NEWEST,
        "scan": scan,
        "limit": MOST_FOUND,
        "reach": None if reach is None else sorted(reach),
    }
    async with pool.connection() as connection:
        found = await connection.execute(statement("page_newest_transfers"), asked)
        rows = await found.fetchall()
    if not rows:
        return Newest((), None)
    edge, looked = rows[0][:2]
    listed = [Listed(*row[2:]) for row in rows if row[2] is not None]
    if len(listed) == MOST_FOUND:
        return Newest(listed, listed[-1].transfer)
    return Newest(listed, edge if looked == scan else None)
