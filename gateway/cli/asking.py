"""What every command that asks the database shares: where it is, who asks, and how it refuses.

Bad input and a database that does not answer are one line on stderr and exit code 2.
"""

import asyncio
import getpass
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
from psycopg_pool import PoolTimeout

from gateway.cli.configured import refuse
from gateway.servers.whereabouts import whereabouts
from gateway.store.pool import Pool, open_pool

if TYPE_CHECKING:
    from gateway.operations.offline import Offline


def named_operator() -> str:
    """Name who acts at this terminal, as audits and ledgers do."""
    return f"operator:cli:{getpass.getuser()}"


def read_id(command: str, written: str) -> UUID:
    """Read an id, or refuse it."""
    try:
        return UUID(written)
    except ValueError:
        raise refuse(command, f"{written[:40]!r} is not an id") from None


def _database_url(command: str) -> str:
    """Return where the database is: as configured, or of the `serve` that runs here; or refuse."""
    url = os.environ.get("LIENTHONG_DATABASE_URL") or whereabouts().get("database_url")
    if not url:
        raise refuse(command, "LIENTHONG_DATABASE_URL is missing")
    return url


def ask_offline(
    command: str, ask: "Callable[[Offline], Awaitable[Any]]", *refusals: type[Exception]
) -> Any:
    """Ask through the operators' use cases; what they raise of `refusals` is said in one line."""
    from gateway.operations.offline import open_offline  # only these commands pay for a committer

    url = _database_url(command)

    async def asking() -> Any:
        async with open_offline(url, os.environ.get("LIENTHONG_AMQP_URL")) as offline:
            return await ask(offline)

    return _answered(command, asking, refusals)


def ask_pool(
    command: str,
    ask: Callable[[Pool], Awaitable[Any]],
    *refusals: type[Exception],
    size: int = 1,
) -> Any:
    """Ask the database itself, through so many connections; refusals as in `ask_offline`."""
    url = _database_url(command)

    async def asking() -> Any:
        async with open_pool(url, size=size, name=f"lienthong {command}") as pool:
            return await ask(pool)

    return _answered(command, asking, refusals)


def ask_without_pool(
    command: str, ask: Callable[[None], Awaitable[Any]], *refusals: type[Exception]
) -> Any:
    """Ask what can be answered without a database; refusals as in `ask_offline`."""
    return _answered(command, lambda: ask(None), refusals)


def _answered(
    command: str, asking: Callable[[], Awaitable[Any]], refusals: tuple[type[Exception], ...]
) -> Any:
    async def answer() -> Any:
        return await asking()

    try:
        return asyncio.run(answer())
    except refusals as refused:
        raise refuse(command, str(refused)) from None
    except (psycopg.OperationalError, PoolTimeout):
        raise refuse(command, "the database does not answer") from None
