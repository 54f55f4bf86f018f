"""What the queue connector answers when the broker refuses, hangs, stops or comes back."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import uuid4

import aio_pika
import pytest

from connectors.amqp_queue import AmqpQueue
from connectors.protocol import Delivered, Endpoint, Parcel, Refused, Unreachable
from tests.broker import Broker
from tests.contract.connectors.stand_in import declare_topology
from tests.contract.connectors.ways import handover

CODE, NOBODY = "H54.3", "H54.4"
PARCELS = [handover(step=f"step-{n}") for n in range(600)]
ENDPOINT = Endpoint(CODE, "amqp", timeout=10)


@asynccontextmanager
async def connector_to(url: str) -> AsyncIterator[AmqpQueue]:
    connector = AmqpQueue(url)
    try:
        yield connector
    finally:
        await connector.aclose()


@pytest.fixture
async def queue(broker: Broker) -> AsyncIterator[AmqpQueue]:
    await declare_topology(broker.url, [CODE])
    async with connector_to(broker.url) as connector:
        yield connector


async def drain(url: str, count: int) -> list[aio_pika.abc.AbstractIncomingMessage]:
    """Take so many messages out of the agency's queue, and see that there are no more."""
    messages = [message async for message in drained(url)]
    assert len(messages) == count
    return messages


async def drained(url: str) -> AsyncIterator[aio_pika.abc.AbstractIncomingMessage]:
    connection = await aio_pika.connect(url)
    async with connection:
        channel = await connection.channel()
        waiting = await channel.get_queue(f"agency.{CODE}")
        while (message := await waiting.get(no_ack=True, fail=False, timeout=5)) is not None:
            yield message


async def in_thread(act: object) -> None:
    """Run a blocking verb of the server without blocking the loop."""
    done = asyncio.Event()
    loop = asyncio.get_running_loop()

    def run() -> None:
        try:
            act()  # type: ignore[operator]
        finally:
            loop.call_soon_threadsafe(done.set)

    threading.Thread(target=run).start()
    await done.wait()


async def test_a_message_carries_id_type_correlation_and_the_very_bytes(
    queue: AmqpQueue, broker: Broker
) -> None:
    parcel = replace(PARCELS[0], correlation="h54-15-07-000417")

    outcomes = await queue.send(ENDPOINT, [parcel])
    (message,) = await drain(broker.url, 1)

    assert outcomes == [Delivered("broker confirm")]
    assert message.body == parcel.body
    assert message.message_id == str(parcel.delivery)
    assert message.correlation_id == "h54-15-07-000417"
    assert message.type == "vn.lienthong.handover.offered.v1"
    assert message.content_type == "application/cloudevents+json"
    assert message.delivery_mode == aio_pika.DeliveryMode.PERSISTENT


async def test_many_batches_at_once_are_all_confirmed_in_order(
    queue: AmqpQueue, broker: Broker
) -> None:
    calls = [PARCELS[n : n + 300] for n in range(0, 600, 300)]

    answers = await asyncio.gather(*(queue.send(ENDPOINT, call) for call in calls))
    arrived = [message.message_id for message in await drain(broker.url, 600)]

    assert all(outcome == Delivered("broker confirm") for got in answers for outcome in got)
    for call in calls:
        ids = [str(parcel.delivery) for parcel in call]
        assert [id_ for id_ in arrived if id_ in set(ids)] == ids


async def test_what_no_queue_takes_is_refused_and_the_rest_of_the_batch_delivered(
    queue: AmqpQueue,
) -> None:
    nobody = Endpoint(NOBODY, "amqp")
    addressed = [(nobody if n % 3 == 0 else ENDPOINT, PARCELS[n]) for n in range(30)]

    outcomes = await queue.send_mixed(addressed, within=10)

    for n, outcome in enumerate(outcomes):
        if n % 3 == 0:
            assert outcome == Refused("no-queue", f"no queue is bound for {NOBODY}")
        else:
            assert isinstance(outcome, Delivered)


