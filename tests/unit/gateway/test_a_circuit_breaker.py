"""A partner that fails again and again is left alone; one probe decides whether it is back."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import psycopg
import pytest

from gateway.dispatch import breaker as breaker_module
from gateway.dispatch.breaker import Breakers
from gateway.store.pool import Pool, open_pool
from gateway.store.sql import statement
from tests.stage.facts import eventually

CLAIM = {
    "each": 250,
    "busy": [],
    "queue": True,
    "callers": ["webhook"],
    "most": 500,
    "lease": 30.0,
}
AGENCY, OTHER = "G24.33.12", "G24.33.16"


class Hands:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    hands = Hands()
    monkeypatch.setattr(breaker_module, "time", hands)
    return hands


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        for agency in (AGENCY, OTHER):
            connection.execute(
                "INSERT INTO endpoints (agency, connector, address, secret)"
                " VALUES (%s, 'webhook', 'https://x', 's')",
                (agency,),
            )
    async with open_pool(database_url, size=1) as pool:
        yield pool


@pytest.fixture
def breakers(pool: Pool, hands: Hands) -> Breakers:
    return Breakers(pool, failures=3, seconds=30, lease_seconds=30)


async def state(pool: Pool, agency: str = AGENCY) -> tuple[str, int, int | None]:
    """(state, failures counted, seconds left to the nearest whole one)."""
    async with pool.connection() as connection:
        found = await connection.execute(
            "SELECT breaker, breaker_failures,"
            " round(extract(epoch FROM breaker_until - clock_timestamp()))::integer"
            " FROM endpoints WHERE agency = %s",
            (agency,),
        )
        row = await found.fetchone()
    assert row is not None
    return row[0], row[1], row[2]


async def probes(breakers: Breakers, pool: Pool) -> None:
    """Begin a probe as the claiming statement does."""
    async with pool.connection() as connection:
        found = await connection.execute(
            "UPDATE endpoints SET breaker = 'half-open',"
            " breaker_until = clock_timestamp() + interval '20 seconds'"
            " WHERE agency = %s RETURNING breaker_level",
            (AGENCY,),
        )
        row = await found.fetchone()
    assert row is not None
    breakers.begin_probe(AGENCY, level=row[0])


async def fails(breakers: Breakers, times: int) -> None:
    for _ in range(times):
        await breakers.note(AGENCY, reached=False)


async def test_it_opens_when_a_partner_fails_often_enough(breakers: Breakers, pool: Pool) -> None:
    await fails(breakers, 2)
    assert await state(pool) == ("closed", 0, None)

    await fails(breakers, 1)

    assert await state(pool) == ("open", 3, 30)
    assert await state(pool, OTHER) == ("closed", 0, None)


async def test_one_success_between_failures_keeps_it_closed(breakers: Breakers, pool: Pool) -> None:
    for _ in range(3):
        await fails(breakers, 2)
        await breakers.note(AGENCY, reached=True)

    assert await state(pool) == ("closed", 0, None)


async def test_what_was_under_way_when_it_opened_says_nothing_new(
    breakers: Breakers, pool: Pool
) -> None:
    await fails(breakers, 3)

    await fails(breakers, 10)

    assert await state(pool) == ("open", 3, 30)


async def test_while_a_probe_is_under_way_nobody_else_probes(
    breakers: Breakers, pool: Pool, hands: Hands
) -> None:
    await fails(breakers, 3)
    hands.now += 30

    await probes(breakers, pool)

    assert await state(pool) == ("half-open", 3, 20)


async def test_a_probe_that_arrives_closes_it(breakers: Breakers, pool: Pool, hands: Hands) -> None:
    await fails(breakers, 3)
    hands.now += 30
    await probes(breakers, pool)

    await breakers.note(AGENCY, reached=True)

    assert await state(pool) == ("closed", 0, None)
    await fails(breakers, 2)
    assert (await state(pool))[0] == "closed"


async def test_each_probe_that_fails_opens_it_for_longer_up_to_a_minute(
    pool: Pool, hands: Hands
) -> None:
    breakers = Breakers(pool, failures=3, seconds=5, lease_seconds=30)
    await fails(breakers, 3)
    pauses = []

    for _ in range(6):
        hands.now += 3600
        await probes(breakers, pool)
        await fails(breakers, 1)
        pauses.append((await state(pool))[2])

    assert pauses == [10, 20, 40, 60, 60, 60]


async def test_a_process_that_finds_it_open_may_probe_and_close_it(
    pool: Pool, breakers: Breakers, hands: Hands
) -> None:
    await fails(breakers, 3)
    other = Breakers(pool, failures=3, seconds=30, lease_seconds=30)

    await probes(other, pool)
    await other.note(AGENCY, reached=True)

    assert await state(pool) == ("closed", 0, None)


async def test_a_restart_does_not_forget_how_long_a_partner_has_been_dead(
    pool: Pool, hands: Hands
) -> None:
    pauses: list[int | None] = []
    for _ in range(4):
        restarted = Breakers(pool, failures=1, seconds=5, lease_seconds=30)
        if pauses:
            await probes(restarted, pool)
        await fails(restarted, 1)
        pauses.append((await state(pool))[2])

    assert pauses == [5, 10, 20, 40]


async def test_what_another_process_closed_is_counted_anew(
    breakers: Breakers, pool: Pool, hands: Hands
) -> None:
    await fails(breakers, 3)
    other = Breakers(pool, failures=3, seconds=30, lease_seconds=30)
    await probes(other, pool)
    await other.note(AGENCY, reached=True)
    hands.now += 31

    await fails(breakers, 2)
    assert (await state(pool))[0] == "closed"
    await fails(breakers, 1)
    assert await state(pool) == ("open", 3, 30)


async def test_it_never_opens_for_longer_than_a_hand_over_can_bear(
    pool: Pool, hands: Hands
) -> None:
    breakers = Breakers(pool, failures=1, seconds=10, lease_seconds=30, longest=25)

    for _ in range(6):
        await fails(breakers, 1)
        hands.now += 151
        await probes(breakers, pool)
    await fails(breakers, 1)

    assert await state(pool) == ("open", 7, 25)


async def test_it_opens_for_a_quarter_of_what_is_left_of_a_limit(
    breakers: Breakers, pool: Pool
) -> None:
    await fails(breakers, 2)

    await breakers.note(AGENCY, reached=False, left=60.0)

    assert await state(pool) == ("open", 3, 15)


async def test_near_a_limit_it_still_leaves_the_partner_alone_for_seconds(
    breakers: Breakers, pool: Pool
) -> None:
    await fails(breakers, 2)

    await breakers.note(AGENCY, reached=False, left=2.0)

    assert await state(pool) == ("open", 3, 5)


async def test_a_limit_that_has_passed_hurries_nobody(breakers: Breakers, pool: Pool) -> None:
    await fails(breakers, 2)

    await breakers.note(AGENCY, reached=False, left=-1.0)

    assert await state(pool) == ("open", 3, 30)


async def test_of_two_processes_one_probes(pool: Pool, database_url: str) -> None:
    """The second waits for the first one's statement, and then finds nothing to probe."""
    for number in range(1, 4):
        await owed(pool, number, ahead=-1, attempts=0)
    await half_open(pool)

    async with open_pool(database_url, size=1) as other:
        async with pool.connection() as first, first.transaction():
            found = await first.execute(statement("claim_due_deliveries"), CLAIM)
            mine = len(await found.fetchall())
            second = asyncio.create_task(claimed(other))
            await eventually(lambda: _waits_for_a_lock(database_url), within=10)

        assert (mine, await second) == (1, [])


