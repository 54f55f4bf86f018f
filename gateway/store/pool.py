"""The connection pool: checked connections, JSON by orjson, UTC, bounded waits."""

from typing import Any

import orjson
from psycopg import AsyncConnection
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import AsyncConnectionPool

Connection = AsyncConnection[tuple[Any, ...]]
Pool = AsyncConnectionPool[Connection]

# Waiting longer than this for a lock or a statement means that something is wrong: give up, retry.
_SESSION = (
    "-c timezone=UTC -c statement_timeout=15000 -c lock_timeout=10000"
    " -c idle_in_transaction_session_timeout=15000 -c jit=off"
    # A plan made while a table was empty must not outlive that: statements carry whole batches,
    # so planning each time costs nothing beside them.
    " -c plan_cache_mode=force_custom_plan"
)


def open_pool(database_url: str, *, size: int = 8, name: str = "lienthong") -> Pool:
    """Make a pool (opened by `async with`); a waiting caller gives up after 10 s."""
    return AsyncConnectionPool(
        database_url,
        min_size=1,
        max_size=size,
        open=False,
        timeout=10,
        reconnect_timeout=5,  # short, so that the pause between attempts never grows long
        check=AsyncConnectionPool.check_connection,
        configure=_configure,
        kwargs={
            "options": _SESSION,
            "application_name": name,
            "autocommit": True,
            "connect_timeout": 5,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 2,
            "tcp_user_timeout": 15000,
        },
    )


async def _configure(connection: Connection) -> None:
    set_json_loads(orjson.loads, connection)
    set_json_dumps(orjson.dumps, connection)
    connection.prepare_threshold = 1
