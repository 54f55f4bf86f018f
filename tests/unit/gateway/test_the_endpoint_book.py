"""The endpoint book holds what the database says, and reads only what changed of it."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, LiteralString

import psycopg
import pytest

from gateway.dispatch.endpoints import STALE_AFTER, EndpointBook
from gateway.store.pool import Pool, open_pool
from gateway.store.sql import statement

COUNTRY = 13_000
GROW = """
INSERT INTO endpoints (agency, connector) SELECT 'H31.' || n, 'amqp' FROM generate_series(1, %s) n
"""
CHANGES: dict[str, LiteralString] = {
    "agency": "UPDATE endpoints SET agency = 'H32.1'",
    "connector": "UPDATE endpoints SET connector = 'mailbox'",
    "address": "UPDATE endpoints SET address = 'https://vidu.example'",
    "secret": "UPDATE endpoints SET secret = 'synthetic'",
    "timeout_ms": "UPDATE endpoints SET timeout_ms = 2000",
    "concurrency": "UPDATE endpoints SET concurrency = 9",
    "events": "UPDATE endpoints SET events = true",
    "options": """UPDATE endpoints SET options = '{"unit": "1"}'""",
    "enabled": "UPDATE endpoints SET enabled = false",
    "breaker": "UPDATE endpoints SET breaker = 'open'",
    "calls_per_minute": "UPDATE endpoints SET calls_per_minute = 60",
    "traffic": "UPDATE endpoints SET traffic = 'tests'",
    "capabilities": "UPDATE members SET capabilities = jsonb_set(capabilities, '{largest}', '9')",
    "member": "DELETE FROM members",
    "left": "DELETE FROM endpoints",
}


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with open_pool(database_url, size=2) as opened:
        yield opened


async def opened(pool: Pool) -> EndpointBook:
    book = EndpointBook(pool, send_timeout=10)
    await book.refresh()
    return book


async def test_what_was_read_too_long_ago_is_read_again_before_it_decides(pool: Pool) -> None:
    passed = [100.0]
    async with pool.connection() as connection:
        await connection.execute("INSERT INTO endpoints (agency, connector) VALUES ('H1', 'amqp')")
    book = EndpointBook(pool, send_timeout=10, now=lambda: passed[0])
    await book.keep_fresh()
    async with pool.connection() as connection:
        await connection.execute("UPDATE endpoints SET enabled = false")

    passed[0] += STALE_AFTER - 0.01
    await book.keep_fresh()
    still = book.is_connected("H1")
    passed[0] += 0.02
    await asyncio.gather(*(book.keep_fresh() for _ in range(10)))

    assert (still, book.is_connected("H1")) == (True, False)
    assert book.turn == 2


async def test_a_country_that_does_not_change_is_read_once(pool: Pool, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(GROW, (COUNTRY,))
        connection.execute("ANALYZE")
        book = await opened(pool)

        for _ in range(5):
            await book.refresh()
        unread = await _touched(pool)
        connection.execute("UPDATE endpoints SET enabled = false WHERE agency = 'H31.77'")
        await book.refresh()

    assert len(book.all()) == COUNTRY
    assert book.rows_read == COUNTRY + 1
    assert not book.is_connected("H31.77")
    assert unread["endpoints"]["Actual Loops"] == unread["members"]["Actual Loops"] == 0
    assert unread["endpoint_changes"]["Node Type"] != "Seq Scan"


async def _touched(pool: Pool) -> dict[str, dict[str, Any]]:
    """Return what a look that finds nothing does with each table."""
    async with pool.connection() as looking:
        found = await looking.execute(statement("load_endpoints"), {"server": None, "mark": None})
        first = await found.fetchone()
        assert first is not None
        explained = await looking.execute(
            b"EXPLAIN (ANALYZE, FORMAT JSON) " + statement("load_endpoints"),
            {"server": first[1], "mark": first[0]},
        )
        row = await explained.fetchone()
    assert row is not None
    return {one["Relation Name"]: one for one in _nodes(row[0][0]["Plan"])}


async def test_each_change_of_what_is_held_is_read(pool: Pool, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        for what, change in CHANGES.items():
            connection.execute("DELETE FROM endpoints")
            connection.execute("DELETE FROM members")
            connection.execute("INSERT INTO endpoints (agency, connector) VALUES ('H31.1', 'amqp')")
            connection.execute(
                "INSERT INTO members (agency, state, capabilities) VALUES ('H31.1', 'live', %s)",
                (_takes(1000),),
            )
            book = await opened(pool)
            before, read = book.all(), book.rows_read

            connection.execute(change)
            await book.refresh()

            assert book.rows_read > read, what
            assert book.all() == (await opened(pool)).all(), what
            assert book.all() != before, what


async def test_an_endpoint_that_cannot_be_read_is_not_called_and_holds_up_no_other(
    pool: Pool, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(GROW, (2,))
        connection.execute(
            "INSERT INTO members (agency, state, capabilities) VALUES ('H31.1', 'live', '{}')"
        )
        book = await opened(pool)

        connection.execute("""UPDATE members SET capabilities = '{"kinds": 7}'""")
        connection.execute("UPDATE endpoints SET events = true")
        await book.refresh()
        spoiled = book.is_connected("H31.1"), book.is_connected("H31.2")
        connection.execute("UPDATE members SET capabilities = '{}'")
        await book.refresh()

    assert spoiled == (False, True)
    assert book.is_connected("H31.1")


async def test_a_paced_call_s_turn_makes_nobody_read(pool: Pool, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO endpoints (agency, connector, address, secret, calls_per_minute)"
            " VALUES ('H31.1', 'webhook', 'https://vidu.example', 'synthetic', 60)"
        )
        book = await opened(pool)

        taken = connection.execute(
            statement("take_call_turn"), {"agency": "H31.1", "most": 1}
        ).fetchone()
        await book.refresh()

    assert taken is not None
    assert book.rows_read == 1


async def test_another_server_is_read_whole(pool: Pool, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(GROW, (3,))
    async with pool.connection() as looking:
        marked = {"server": datetime(2026, 3, 2, tzinfo=UTC), "mark": str(2**60)}
        found = await looking.execute(statement("load_endpoints"), marked)
        rows = await found.fetchall()

    assert {row[2] for row in rows} == {"H31.1", "H31.2", "H31.3"}


@dataclass(slots=True)
class Operators:
    """Several sessions that change endpoints, in transactions that last and overlap."""

    database_url: str
    draw: random.Random
    sessions: list[psycopg.Connection] = field(default_factory=list)

    def __enter__(self) -> "Operators":
        for _ in range(4):
            session = psycopg.connect(self.database_url, options="-c lock_timeout=1ms")
            self.sessions.append(session)
        return self

    def __exit__(self, *_: object) -> None:
        for session in self.sessions:
            session.close()

    def act(self) -> None:
        """Let one of them do one thing; who would have to wait for another gives up."""
        session, agency = self.draw.choice(self.sessions), f"H31.{self.draw.randrange(4)}"
        try:
            match self.draw.randrange(9):
                case 0 | 1 | 2:
                    session.commit()
                case 3:
                    session.rollback()
                case 4:
                    session.execute("DELETE FROM endpoints WHERE agency = %s", (agency,))
                case 5:
                    session.execute("SELECT pg_current_xact_id()")
                case 6:
                    session.execute(
                        "INSERT INTO members (agency, state, capabilities) VALUES (%s, 'live', %s)"
                        " ON CONFLICT (agency) DO UPDATE SET capabilities = EXCLUDED.capabilities",
                        (agency, _takes(self.draw.randrange(1000))),
                    )
                case _:
                    session.execute(
                        "INSERT INTO endpoints (agency, connector, concurrency)"
                        " VALUES (%s, 'amqp', %s) ON CONFLICT (agency)"
                        " DO UPDATE SET concurrency = EXCLUDED.concurrency",
                        (agency, self.draw.randrange(1, 100)),
                    )
        except psycopg.errors.LockNotAvailable:
            session.rollback()


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_order_transactions_end_in_nothing_that_was_committed_is_missed(
    seed: int, pool: Pool, database_url: str
) -> None:
    draw = random.Random(seed)
    book, seen = await opened(pool), 0
    with Operators(database_url, draw) as operators:
        for _ in range(150):
            for _ in range(draw.randrange(1, 8)):
                operators.act()
            before = book.all()

            await book.refresh()

            assert book.all() == (await opened(pool)).all()
            seen += before != book.all()
    assert seen > 20


def _takes(largest: int) -> str:
    return json.dumps({"kinds": [], "largest": largest, "documents": True})


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Every node of a plan that reads a table."""
    below = [one for child in plan.get("Plans", ()) for one in _nodes(child)]
    return below + ([plan] if "Relation Name" in plan else [])