async def test_what_amqp_cannot_carry_is_refused_alone(queue: AmqpQueue) -> None:
    large = replace(PARCELS[1], body=b" " * (1024 * 1024 + 1))
    largest = replace(PARCELS[2], body=b" " * (1024 * 1024))
    empty = replace(PARCELS[3], body=b"")
    elsewhere = Endpoint("H" * 300, "amqp")

    outcomes = await queue.send(ENDPOINT, [PARCELS[0], large, largest, empty])
    (nowhere,) = await queue.send(elsewhere, [PARCELS[4]])

    assert [type(outcome) for outcome in outcomes] == [Delivered, Refused, Delivered, Delivered]
    assert isinstance(nowhere, Refused)
    assert nowhere.code == "unsendable"


async def test_a_correlation_too_long_for_amqp_is_left_out(
    queue: AmqpQueue, broker: Broker
) -> None:
    outcomes = await queue.send(ENDPOINT, [replace(PARCELS[0], correlation="ư" * 200)])
    (message,) = await drain(broker.url, 1)

    assert outcomes == [Delivered("broker confirm")]
    assert message.correlation_id is None


async def test_a_missing_exchange_is_told_and_mended(broker: Broker) -> None:
    async with connector_to(broker.url) as connector:
        (before,) = await connector.send(ENDPOINT, PARCELS[:1])
        await declare_topology(broker.url, [CODE])
        (after,) = await connector.send(ENDPOINT, PARCELS[:1])

    assert isinstance(before, Unreachable)
    assert before.code == "broker-refused"
    assert after == Delivered("broker confirm")


async def test_a_broker_that_is_not_there_is_told_at_once() -> None:
    async with connector_to("amqp://lienthong:x@127.0.0.1:9/") as connector:
        (outcome,) = await connector.send(ENDPOINT, PARCELS[:1])

    assert isinstance(outcome, Unreachable)
    assert not outcome.unknown


async def test_wrong_credentials_are_told_as_unreachable(broker: Broker) -> None:
    wrong = broker.url.replace("lienthong:", "lienthong:not-")
    async with connector_to(wrong) as connector:
        (outcome,) = await connector.send(ENDPOINT, PARCELS[:1])

    assert isinstance(outcome, Unreachable)
    assert not outcome.unknown


async def test_a_broker_that_says_nothing_costs_no_more_than_the_timeout() -> None:
    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with silent, connector_to(f"amqp://a:b@127.0.0.1:{port}/") as connector:
        outcomes = await asyncio.gather(
            *(connector.send(replace(ENDPOINT, timeout=0.5), PARCELS[:2]) for _ in range(5))
        )
    assert loop.time() - began < 2
    assert all(
        isinstance(outcome, Unreachable) and not outcome.unknown
        for got in outcomes
        for outcome in got
    )


async def test_a_stopped_process_is_unknown_within_the_timeout_and_delivers_afterwards(
    queue: AmqpQueue, broker: Broker
) -> None:
    await queue.send(ENDPOINT, PARCELS[:1])
    loop = asyncio.get_running_loop()

    broker.server.pause()
    began = loop.time()
    outcomes = await queue.send(replace(ENDPOINT, timeout=1), PARCELS[1:5])
    waited = loop.time() - began
    broker.server.resume()
    again = await queue.send(ENDPOINT, PARCELS[1:5])

    assert waited < 3
    assert all(isinstance(o, Unreachable) and o.unknown for o in outcomes), outcomes
    assert again == [Delivered("broker confirm")] * 4


