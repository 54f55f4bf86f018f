"""The way to an agency's system: its endpoint, set, replaced, switched.

What was tested of another endpoint proves nothing about this one: a new one forgets the test.
"""

from dataclasses import replace

from gateway.identity.endpoints import (
    EndpointRefused,
    NewEndpoint,
    check_endpoint,
    new_webhook_secret,
    write_endpoint,
)
from gateway.joining.credentials import NewCredential, Road
from gateway.joining.members import hold_present, tell
from gateway.joining.states import JoiningRefused, NotNow
from gateway.joining.views import View
from gateway.operations.audit import By
from gateway.store.pool import Pool
from gateway.store.sql import statement

LEAST_TIMEOUT_MS, MOST_TIMEOUT_MS = 100, 25_000
MOST_CONCURRENCY = 250


async def set_endpoint(
    pool: Pool, endpoint: NewEndpoint, by: By
) -> tuple[View, NewCredential | None]:
    """Set or replace how an agency is reached; a webhook's signing secret is made unless given.

    Return the member, and the secret that was made: it is shown once.
    """
    made: NewCredential | None = None
    if endpoint.connector == "webhook" and endpoint.secret is None:
        endpoint = replace(endpoint, secret=new_webhook_secret())
        assert endpoint.secret is not None
        made = NewCredential(Road.WEBHOOK, endpoint.agency, endpoint.secret, None)
    _check(endpoint)
    async with pool.connection() as connection, connection.transaction():
        before = await hold_present(connection, endpoint.agency)
        await write_endpoint(connection, endpoint)
        await connection.execute(statement("forget_test"), {"agency": endpoint.agency})
        view = await tell(connection, by, "endpoint.set", endpoint.agency, before)
    return view, made


async def switch_endpoint(pool: Pool, code: str, by: By, *, enabled: bool) -> View:
    """Stop or resume sending to an agency; what is owed to it waits meanwhile."""
    async with pool.connection() as connection, connection.transaction():
        before = await hold_present(connection, code)
        changed = await connection.execute(statement("switch_endpoint"), (enabled, code))
        if changed.rowcount == 0:
            raise NotNow(f"{code} has no endpoint")
        act = "endpoint.enabled" if enabled else "endpoint.disabled"
        return await tell(connection, by, act, code, before)


async def probe(pool: Pool, code: str, by: By) -> View:
    """Try an agency that is left alone now, instead of when its pause ends; raise NotNow."""
    async with pool.connection() as connection, connection.transaction():
        before = await hold_present(connection, code)
        changed = await connection.execute(statement("probe_endpoint"), (code,))
        if changed.rowcount == 0:
            raise NotNow(f"the breaker of {code} is closed")
        return await tell(connection, by, "endpoint.probed", code, before)


def _check(endpoint: NewEndpoint) -> None:
    if not LEAST_TIMEOUT_MS <= endpoint.timeout_ms <= MOST_TIMEOUT_MS:
        raise JoiningRefused(f"a timeout is {LEAST_TIMEOUT_MS} to {MOST_TIMEOUT_MS} ms")
    if not 1 <= endpoint.concurrency <= MOST_CONCURRENCY:
        raise JoiningRefused(f"an agency gets 1 to {MOST_CONCURRENCY} deliveries at once")
    try:
        check_endpoint(endpoint)
    except EndpointRefused as error:
        raise JoiningRefused(str(error)) from None
