"""The yardstick: a bare forwarder from a quorum queue to the agencies' queues.

It takes (prefetch 1,000), publishes confirmed in batches of 250 inputs, and acknowledges; no
database, no thought. Each input is published as often as the gateway publishes per message on
average, to the same queues. Up to three batches are under way at once.

It comes in two makes. `frames` takes and publishes with the gateway's own code, below the AMQP
library's message objects: the hardest yardstick we know to build in Python. `library` is what one
would write with aio-pika: `queue.consume`, 250 `exchange.publish` gathered, one `ack(multiple)`.

Run as a process of its own; it prints one JSON line when it has forwarded what it was told to.
"""

import asyncio
import os
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Final

import aio_pika
import orjson
import uvloop
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from bench.processes import cpu_seconds
from connectors.amqp_frames import Letter
from connectors.amqp_publisher import ConfirmedPublisher
from connectors.broker import broker_url
from connectors.protocol import Delivered

UNDER_WAY: Final = 3
_WITHIN: Final = 30.0
_TAIL_AFTER: Final = 0.02


@dataclass(frozen=True, slots=True)
class Taken:
    """One input, and how to acknowledge it with all before it."""

    body: bytes
    acknowledge: Callable[[], Awaitable[Any]]


Publish = Callable[[Sequence[tuple[str, bytes]]], Awaitable[None]]


class Forwarder:
    """Forwards `total` inputs; the clock starts after the first `warm_up` of them."""

    def __init__(self, order: dict[str, Any], publish: Publish) -> None:
        self._publish = publish
        self._publishes: float = order["publishes"]
        self._batch: int = order["batch"]
        self._warm_up: int = order["warm_up"]
        self._total: int = order["total"]
        self._next_target = cycle(order["targets"])
        self._waiting: deque[Taken] = deque()
        self._arrived = asyncio.Event()
        self._taken = 0
        self._owed = 0.0
        self._published = 0
        self._began = 0.0

    def take(self, taken: Taken) -> None:
        """Put one input in line."""
        self._taken += 1
        if self._taken == self._warm_up + 1:
            self._began = time.monotonic()
        self._waiting.append(taken)
        if len(self._waiting) >= self._batch:
            self._arrived.set()

    async def run(self) -> dict[str, Any]:
        """Forward and acknowledge everything; return what it came to."""
        under_way: deque[tuple[list[Taken], asyncio.Task[None]]] = deque()
        done = 0
        while done < self._total:
            batch = await self._gather(self._total - done - sum(len(one) for one, _ in under_way))
            if batch:
                under_way.append((batch, asyncio.create_task(self._forward(batch))))
            while under_way and (len(under_way) >= UNDER_WAY or not batch):
                forwarded, task = under_way.popleft()
                await task
                await forwarded[-1].acknowledge()
                done += len(forwarded)
        return {
            "messages": self._total - self._warm_up,
            "published": self._published,
            "seconds": time.monotonic() - self._began,
            "cpu": cpu_seconds(os.getpid()),
        }

    async def _gather(self, left: int) -> list[Taken]:
        """Return a full batch, or what came within a moment; nothing if nothing is left."""
        wanted = min(self._batch, left)
        if len(self._waiting) < wanted:
            self._arrived.clear()
            try:
                async with asyncio.timeout(_TAIL_AFTER):
                    await self._arrived.wait()
            except TimeoutError:
                pass
        return [self._waiting.popleft() for _ in range(min(wanted, len(self._waiting)))]

    async def _forward(self, batch: Sequence[Taken]) -> None:
        addressed: list[tuple[str, bytes]] = []
        for taken in batch:
            self._owed += self._publishes
            times = int(self._owed)
            self._owed -= times
            addressed += [(next(self._next_target), taken.body) for _ in range(times)]
        await self._publish(addressed)
        self._published += len(addressed)


async def forward_by_frames(order: dict[str, Any], channel: AbstractChannel) -> dict[str, Any]:
    """Take and publish as the gateway does."""
    publisher = ConfirmedPublisher(order["url"], name="bench forwarder out")
    exchange: str = order["exchange"]
    raw: Any = await channel.get_underlay_channel()

    async def publish(addressed: Sequence[tuple[str, bytes]]) -> None:
        letters = [
            Letter(exchange, target, f"{id(body)}-{no}", "bench.forwarded", body)
            for no, (target, body) in enumerate(addressed)
        ]
        outcomes = await publisher.publish(letters, within=_WITHIN)
        lost = [outcome for outcome in outcomes if not isinstance(outcome, Delivered)]
        if lost:
            raise RuntimeError(f"{len(lost)} publishes were not confirmed, first: {lost[0]}")

    forwarder = Forwarder(order, publish)

    async def take(message: Any) -> None:
        tag = message.delivery.delivery_tag
        forwarder.take(Taken(message.body, lambda: raw.basic_ack(tag, multiple=True, wait=False)))

    await raw.basic_consume(order["queue"], take)
    try:
        return await forwarder.run()
    finally:
        await publisher.aclose()


async def forward_by_library(order: dict[str, Any], channel: AbstractChannel) -> dict[str, Any]:
    """Take and publish with aio-pika's public API."""
    connection = await aio_pika.connect(broker_url(order["url"], "bench forwarder out"))
    outgoing = await connection.channel(publisher_confirms=True, on_return_raises=True)
    exchange = await outgoing.get_exchange(order["exchange"], ensure=False)
    queue = await channel.get_queue(order["queue"], ensure=False)

    async def publish(addressed: Sequence[tuple[str, bytes]]) -> None:
        persistent = aio_pika.DeliveryMode.PERSISTENT
        await asyncio.gather(
            *(
                exchange.publish(
                    aio_pika.Message(body, delivery_mode=persistent), target, timeout=_WITHIN
                )
                for target, body in addressed
            )
        )

    forwarder = Forwarder(order, publish)

    async def take(message: AbstractIncomingMessage) -> None:
        forwarder.take(Taken(message.body, lambda: message.ack(multiple=True)))

    await queue.consume(take)
    try:
        return await forwarder.run()
    finally:
        await connection.close()


async def forward(order: dict[str, Any]) -> dict[str, Any]:
    """Carry out one order."""
    connection = await aio_pika.connect(broker_url(order["url"], "bench forwarder in"))
    async with connection:
        channel = await connection.channel(publisher_confirms=False)
        await channel.set_qos(prefetch_count=order["prefetch"])
        if order["make"] == "frames":
            return await forward_by_frames(order, channel)
        return await forward_by_library(order, channel)


def main() -> None:
    """Read the order as one JSON line on stdin; answer with one on stdout."""
    order = orjson.loads(sys.stdin.readline())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result = runner.run(forward(order))
    print(orjson.dumps(result).decode(), flush=True)


if __name__ == "__main__":
    main()
