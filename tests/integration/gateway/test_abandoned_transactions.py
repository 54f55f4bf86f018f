"""A gateway that stands still inside a transaction holds nobody up for long."""

import psycopg
import pytest

from gateway.duties.lifeline import Lifeline
from gateway.store.pool import open_pool


async def _abandon(database_url: str, name: str) -> psycopg.AsyncConnection[tuple[object, ...]]:
    """Take a lock as a gateway does, and stop talking in the middle of a pipeline."""
    connection = await psycopg.AsyncConnection.connect(database_url, application_name=name)
    async with connection.pipeline():
        await connection.execute("LOCK TABLE endpoints IN ACCESS EXCLUSIVE MODE")
    return connection


async def test_a_session_of_ours_that_stands_still_is_ended_and_its_locks_are_free(
    database_url: str,
) -> None:
    async with open_pool(database_url, size=2) as pool:
        abandoned = await _abandon(database_url, "lienthong")
        lifeline = Lifeline(pool, longest=0.0)

        await lifeline.look()

        assert lifeline.ended == 1
        async with pool.connection() as connection:
            await connection.execute("SET lock_timeout = '2s'")
            await connection.execute("SELECT count(*) FROM endpoints")
        with pytest.raises(psycopg.OperationalError):
            await abandoned.execute("SELECT 1")


async def test_who_is_within_its_time_or_not_ours_is_left_alone(database_url: str) -> None:
    async with open_pool(database_url, size=2) as pool:
        busy = await _abandon(database_url, "lienthong")
        patient = Lifeline(pool, longest=60.0)

        await patient.look()

        assert patient.ended == 0
        await busy.rollback()
        foreign = await _abandon(database_url, "a report of somebody else")
        strict = Lifeline(pool, longest=0.0)

        await strict.look()

        assert strict.ended == 0
        await foreign.execute("SELECT 1")
        await foreign.close()
        await busy.close()