def _waits_for_a_lock(database_url: str) -> bool:
    with psycopg.connect(database_url) as connection:
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        row = connection.execute(waiting).fetchone()
    return row is not None and row[0] > 0


# What it does to deliveries


async def owed(pool: Pool, no: int, *, ahead: float, attempts: int, lease_no: int = 1) -> UUID:
    """Owe the partner a delivery whose next try lies so many seconds ahead."""
    delivery = UUID(int=no)
    async with pool.connection() as connection:
        await connection.execute(
            "INSERT INTO deliveries (id, agency, kind, data, state, attempts, lease_no, created_at,"
            " next_attempt_at) VALUES (%s, %s, 'handover.offered', '{}', 'pending', %s, %s, now(),"
            " clock_timestamp() + %s * interval '1 second')",
            (delivery, AGENCY, attempts, lease_no, ahead),
        )
    return delivery


async def claimed(pool: Pool) -> list[UUID]:
    async with pool.connection() as connection:
        found = await connection.execute(statement("claim_due_deliveries"), CLAIM)
        return [row[0] for row in await found.fetchall()]


async def is_due(pool: Pool, delivery: UUID) -> bool:
    async with pool.connection() as connection:
        found = await connection.execute(
            "SELECT next_attempt_at <= clock_timestamp() FROM deliveries WHERE id = %s", (delivery,)
        )
        row = await found.fetchone()
    assert row is not None
    return bool(row[0])


async def half_open(pool: Pool) -> None:
    async with pool.connection() as connection:
        await connection.execute(
            "UPDATE endpoints SET breaker = 'open', breaker_until = clock_timestamp()"
            " WHERE agency = %s",
            (AGENCY,),
        )


async def test_the_probe_is_what_was_tried_least(pool: Pool) -> None:
    await owed(pool, 1, ahead=-900, attempts=7)
    await owed(pool, 2, ahead=-800, attempts=3)
    fresh = await owed(pool, 3, ahead=-1, attempts=0)
    await half_open(pool)

    assert await claimed(pool) == [fresh]


async def test_a_probe_does_not_wait_for_a_retry_that_lies_far_ahead(pool: Pool) -> None:
    await owed(pool, 1, ahead=20, attempts=0)  # under lease: somebody is sending it
    waiting = await owed(pool, 2, ahead=850, attempts=9)
    await half_open(pool)

    assert await claimed(pool) == [waiting]


async def test_while_it_is_closed_a_retry_waits_for_its_time(pool: Pool) -> None:
    await owed(pool, 1, ahead=850, attempts=9)

    assert await claimed(pool) == []


async def test_what_waits_for_a_partner_goes_out_once_it_answers(
    breakers: Breakers, pool: Pool, hands: Hands
) -> None:
    waiting = await owed(pool, 1, ahead=850, attempts=9)
    leased = await owed(pool, 2, ahead=20, attempts=0)
    await fails(breakers, 3)
    hands.now += 30
    await probes(breakers, pool)

    await breakers.note(AGENCY, reached=True)

    assert await is_due(pool, waiting)
    assert not await is_due(pool, leased)
