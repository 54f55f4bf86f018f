"""The database is down, frozen or unreachable: nothing is acknowledged or lost, and it resumes.

HTTP callers are told to come back; broker messages wait in the queue, never in our memory.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

import httpx
import pytest

from gateway.servers import Postgres
from tests.broker import Broker
from tests.stage.dossiers import COMMUNE, copies, event
from tests.stage.facts import eventually
from tests.stage.inside import Inside, connect_agencies, gateway_inside
from tests.stage.proxy import Proxy, proxy_to
from tests.stage.rabbit import Rabbit
from tests.stage.wire import wire

MESSAGES: Final = 60
PREFETCH: Final = 20

Verb = Callable[[Postgres, Proxy], Awaitable[None]]


async def _stop(postgres: Postgres, _: Proxy) -> None:
    await asyncio.to_thread(postgres.stop)


async def _kill(postgres: Postgres, _: Proxy) -> None:
    await asyncio.to_thread(postgres.kill)


async def _start(postgres: Postgres, _: Proxy) -> None:
    await asyncio.to_thread(postgres.start)


async def _refuse(_: Postgres, proxy: Proxy) -> None:
    proxy.refuse()


async def _accept(_: Postgres, proxy: Proxy) -> None:
    proxy.accept()


TROUBLES = pytest.mark.parametrize(
    ("harm", "heal"),
    [(_stop, _start), (_kill, _start), (_refuse, _accept)],
    ids=["stopped", "killed", "unreachable"],
)


@TROUBLES
async def test_intake_from_the_broker_stops_acknowledging_and_resumes(
    harm: Verb, heal: Verb, database_url: str, postgres: Postgres, broker: Broker
) -> None:
    connect_agencies(database_url, [COMMUNE])
    async with (
        proxy_to(database_url) as proxy,
        wire(broker.url) as own,
        Rabbit(broker) as rabbit,
        gateway_inside(
            database_url, through=proxy, amqp_url=broker.url, prefetch=PREFETCH, lease_seconds=2
        ) as inside,
    ):
        await own.say(event(0, copies()))
        await own.receipt("message-0")

        await harm(postgres, proxy)
        for number in range(1, MESSAGES):
            await own.say(event(number, copies()))
        await eventually(lambda: inside.gateway.intake.unacknowledged == PREFETCH, within=10)  # type: ignore[union-attr]
        assert await rabbit.ready("lienthong.intake") == MESSAGES - 1 - PREFETCH
        assert len(own.receipts()) == 1

        await heal(postgres, proxy)
        await eventually(lambda: len(own.receipts()) >= MESSAGES, within=30)
        assert await rabbit.ready("lienthong.intake") == 0

        assert {one["verdict"] for one in own.receipts()} <= {"accepted", "duplicate"}
        assert inside.count("SELECT count(*) FROM transfers") == MESSAGES
        assert inside.count("SELECT count(*) FROM inbox WHERE verdict = 'accepted'") == MESSAGES


async def test_a_gateway_stops_in_time_without_its_database_and_the_next_one_goes_on(
    database_url: str, broker: Broker
) -> None:
    connect_agencies(database_url, [COMMUNE])
    async with proxy_to(database_url) as proxy, wire(broker.url) as own:
        async with gateway_inside(database_url, through=proxy, amqp_url=broker.url) as inside:
            proxy.refuse()
            for number in range(MESSAGES):
                await own.say(event(number, copies()))
            await eventually(lambda: inside.gateway.intake.consumed == MESSAGES, within=10)  # type: ignore[union-attr]
            stopped_at = time.monotonic()
        stopping_took = time.monotonic() - stopped_at

        async with gateway_inside(database_url, amqp_url=broker.url) as after:
            await eventually(lambda: len(own.receipts()) >= MESSAGES, within=30)

            assert stopping_took < 15
            assert after.count("SELECT count(*) FROM transfers") == MESSAGES


async def test_callers_are_told_to_come_back_and_what_they_resend_has_one_effect(
    database_url: str, postgres: Postgres
) -> None:
    async with gateway_inside(database_url) as inside:
        caller = await inside.caller()
        await caller.say(event(0))

        await asyncio.to_thread(postgres.stop)
        first = await caller.say(event(1))
        later = await asyncio.gather(*(caller.say(event(1)) for _ in range(5)))
        ready = await inside.http.get("/readyz")
        alive = await inside.http.get("/healthz")
        await asyncio.to_thread(postgres.start)
        answer = await eventually(_taken(inside, lambda: caller.say(event(1))), within=30)

        for refused in (first, *later):
            assert refused.status_code == 503
            assert int(refused.headers["retry-after"]) >= 1
            assert refused.json()["fault"] == "gateway"
        assert ready.status_code == 503
        assert alive.status_code == 200
        assert answer.status_code in (200, 202)
        assert inside.count("SELECT count(*) FROM transfers") == 2
        await eventually(_is_ready(inside), within=30)


async def test_a_frozen_database_holds_up_callers_within_bounds(
    database_url: str, postgres: Postgres
) -> None:
    async with gateway_inside(database_url) as inside:
        caller = await inside.caller()
        await caller.say(event(0))

        await asyncio.to_thread(postgres.pause)
        try:
            async with asyncio.timeout(25):
                answer = await caller.say(event(1))
                alive = await inside.http.get("/healthz")
        finally:
            await asyncio.to_thread(postgres.resume)
        again = await eventually(_taken(inside, lambda: caller.say(event(1))), within=30)

        assert answer.status_code == 503
        assert alive.status_code == 200
        assert again.json()["verdict"] in ("accepted", "duplicate")
        assert inside.count("SELECT count(*) FROM transfers") == 2


def _is_ready(inside: Inside) -> Callable[[], Awaitable[bool]]:
    async def ask() -> bool:
        return (await inside.http.get("/readyz")).status_code == 200

    return ask


def _taken(
    inside: Inside, say: Callable[[], Awaitable[httpx.Response]]
) -> Callable[[], Awaitable[httpx.Response | None]]:
    async def ask() -> httpx.Response | None:
        answer = await say()
        return answer if answer.status_code < 300 else None

    return ask
