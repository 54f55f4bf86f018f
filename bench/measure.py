"""Reading a measurement from the database: what was accepted, delivered and written, and when."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import psycopg

Connection = psycopg.Connection[tuple[Any, ...]]

_LOOK_EVERY: Final = 0.2
_WRITTEN = """
SELECT sum(n_tup_ins + n_tup_upd + n_tup_del)::bigint
FROM pg_stat_user_tables
"""
_ACCEPTED = "SELECT count(*) FROM inbox WHERE id >= %s"
_REFUSED = """
SELECT verdict, problem, count(*)
FROM inbox
WHERE id >= %s AND verdict <> 'accepted'
GROUP BY verdict, problem
"""
# What was stuck before the phase began is none of its business.
_OWED = "SELECT EXISTS (SELECT FROM deliveries WHERE id >= %s AND state IN ('pending', 'failed'))"
_LEFT = "SELECT state, kind, lease_no, attempts, failure_code, count(*) FROM deliveries"
_LEFT += " WHERE id >= %s AND state <> 'delivered' GROUP BY 1, 2, 3, 4, 5"
_WINDOW = """
SELECT (SELECT min(recorded_at) FROM inbox WHERE id >= %(since)s) AS began_at,
    (SELECT max(settled_at) FROM deliveries WHERE id >= %(since)s) AS ended_at
"""
_DELIVERED = """
SELECT agency, count(*)
FROM deliveries
WHERE id >= %s AND state = 'delivered'
GROUP BY agency
"""


class Unfinished(Exception):
    """Not everything was accepted and delivered in time."""


@dataclass(frozen=True, slots=True)
class Window:
    """One phase: from the first message taken to the last delivery confirmed and recorded."""

    messages: int
    seconds: float
    delivered: dict[str, int]
    """How many deliveries each agency's queue must now hold."""

    @property
    def publishes(self) -> int:
        return sum(self.delivered.values())


def mark() -> UUID:
    """Return a bound: every id that is made from now on is greater (ids begin with their time)."""
    time.sleep(0.002)
    return UUID(int=(time.time_ns() // 1_000_000) << 80)


async def finished(connection: Connection, since: UUID, messages: int, *, within: float) -> Window:
    """Wait until `messages` are committed and all they caused is confirmed; return the window.

    The wait looks five times a second; the window comes from the rows' own instants.
    """
    until = time.monotonic() + within
    while True:
        await asyncio.sleep(_LOOK_EVERY)
        judged = _one(connection, _ACCEPTED, since)
        if judged >= messages and not _one(connection, _OWED, since):
            break
        if time.monotonic() > until:
            owed = connection.execute(_LEFT, (since,)).fetchall()
            raise Unfinished(
                f"{judged} of {messages} messages were judged within {within:.0f} s; owed: {owed}"
            )
    refused = connection.execute(_REFUSED, (since,)).fetchall()
    if refused or judged != messages:
        raise Unfinished(f"{judged} of {messages} messages were judged; refused: {refused}")
    row = connection.execute(_WINDOW, {"since": since}).fetchone()
    assert row is not None
    delivered: dict[str, int] = dict(connection.execute(_DELIVERED, (since,)).fetchall())
    return Window(messages, (row[1] - row[0]).total_seconds(), delivered)


def rows_written(connection: Connection) -> int:
    """Rows inserted, updated or deleted so far; exact once the gateway's sessions have ended."""
    return int(_one(connection, _WRITTEN))


def wal_position(connection: Connection) -> int:
    """Bytes of write-ahead log so far."""
    return int(_one(connection, "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn"))


def _one(connection: Connection, query: str, *parameters: object) -> Any:
    row = connection.execute(query, parameters or None).fetchone()
    assert row is not None
    return row[0]
