"""Endpoints: how each agency's system is reached. Set by operators, never by agencies.

A target is an address inside somebody's network: only operators choose it, what they chose is in
the audit trail, redirects are never followed, and it must be https except on this very machine.
"""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from psycopg.types.json import Jsonb

from connectors.catalogue import MAILBOX, QUEUE, is_known
from connectors.protocol import ConnectorName
from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement
from schemas.identifiers import is_agency_code

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class EndpointRefused(ValueError):
    """An endpoint that cannot be set as asked; the message says why."""


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """How an agency is to be reached from now on, and how fast it wants to be called.

    `concurrency` is per process. `calls_per_minute` holds for all processes together, and `burst`
    calls may follow one another at once after a rest; without it there is no such limit.
    """

    agency: str
    connector: ConnectorName
    address: str | None = None
    secret: str | None = field(default=None, repr=False)
    concurrency: int = 4
    timeout_ms: int = 10_000
    options: Mapping[str, Any] = field(default_factory=dict)
    calls_per_minute: float | None = None
    burst: int = 1
    events: bool | None = None
    """Whether it is told over the broker what happens to its transfers; None leaves it as it is."""


def new_webhook_secret() -> str:
    """Make a signing secret as Standard Webhooks writes it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


async def register_endpoint(pool: Pool, endpoint: NewEndpoint) -> None:
    """Set or replace an agency's endpoint; its breaker begins closed."""
    check_endpoint(endpoint)
    async with pool.connection() as connection:
        await write_endpoint(connection, endpoint)


async def write_endpoint(connection: Connection, endpoint: NewEndpoint) -> None:
    """Write an endpoint that was checked, in the caller's transaction."""
    await connection.execute(
        statement("register_endpoint"),
        {
            "agency": endpoint.agency,
            "connector": endpoint.connector,
            "address": endpoint.address,
            "secret": endpoint.secret,
            "concurrency": endpoint.concurrency,
            "timeout_ms": endpoint.timeout_ms,
            "calls_per_minute": endpoint.calls_per_minute,
            "burst": endpoint.burst,
            "options": Jsonb(dict(endpoint.options)),
            "events": endpoint.events,
        },
    )


async def switch_endpoint(pool: Pool, agency: str, *, enabled: bool) -> None:
    """Stop or resume sending to an agency; what is owed to it waits meanwhile."""
    async with pool.connection() as connection:
        changed = await connection.execute(statement("switch_endpoint"), (enabled, agency))
        if changed.rowcount == 0:
            raise EndpointRefused("this agency has no endpoint")


def check_endpoint(endpoint: NewEndpoint) -> None:
    """Raise EndpointRefused for what could not work or could be abused."""
    if not is_agency_code(endpoint.agency):
        raise EndpointRefused("the agency is not a present agency code")
    if not is_known(endpoint.connector):
        raise EndpointRefused("there is no connector of this name")
    if endpoint.connector in (QUEUE, MAILBOX):
        if endpoint.address is not None:
            raise EndpointRefused(f"{endpoint.connector} takes no address")
        if endpoint.calls_per_minute is not None:
            raise EndpointRefused(f"{endpoint.connector} makes no calls: it has no pace")
        return
    if endpoint.calls_per_minute is not None and endpoint.calls_per_minute <= 0:
        raise EndpointRefused("a pace is more than no calls a minute: switch the endpoint off")
    target = urlsplit(endpoint.address or "")
    if target.scheme != "https" and not (target.scheme == "http" and target.hostname in _LOOPBACK):
        raise EndpointRefused("the address is https (http on loopback only)")
    if not target.hostname or target.username or target.fragment:
        raise EndpointRefused("the address has a host, and no credentials or fragment")
    if endpoint.connector == "rest" and not endpoint.options.get("mapping"):
        raise EndpointRefused("rest needs a mapping in its options: a name, or an absolute path")
    if endpoint.connector == "webhook" and not (endpoint.secret or "").startswith("whsec_"):
        raise EndpointRefused("a webhook needs a signing secret (whsec_…)")
