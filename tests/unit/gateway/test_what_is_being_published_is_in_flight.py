"""Whoever waits for stillness must see what the dispatcher holds, also while the broker has it."""

import asyncio
from types import SimpleNamespace
from typing import Any

from connectors.protocol import Delivered, Endpoint
from gateway.dispatch.dispatcher import Dispatcher
from gateway.dispatch.endpoints import Reach
from gateway.duties.witness import Witness
from tests.unit.gateway.desk import offered, opened


class SlowQueue:
    """A broker that confirms when it is told to."""

    def __init__(self) -> None:
        self.asked, self.confirm = asyncio.Event(), asyncio.Event()

    async def send_mixed(self, addressed: list[Any], *, within: float) -> list[Any]:
        self.asked.set()
        await self.confirm.wait()
        return [Delivered("broker-confirm") for _ in addressed]


class Parcels:
    async def make(self, owed: list[Any]) -> dict[Any, Any]:
        return {one.id: object() for one in owed}


async def test_a_delivery_is_in_flight_until_the_broker_has_confirmed_it() -> None:
    queue, reported = SlowQueue(), asyncio.Event()
    dispatcher = _dispatcher(queue, reported)
    running = asyncio.create_task(dispatcher.run())

    dispatcher.take([offered(opened(), "civil-status")])
    async with asyncio.timeout(30):
        await queue.asked.wait()
        while_published = dispatcher.in_flight
        queue.confirm.set()
        await reported.wait()
        dispatcher.close()
        await running

    assert while_published == 1
    assert dispatcher.in_flight == 0


def _dispatcher(queue: Any, reported: asyncio.Event) -> Dispatcher:
    endpoint = Endpoint("H31.101", "amqp")
    reach = Reach(endpoint, concurrency=1, events=False, enabled=True, breaker="closed", live=True)
    committer: Any = SimpleNamespace(enqueue=lambda *_, **__: reported.set())
    clock: Any = SimpleNamespace(now=lambda: None)
    endpoints: Any = SimpleNamespace(reach=lambda _: reach, keep_fresh=_is_fresh)
    pace: Any = SimpleNamespace(lease_seconds=30.0, send_timeout=5.0)
    anything: Any = SimpleNamespace()
    parcels: Any = Parcels()
    return Dispatcher(
        anything,
        committer,
        endpoints,
        anything,
        parcels,
        clock,
        pace,
        queue=queue,
        callers={},
        witness=Witness(anything),
    )


async def _is_fresh() -> None: ...
