"""The broker is down, or its connections and consumers vanish: HTTP goes on, messages flow again.

The database is the truth and the broker the road.
"""

import asyncio
from typing import Any

import pytest

from gateway.broker.topology import agency_queue
from tests.broker import Broker
from tests.stage.dossiers import COMMUNE, copies, event
from tests.stage.facts import eventually
from tests.stage.inside import Inside, connect_agencies, gateway_inside
from tests.stage.proxy import proxy_to
from tests.stage.rabbit import Rabbit
from tests.stage.wire import wire


async def test_http_accepts_meanwhile_and_deliveries_leave_when_it_is_back(
    database_url: str, broker: Broker
) -> None:
    connect_agencies(database_url, [COMMUNE])
    async with wire(broker.url):
        pass  # the agency's queue is there before the trouble begins
    async with (
        Rabbit(broker) as rabbit,
        gateway_inside(
            database_url, amqp_url=broker.url, lease_seconds=2, send_timeout=0.9, backoff_base=0.2
        ) as inside,
    ):
        caller = await inside.caller()
        await eventually(lambda: inside.gateway.intake.is_consuming, within=10)  # type: ignore[union-attr]
        await rabbit.keeps("lienthong.intake", "lienthong.dead", agency_queue(COMMUNE))
        await asyncio.to_thread(broker.server.kill)

        answers = await caller.say_together([event(no, copies()) for no in range(50)])
        await eventually(lambda: _tries(inside) > 0, within=15)
        ready = await inside.http.get("/readyz")
        await asyncio.to_thread(broker.server.start)

        async with wire(broker.url) as own:
            await eventually(lambda: _handed_over(own.deliveries) == 50, within=30)
            await eventually(lambda: _is_ready(inside), within=30)

        assert [answer.status_code for answer in answers] == [202] * 50
        assert ready.status_code == 503
        await eventually(lambda: _delivered(inside) == 50, within=10)


async def test_however_long_it_was_away_deliveries_leave_within_a_minute(
    database_url: str, broker: Broker
) -> None:
    connect_agencies(database_url, [COMMUNE])
    async with wire(broker.url):
        pass
    async with (
        proxy_to(broker.url) as road,
        gateway_inside(
            database_url, amqp_url=road.url_of(broker.url), lease_seconds=2, send_timeout=0.9
        ) as inside,
    ):
        caller = await inside.caller()
        road.refuse()
        await caller.say(event(1, copies()))
        await eventually(lambda: _tries(inside) > 0, within=15)
        # As if it had been tried for an hour; the next try says how long it waits then.
        inside.rows("UPDATE deliveries SET attempts = 12, next_attempt_at = now()")
        await eventually(lambda: _tries(inside) > 12, within=15)

        waits = inside.rows(
            "SELECT extract(epoch FROM next_attempt_at - clock_timestamp()) FROM deliveries"
        )

        assert 0 < waits[0][0] < 30


async def test_what_agencies_published_before_a_crash_of_the_broker_is_taken_after_it(
    database_url: str, broker: Broker
) -> None:
    connect_agencies(database_url, [COMMUNE])
    async with wire(broker.url) as own, Rabbit(broker) as rabbit:
        for number in range(20):
            await own.say(event(number, copies()))
        await rabbit.keeps("lienthong.intake", "lienthong.dead", agency_queue(COMMUNE))
    await asyncio.to_thread(broker.server.kill)
    await asyncio.to_thread(broker.server.start)

    async with gateway_inside(database_url, amqp_url=broker.url) as inside, wire(broker.url) as own:
        await eventually(lambda: len(own.receipts()) == 20, within=30)

        assert inside.count("SELECT count(*) FROM transfers") == 20


async def test_a_connection_that_an_operator_closes_comes_back(
    database_url: str, broker: Broker
) -> None:
    connect_agencies(database_url, [COMMUNE])
    async with (
        gateway_inside(database_url, amqp_url=broker.url) as inside,
        Rabbit(broker) as rabbit,
        wire(broker.url) as own,
    ):
        [lost] = await eventually(lambda: rabbit.connections("lienthong intake"), within=20)

        await rabbit.close(lost)
        await own.say(event(1, copies()))

        assert (await own.receipt("message-1"))["verdict"] == "accepted"
        assert inside.gateway.intake.is_consuming  # type: ignore[union-attr]


async def test_a_queue_that_was_deleted_is_declared_again_and_consumed(
    database_url: str, broker: Broker
) -> None:
    connect_agencies(database_url, [COMMUNE])
    async with (
        gateway_inside(database_url, amqp_url=broker.url),
        Rabbit(broker) as rabbit,
        wire(broker.url) as own,
    ):
        await own.say(event(1, copies()))
        await own.receipt("message-1")

        await rabbit.delete("lienthong.intake")
        await eventually(lambda: _is_taken(own, 2), within=20)

        assert (await own.receipt("message-2"))["verdict"] == "accepted"


async def test_the_watchdog_restores_a_consumer_that_only_seems_to_live(
    database_url: str, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect_agencies(database_url, [COMMUNE])
    channels: list[Any] = []

    async def raw_channel(channel: Any) -> Any:
        channels.append(await channel.get_underlay_channel())
        return channels[-1]

    monkeypatch.setattr("gateway.broker.consumer._raw_channel", raw_channel)
    async with gateway_inside(database_url, amqp_url=broker.url) as inside, wire(broker.url) as own:
        await own.say(event(1, copies()))
        await own.receipt("message-1")
        watchdog = inside.gateway.loops["watchdog"]
        watchdog.interval = 0.1

        await _forget_consumers(channels)
        await own.say(event(2, copies()))

        assert (await own.receipt("message-2", within=20))["verdict"] == "accepted"


async def _forget_consumers(channels: list[Any]) -> None:
    """End consumers on their own channels, without a word to whoever holds them."""
    for channel in channels:
        for tag in list(channel.consumers):
            await channel.basic_cancel(tag)


def _tries(inside: Inside) -> int:
    return inside.count("SELECT coalesce(sum(attempts), 0) FROM deliveries")


def _handed_over(deliveries: list[dict[str, Any]]) -> int:
    return len({d["subject"] for d in deliveries if d["type"].endswith("handover.offered.v1")})


async def _is_ready(inside: Inside) -> bool:
    return (await inside.http.get("/readyz")).status_code == 200


async def _is_taken(own: Any, number: int) -> bool:
    """Publish until a queue takes it: while none is bound the broker gives it back."""
    try:
        await own.say(event(number, copies()))
    except Exception:
        return False
    return True


def _delivered(inside: Inside) -> int:
    return inside.count("SELECT count(*) FROM ledger WHERE act = 'hop.delivered'")
