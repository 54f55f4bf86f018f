"""Leases on the deliveries in a mailbox: taken by fetching, ended by an ack, a nack, or time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.commit.items import Owed
from gateway.store.pool import Pool
from gateway.store.sql import statement


@dataclass(frozen=True, slots=True)
class Leased:
    """A delivery that its agency has fetched, and until when it is nobody else's."""

    owed: Owed
    until: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a delivery in a mailbox stands. `answered`: its present lease had an answer."""

    owed: Owed
    state: str
    failure: str | None
    next_attempt_at: datetime
    held_ms: int
    answered: bool


async def lease_ready(
    pool: Pool, agency: str, *, limit: int, seconds: float, live: bool = True
) -> list[Leased]:
    """Lease what lies ready, oldest first; one at a time of each transfer.

    Who is not `live` yet is given only what belongs to no transfer.
    """
    async with pool.connection() as connection:
        found = await connection.execute(
            statement("claim_mailbox_deliveries"),
            {"agency": agency, "limit": limit, "lease": seconds, "live": live},
            prepare=True,
        )
        rows = await found.fetchall()
    return sorted((Leased(_owed(row), row[14]) for row in rows), key=lambda one: one.owed.id)


async def find(pool: Pool, agency: str, delivery: UUID, *, seconds: float) -> Standing | None:
    """Return a delivery of this agency, or None; `seconds` is how long a lease is."""
    async with pool.connection() as connection:
        found = await connection.execute(
            statement("find_mailbox_delivery"), {"id": delivery, "agency": agency}, prepare=True
        )
        row = await found.fetchone()
    if row is None:
        return None
    return Standing(
        owed=_owed(row),
        state=row[14],
        failure=row[15],
        next_attempt_at=row[16],
        held_ms=max(0, int((row[17] + seconds) * 1000)),
        answered=row[18],
    )


def _owed(row: Sequence[Any]) -> Owed:
    return Owed(
        id=row[0],
        agency=row[1],
        kind=row[2],
        transfer_id=row[3],
        step=row[4],
        round=row[5],
        subject=row[6],
        data=row[7],
        splice=tuple(row[8]),
        correlation=row[9],
        traceparent=row[10],
        created_at=row[11],
        lease_no=row[12],
        attempts=row[13],
    )
