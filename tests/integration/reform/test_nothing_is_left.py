"""What lies unread at a closed agency is moved or closed, each with a reason that can be read."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aio_pika
import pytest

from gateway.broker.topology import agency_queue, declare_agency_queues, declare_roads
from gateway.operations.causes import Cause
from gateway.operations.drain import NOTHING_LEFT, drain_agency
from gateway.operations.stuck import Asking, list_stuck
from gateway.operations.stuck_filter import StuckFilter
from tests.broker import Broker
from tests.integration.api.running import Api, running
from tests.integration.reform.conftest import MONDAY
from tests.integration.reform.eve import COMMUNE, HEIR, Eve

DEADLINE = 20.0


@pytest.fixture
async def eve(database_url: str, broker: Broker) -> AsyncIterator[Eve]:
    """A gateway with a broker, on the eve of the reform."""
    connection = await aio_pika.connect(broker.url)
    async with connection:
        channel = await connection.channel()
        await declare_roads(channel)
        await declare_agency_queues(channel, [COMMUNE])
    async with running(database_url, amqp_url=broker.url) as api:
        api.clock.move(seconds=(MONDAY - api.clock.now()).total_seconds())
        yield Eve(api)


async def until(api: Api, query: str, *parameters: Any) -> None:
    """Wait until a count is not zero."""
    async with asyncio.timeout(DEADLINE):
        while not (await api.rows(query, *parameters))[0][0]:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def unread(broker: Broker, agency: str) -> int:
    async with await aio_pika.connect(broker.url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(agency_queue(agency), passive=True)
        return queue.declaration_result.message_count or 0


async def outcomes(eve: Eve, agency: str) -> dict[str, tuple[str, str | None]]:
    """Kind → state and failure code of what the agency was owed."""
    rows = await eve.api.rows(
        "SELECT kind, state, failure_code FROM deliveries WHERE agency = %s ORDER BY ordinal",
        agency,
    )
    return {row[0]: (row[1], row[2]) for row in rows}


async def test_an_unread_handover_is_taken_out_and_an_unread_notice_goes_on(
    eve: Eve, broker: Broker
) -> None:
    await eve.api.reach_by("amqp", COMMUNE)
    transfer = await eve.submits()
    await eve.says(COMMUNE, "hop.received", transfer=transfer, step="civil-status", round=1)
    await eve.says(
        COMMUNE,
        "hop.paused",
        transfer=transfer,
        step="civil-status",
        round=1,
        reason="supplement",
        legal_basis="x",
    )
    delivered = "SELECT count(*) FROM deliveries WHERE kind = %s AND state = 'delivered'"
    for kind in ("handover.offered", "supplement.requested"):
        await until(eve.api, delivered, kind)
    assert await unread(broker, COMMUNE) == 2
    eve.the_day_comes()

    await eve.reforms()

    found = await outcomes(eve, COMMUNE)
    assert found["handover.offered"] == ("delivered", "drained")
    assert found["supplement.requested"] == ("delivered", "drained-moved")
    assert ("supplement.requested", "pending") in await eve.owed(HEIR)


async def test_draining_again_finds_nothing(eve: Eve, broker: Broker) -> None:
    await eve.api.reach_by("amqp", COMMUNE)
    await eve.submits()
    await until(eve.api, "SELECT count(*) FROM deliveries WHERE state = 'delivered'")
    eve.the_day_comes()
    await eve.reforms()
    await until(
        eve.api,
        "SELECT count(*) FROM deliveries WHERE kind = 'handover.cancelled' AND state = 'delivered'",
    )
    pool = eve.api.gateway.services.pool
    await drain_agency(pool, COMMUNE, broker.url)
    copies = await eve.api.rows("SELECT count(*) FROM deliveries")

    again = await drain_agency(pool, COMMUNE, broker.url)

    assert again == NOTHING_LEFT
    assert await unread(broker, COMMUNE) == 0
    assert await eve.api.rows("SELECT count(*) FROM deliveries") == copies


async def test_what_is_no_delivery_of_ours_stays_where_it_was(eve: Eve, broker: Broker) -> None:
    await eve.api.reach_by("amqp", COMMUNE)
    async with await aio_pika.connect(broker.url) as connection:
        channel = await connection.channel()
        message = aio_pika.Message(b"x", message_id="not-ours")
        await channel.default_exchange.publish(message, agency_queue(COMMUNE))

    said = await drain_agency(eve.api.gateway.services.pool, COMMUNE, broker.url)

    assert said == "foreign 1"
    assert await unread(broker, COMMUNE) == 1


async def test_a_handover_that_was_answered_and_never_fetched_is_closed(eve: Eve) -> None:
    await eve.api.reach_by("mailbox", COMMUNE)
    transfer = await eve.submits()
    await eve.says(
        COMMUNE,
        "hop.completed",
        transfer=transfer,
        step="civil-status",
        round=1,
        outcome="approved",
    )
    assert ("handover.offered", "pending") in await eve.owed(COMMUNE)
    eve.the_day_comes()

    _, acts = await eve.reforms()

    assert (await outcomes(eve, COMMUNE))["handover.offered"] == ("withdrawn", "reorganised")
    assert all(act["state"] == "done" for act in acts)


async def test_a_closed_agency_is_told_no_more_events(eve: Eve) -> None:
    await eve.api.reach_by("amqp", COMMUNE)
    await eve.api.rows("UPDATE endpoints SET events = true")
    await eve.submits()
    eve.the_day_comes()

    await eve.reforms()

    assert await eve.api.rows("SELECT events FROM endpoints") == [(False,)]


async def test_news_of_an_end_that_nobody_follows_waits_for_a_person(eve: Eve) -> None:
    await eve.api.reach_by("mailbox", COMMUNE)
    transfer = await eve.submits()
    await eve.says(COMMUNE, "transfer.withdrawn", transfer=transfer, reason="thôi")
    assert ("transfer.finished", "pending") in await eve.owed(COMMUNE)
    pool = eve.api.gateway.services.pool

    said = await drain_agency(pool, COMMUNE, None)

    assert "unfollowed 1" in said
    found = await outcomes(eve, COMMUNE)
    assert found["transfer.finished"] == ("failed", "successor-unknown")
    failed = StuckFilter(causes=(Cause.UNDELIVERABLE,))
    rulebook = eve.api.gateway.services.rulebook
    stuck = await list_stuck(pool, Asking.of(rulebook, eve.api.clock.now(), failed))
    assert [one.transfer for one in stuck] == [transfer]
