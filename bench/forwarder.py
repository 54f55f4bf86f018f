"""The yardstick: a bare forwarder from a quorum queue to the agencies' queues.

It takes (prefetch 1,000), publishes confirmed in batches of 250 inputs, and acknowledges; no
database, no thought. Each input is published as often as the gateway publishes per message on
average, to the same queues. It takes and publishes with the same code as the gateway, and up to
three batches are under way at once: faster than one at a time.

Run as a process of its own; it prints one JSON line when it has forwarded what it was told to.
"""

import asyncio
import os
import sys
import time
from collections import deque
from itertools import cycle, islice
from typing import Any, Final

import aio_pika
import orjson
import uvloop

from bench.processes import cpu_seconds
from connectors.amqp_frames import Letter
from connectors.amqp_publisher import ConfirmedPublisher
from connectors.broker import broker_url
from connectors.protocol import Delivered

UNDER_WAY: Final = 3
_WITHIN: Final = 30.0
_TAIL_AFTER: Final = 0.02


class Forwarder:
    """Forwards `total` messages; the clock starts after the first `warm_up` of them."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._url: str = order["url"]
        self._queue: str = order["queue"]
        self._targets: list[str] = order["targets"]
        self._exchange: str = order["exchange"]
        self._publishes: float = order["publishes"]
        self._prefetch: int = order["prefetch"]
        self._batch: int = order["batch"]
        self._warm_up: int = order["warm_up"]
        self._total: int = order["total"]
        self._publisher = ConfirmedPublisher(self._url, name="bench forwarder out")
        self._waiting: deque[tuple[int, str, bytes]] = deque()
        self._arrived = asyncio.Event()
        self._next_target = cycle(self._targets)
        self._taken = 0
        self._owed = 0.0
        self._published = 0
        self._began: float | None = None

    async def run(self) -> dict[str, Any]:
        connection = await aio_pika.connect(broker_url(self._url, "bench forwarder in"))
        channel = await connection.channel(publisher_confirms=False)
        await channel.set_qos(prefetch_count=self._prefetch)
        raw: Any = await channel.get_underlay_channel()
        await raw.basic_consume(self._queue, self._take)
        under_way: deque[tuple[int, int, asyncio.Task[None]]] = deque()
        done = 0
        while done < self._total:
            batch = await self._gather(self._total - done - sum(size for _, size, _ in under_way))
            if batch:
                task = asyncio.create_task(self._publish(batch))
                under_way.append((batch[-1][0], len(batch), task))
            while under_way and (len(under_way) >= UNDER_WAY or not batch):
                tag, size, task = under_way.popleft()
                await task
                await raw.basic_ack(tag, multiple=True)
                done += size
        ended = time.monotonic()
        assert self._began is not None
        await connection.close()
        await self._publisher.aclose()
        return {
            "messages": self._total - self._warm_up,
            "published": self._published,
            "seconds": ended - self._began,
            "cpu": cpu_seconds(os.getpid()),
        }

    async def _take(self, message: Any) -> None:
        self._taken += 1
        if self._taken == self._warm_up + 1:
            self._began = time.monotonic()
        self._waiting.append(
            (message.delivery.delivery_tag, message.header.properties.message_id, message.body)
        )
        if len(self._waiting) >= self._batch:
            self._arrived.set()

    async def _gather(self, left: int) -> list[tuple[int, str, bytes]]:
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

    async def _publish(self, batch: list[tuple[int, str, bytes]]) -> None:
        letters: list[Letter] = []
        for _, message_id, body in batch:
            self._owed += self._publishes
            times = int(self._owed)
            self._owed -= times
            letters += [
                Letter(self._exchange, target, f"{message_id}-{no}", "bench.forwarded", body)
                for no, target in enumerate(islice(self._next_target, times))
            ]
        outcomes = await self._publisher.publish(letters, within=_WITHIN)
        lost = [outcome for outcome in outcomes if not isinstance(outcome, Delivered)]
        if lost:
            raise RuntimeError(f"{len(lost)} publishes were not confirmed, first: {lost[0]}")
        self._published += len(letters)


def main() -> None:
    """Read the order as one JSON line on stdin; answer with one on stdout."""
    order = orjson.loads(sys.stdin.readline())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result = runner.run(Forwarder(order).run())
    print(orjson.dumps(result).decode(), flush=True)


if __name__ == "__main__":
    main()
