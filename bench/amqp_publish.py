"""How fast confirmed publishing is: the AMQP library's own publish call, beside our batches.

    python -m bench.amqp_publish [--messages 10000] [--rounds 5]

Starts a private broker, publishes 2 KB messages to one quorum queue in batches of 250, all
confirmed, alternating between both ways; the last line is JSON with the medians.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aio_pika
import orjson
import uvloop

from connectors.amqp_queue import EXCHANGE, AmqpQueue
from connectors.broker import open_connection
from connectors.protocol import Delivered, Endpoint, Parcel
from gateway.servers import RabbitMQ

BATCH = 250
BODY = b"x" * 2048
CODE = "H54"
TYPE = "vn.lienthong.handover.offered.v1"


async def library(exchange: aio_pika.abc.AbstractExchange, ids: Sequence[UUID]) -> None:
    """Publish one batch with the library's own call."""
    await asyncio.gather(
        *(
            exchange.publish(
                aio_pika.Message(
                    BODY,
                    content_type="application/cloudevents+json",
                    delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
                    message_id=str(id_),
                    type=TYPE,
                ),
                CODE,
                timeout=30,
            )
            for id_ in ids
        )
    )


async def ours(connector: AmqpQueue, ids: Sequence[UUID]) -> None:
    """Publish one batch with the connector."""
    parcels = [Parcel(id_, "handover.offered", {"type": TYPE}, BODY) for id_ in ids]
    outcomes = await connector.send(Endpoint(CODE, "amqp", timeout=30), parcels)
    assert all(isinstance(outcome, Delivered) for outcome in outcomes)


async def timed(
    publish: Callable[[Any, Sequence[UUID]], Awaitable[None]], by: Any, messages: int
) -> tuple[float, float]:
    """Return messages per second, and microseconds of this process's time per message."""
    ids = [uuid4() for _ in range(messages)]
    wall, processor = time.perf_counter(), time.process_time()
    for start in range(0, messages, BATCH):
        await publish(by, ids[start : start + BATCH])
    return (
        messages / (time.perf_counter() - wall),
        (time.process_time() - processor) / messages * 1e6,
    )


async def measure(url: str, messages: int, rounds: int) -> dict[str, Any]:
    connection = await open_connection(url, "bench")
    channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
    exchange = await channel.declare_exchange(EXCHANGE, "direct", durable=True)
    queue = await channel.declare_queue(
        f"agency.{CODE}", durable=True, arguments={"x-queue-type": "quorum"}
    )
    await queue.bind(exchange, CODE)
    connector = AmqpQueue(url)
    results: dict[str, list[tuple[float, float]]] = {"library": [], "ours": []}
    for round_ in range(rounds):
        results["library"].append(await timed(library, exchange, messages))
        await queue.purge()
        results["ours"].append(await timed(ours, connector, messages))
        await queue.purge()
        for name, runs in results.items():
            rate, cost = runs[-1]
            print(f"round {round_ + 1}: {name:8} {rate:8.0f}/s {cost:6.0f} µs of ours per message")
    await connector.aclose()
    await connection.close()
    medians = {
        name: tuple(statistics.median(column) for column in zip(*runs, strict=True))
        for name, runs in results.items()
    }
    return {
        "library_per_s": round(medians["library"][0]),
        "ours_per_s": round(medians["ours"][0]),
        "ratio": round(medians["ours"][0] / medians["library"][0], 2),
        "library_us": round(medians["library"][1]),
        "ours_us": round(medians["ours"][1]),
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description="Measure confirmed publishing.")
    arguments.add_argument("--messages", type=int, default=10_000)
    arguments.add_argument("--rounds", type=int, default=5)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="lienthong-bench-") as folder:
        Path(folder).chmod(0o755)
        broker = RabbitMQ(Path(folder) / "rabbitmq").start()
        try:
            found = uvloop.run(measure(broker.url, asked.messages, asked.rounds))
        finally:
            broker.stop()
    print(orjson.dumps(found).decode())


if __name__ == "__main__":
    main()