async def test_a_broker_that_stops_in_the_middle_loses_nothing_that_was_called_delivered(
    queue: AmqpQueue, broker: Broker
) -> None:
    # Stopped, not killed: RabbitMQ 3.10 forgets a quorum queue made seconds before a SIGKILL.
    restarting = asyncio.create_task(in_thread(broker.server.restart))
    delivered: set[str] = set()
    rounds = 0

    async with asyncio.timeout(60):
        while len(delivered) < len(PARCELS) or not restarting.done():
            rounds += 1
            batch = [p for p in PARCELS if str(p.delivery) not in delivered][:20] or PARCELS[:20]
            outcomes = await queue.send(replace(ENDPOINT, timeout=5), batch)
            delivered.update(
                str(parcel.delivery)
                for parcel, outcome in zip(batch, outcomes, strict=True)
                if isinstance(outcome, Delivered)
            )
            if any(isinstance(outcome, Unreachable) for outcome in outcomes):
                await asyncio.sleep(0.05)

    arrived = {message.message_id async for message in drained(broker.url)}
    assert delivered <= arrived


async def test_a_call_that_is_cancelled_leaves_the_channel_usable(
    queue: AmqpQueue, broker: Broker
) -> None:
    await queue.send(ENDPOINT, PARCELS[:1])
    calls = [asyncio.create_task(queue.send(ENDPOINT, PARCELS[:250])) for _ in range(20)]
    for call in calls:
        await asyncio.sleep(0)
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)

    outcomes = await queue.send(ENDPOINT, PARCELS[:100])
    nobody = await queue.send(Endpoint(NOBODY, "amqp"), PARCELS[:3])

    assert outcomes == [Delivered("broker confirm")] * 100
    assert [type(outcome) for outcome in nobody] == [Refused] * 3


async def test_a_connection_that_the_broker_closes_is_opened_again(
    queue: AmqpQueue, broker: Broker
) -> None:
    await queue.send(ENDPOINT, PARCELS[:1])

    await in_thread(broker.server.restart)
    outcomes = await queue.send(ENDPOINT, PARCELS[:50])

    assert outcomes == [Delivered("broker confirm")] * 50


async def test_nothing_stays_behind_in_the_channel(queue: AmqpQueue) -> None:
    await queue.send(ENDPOINT, PARCELS)
    await queue.send(Endpoint(NOBODY, "amqp"), [Parcel(uuid4(), "k", {"type": "t"}, b"{}")])

    channel = queue._publisher._channel
    assert channel is not None
    assert not channel.confirmations
    assert not channel.message_id_delivery_tag


async def test_it_closes_twice_and_without_ever_having_connected() -> None:
    connector = AmqpQueue("amqp://127.0.0.1:9/")

    await connector.aclose()
    await connector.aclose()

    assert await connector.send(ENDPOINT, []) == []


async def set_memory_watermark(broker: Broker, *mark: str) -> None:
    """Make the broker think that its memory is full, or not, as its own tool does."""
    facts = broker.server._known
    # --longnames is left out: the private nodes have short names.
    tool = await asyncio.create_subprocess_exec(
        "/usr/lib/rabbitmq/bin/rabbitmqctl",
        *("--node", facts.node, "--erlang-cookie", facts.cookie),
        *("set_vm_memory_high_watermark", *mark),
        env=broker.server._environment(facts),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await tool.communicate()
    assert tool.returncode == 0, said.decode()


async def test_a_blocked_broker_is_told_and_used_again_when_it_takes_messages(
    queue: AmqpQueue, broker: Broker
) -> None:
    await queue.send(ENDPOINT, PARCELS[:1])
    quick = replace(ENDPOINT, timeout=1)

    await set_memory_watermark(broker, "0.00001")
    try:
        (first,) = await queue.send(quick, PARCELS[1:2])
        (second,) = await queue.send(quick, PARCELS[2:3])
    finally:
        await set_memory_watermark(broker, "absolute", "1GB")  # as the configuration has it
    afterwards = await queue.send(ENDPOINT, PARCELS[1:3])

    # The broker says so only once somebody publishes: that first message is in its hands.
    assert isinstance(first, Unreachable)
    assert (first.code, first.unknown) == ("broker-blocked", True)
    assert isinstance(second, Unreachable)
    assert (second.code, second.unknown) == ("broker-blocked", False)
    assert afterwards == [Delivered("broker confirm")] * 2
