"""A partner's own limit is kept by all processes together: what is too much waits, none fails."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import psycopg
import pytest

from connectors.protocol import Delivered, Endpoint, Outcome, Parcel
from gateway.store.pool import Pool, open_pool
from gateway.store.sql import statement
from tests.stage.callers import ScriptedCaller
from tests.stage.dossiers import COMMUNE, POPULATION
from tests.stage.facts import eventually
from tests.stage.inside import Inside, connect_agencies, gateway_inside

PER_SECOND, BURST = 10, 3
PACE = "UPDATE endpoints SET calls_per_minute = %s, burst = %s, concurrency = 50 WHERE agency = %s"
OWE = (
    "INSERT INTO deliveries (id, agency, kind, data, state, created_at, next_attempt_at)"
    " SELECT gen_random_uuid(), %s, 'hop.changed', '{}', 'pending', now(), now()"
    " FROM generate_series(1, %s)"
)
LEFT = "SELECT count(*) FROM deliveries WHERE state = 'pending' AND agency = %s"


class LimitedCaller(ScriptedCaller):
    """Its partner refuses nothing, but keeps by its own clock when it was called."""

    def __init__(self) -> None:
        super().__init__("limited", idempotent=True)
        self.at: list[float] = []
        self.calls: Counter[str] = Counter()

    async def send(self, endpoint: Endpoint, parcels: Sequence[Parcel]) -> list[Outcome]:
        if endpoint.agency == COMMUNE:
            self.at.append(asyncio.get_running_loop().time())
        self.calls[endpoint.agency] += len(parcels)
        return [Delivered("scripted") for _ in parcels]


@asynccontextmanager
async def _two_gateways(
    database_url: str, caller: LimitedCaller
) -> AsyncIterator[tuple[Inside, Inside]]:
    callers = {"limited": caller}
    async with (
        gateway_inside(database_url, callers=callers) as one,
        gateway_inside(database_url, callers=callers) as other,
    ):
        yield one, other


async def test_two_processes_together_call_no_faster_than_the_partner_allows(
    database_url: str,
) -> None:
    caller = LimitedCaller()
    connect_agencies(database_url, {COMMUNE: "limited"})
    async with _two_gateways(database_url, caller) as (one, _):
        one.rows(PACE, PER_SECOND * 60, BURST, COMMUNE)
        await one.gateway.refresh_endpoints()
        one.rows(OWE, COMMUNE, 25)

        await eventually(lambda: not one.count(LEFT, COMMUNE), within=30)

        assert len(caller.at) == 25
        assert one.count("SELECT count(*) FROM attempts") == 0
        # Whatever stretch one looks at: no more than the rate, and the burst (a call may take a
        # moment to leave after its turn has come, so the partner may see one more).
        for first, begin in enumerate(caller.at):
            for last, end in enumerate(caller.at[first:], first):
                assert last - first + 1 <= (end - begin) * PER_SECOND + BURST + 1


async def test_the_others_do_not_wait_for_a_partner_that_wants_to_be_called_slowly(
    database_url: str,
) -> None:
    caller = LimitedCaller()
    connect_agencies(database_url, {COMMUNE: "limited", POPULATION: "limited"})
    async with _two_gateways(database_url, caller) as (one, other):
        one.rows(PACE, 60, 1, COMMUNE)
        for each in (one, other):
            await each.gateway.refresh_endpoints()
        one.rows(OWE, COMMUNE, 500)
        one.rows(OWE, POPULATION, 200)

        await eventually(lambda: not one.count(LEFT, POPULATION), within=30)

        assert one.count(LEFT, COMMUNE) > 450
        assert one.count("SELECT count(*) FROM deliveries WHERE attempts > 0") < 250


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    connect_agencies(database_url, {COMMUNE: "limited"})
    async with open_pool(database_url, size=2) as pool:
        yield pool


async def _turn(pool: Pool, *, most: float = 1000.0) -> float | None:
    async with pool.connection() as connection:
        found = await connection.execute(
            statement("take_call_turn"), {"agency": COMMUNE, "most": most}
        )
        row = await found.fetchone()
    return None if row is None else float(row[0])


async def test_turns_follow_one_another_at_the_rate_after_a_burst(
    pool: Pool, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(PACE, (6, 2, COMMUNE))

    turns = [await _turn(pool) for _ in range(4)]

    assert [round((turn or 0) / 10) for turn in turns] == [0, 0, 1, 2]


async def test_a_turn_that_is_too_far_off_is_not_taken(pool: Pool, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(PACE, (6, 1, COMMUNE))
    await _turn(pool)

    assert await _turn(pool, most=5) is None
    assert await _turn(pool, most=15) is not None


async def test_a_lease_given_back_is_neither_an_attempt_nor_lost(
    pool: Pool, database_url: str
) -> None:
    asked = {"each": 9, "busy": [], "queue": False, "callers": ["limited"], "most": 9, "lease": 30}
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(OWE, (COMMUNE, 1))
        for lease in (1, 2):
            [row] = connection.execute(statement("claim_due_deliveries"), asked).fetchall()
            back = {"ids": [row[0]], "leases": [lease]}
            late = {"ids": [row[0]], "leases": [lease - 1]}
            connection.execute(statement("give_back_deliveries"), late)
            connection.execute(statement("give_back_deliveries"), back)
            connection.execute(statement("give_back_deliveries"), back)

        found = connection.execute(
            "SELECT lease_no, attempts, unused_leases, next_attempt_at <= clock_timestamp()"
            " FROM deliveries"
        ).fetchall()

    assert isinstance(row[0], UUID)
    assert found == [(2, 0, 2, True)]
