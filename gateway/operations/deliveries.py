"""What is owed to agencies and what became of it: deliveries, attempts, endpoints. No contents."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement

View = dict[str, Any]

_DELIVERY = (
    "delivery",
    "agency",
    "kind",
    "step",
    "round",
    "state",
    "parked",
    "created_at",
    "next_attempt_at",
    "lease_no",
    "failures",
    "settled_at",
    "evidence",
    "latency_ms",
    "failure",
    "archived_at",
)
_NEWEST = UUID(int=2**128 - 1)
_ATTEMPT = ("lease_no", "ended_at", "outcome", "code", "unknown", "latency_ms")
_ENDPOINT = (
    "agency",
    "connector",
    "enabled",
    "breaker",
    "failures",
    "breaker_until",
    "concurrency",
    "calls_per_minute",
    "burst",
    "last_seen_at",
    "changed_at",
)


async def list_deliveries(pool: Pool, transfer_id: UUID) -> list[View]:
    """Return the deliveries of a transfer, oldest first, each with its attempts."""
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_transfer_deliveries"), (transfer_id,))
        deliveries = [_named(_DELIVERY, row) for row in await found.fetchall()]
        return await _with_attempts(connection, deliveries)


async def page_deliveries(
    pool: Pool, transfer_id: UUID, *, before: UUID | None = None, limit: int = 50
) -> list[View]:
    """Return the newest deliveries of a transfer before one, newest first, with their attempts."""
    asked = {"transfer": transfer_id, "before": before or _NEWEST, "limit": limit}
    async with pool.connection() as connection:
        found = await connection.execute(statement("page_transfer_deliveries"), asked)
        deliveries = [_named(_DELIVERY, row) for row in await found.fetchall()]
        return await _with_attempts(connection, deliveries)


async def _with_attempts(connection: Connection, deliveries: Sequence[View]) -> list[View]:
    ids = [one["delivery"] for one in deliveries]
    tries = await connection.execute(statement("list_attempts"), (ids,))
    attempts: dict[UUID, list[View]] = {}
    for row in await tries.fetchall():
        attempts.setdefault(row[0], []).append(_named(_ATTEMPT, row[1:]))
    return [{**one, "attempts": attempts.get(one["delivery"], [])} for one in deliveries]


async def list_endpoints(pool: Pool, *, after: str = "", limit: int = 100) -> list[View]:
    """Return how agencies are reached, in code order."""
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_endpoints"), (after, limit))
        return [_named(_ENDPOINT, row) for row in await found.fetchall()]


def _named(names: Sequence[str], row: Sequence[Any]) -> View:
    return dict(zip(names, row, strict=True))
