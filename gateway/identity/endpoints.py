"""Endpoints: how an agency's system is reached. Set by administrators only."""

from dataclasses import dataclass, field
from typing import Literal

from gateway.store.pool import Pool
from gateway.store.sql import statement


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """An agency's road; `address` and `secret` (whsec_…) are for webhooks."""

    agency: str
    connector: Literal["amqp", "webhook", "mailbox"]
    address: str | None = None
    secret: str | None = field(default=None, repr=False)
    concurrency: int = 8
    timeout_ms: int = 10_000


async def register_endpoint(pool: Pool, endpoint: NewEndpoint) -> None:
    """Set how an agency is reached; a change closes its breaker, and counts within a second."""
    async with pool.connection() as connection:
        await connection.execute(
            statement("register_endpoint"),
            {
                "agency": endpoint.agency,
                "connector": endpoint.connector,
                "address": endpoint.address,
                "secret": endpoint.secret,
                "concurrency": endpoint.concurrency,
                "timeout_ms": endpoint.timeout_ms,
            },
        )
