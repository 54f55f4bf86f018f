"""On a real broker: an agency writes as itself alone, and reads its own queues alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import AMQPConnectionError, AMQPException, ProbableAuthenticationError
from aiormq.exceptions import ChannelAccessRefused

from gateway.broker.topology import MESSAGES, declare_agency_queues, declare_roads
from gateway.identity.broker_users import BrokerUsers
from tests.broker import Broker

PROVINCE, COMMUNE = "H42", "H42.01"


@pytest.fixture
async def urls(broker: Broker) -> AsyncIterator[dict[str, str]]:
    """The AMQP URLs of two agencies, one code a prefix of the other."""
    connection = await aio_pika.connect(broker.url)
    async with connection, BrokerUsers(broker.admin_url, broker.url) as users:
        channel = await connection.channel()
        await declare_roads(channel)
        await declare_agency_queues(channel, (PROVINCE, COMMUNE))
        yield {code: await users.register(code) for code in (PROVINCE, COMMUNE)}


@asynccontextmanager
async def _channel(url: str) -> AsyncIterator[AbstractChannel]:
    connection = await aio_pika.connect(url, timeout=10)
    async with connection:
        yield await connection.channel(publisher_confirms=True, on_return_raises=True)


async def _publish(url: str, routing_key: str, exchange: str = MESSAGES) -> None:
    async with _channel(url) as channel:
        road = await channel.get_exchange(exchange, ensure=False)
        await road.publish(aio_pika.Message(b"{}"), routing_key, timeout=10)


async def test_an_agency_publishes_as_itself(urls: dict[str, str]) -> None:
    for code, url in urls.items():
        await _publish(url, f"{code}.transfer.submitted")
        await _publish(url, f"{code}.hop.completed")


@pytest.mark.parametrize(
    ("who", "routing_key"),
    [
        (PROVINCE, "H42.01.transfer.submitted"),
        (COMMUNE, "H42.transfer.submitted"),
        (PROVINCE, "H43.transfer.submitted"),
        (PROVINCE, "H42.handover.offered"),
        (PROVINCE, "H42xtransfer.submitted"),
        (PROVINCE, "XH42.transfer.submitted"),
        (COMMUNE, "H42.01.transfer.submitted.more"),
        (COMMUNE, "H42x01.transfer.submitted"),
        (COMMUNE, ""),
    ],
)
async def test_an_agency_cannot_publish_as_another(
    urls: dict[str, str], who: str, routing_key: str
) -> None:
    with pytest.raises(ChannelAccessRefused):
        await _publish(urls[who], routing_key)


@pytest.mark.parametrize("exchange", ["lienthong.deliveries", "lienthong.events", ""])
async def test_an_agency_cannot_publish_past_the_intake(
    urls: dict[str, str], exchange: str
) -> None:
    with pytest.raises((ChannelAccessRefused, AMQPException)):
        await _publish(urls[PROVINCE], f"agency.{COMMUNE}", exchange)


async def test_an_agency_reads_its_own_queue(urls: dict[str, str]) -> None:
    async with _channel(urls[COMMUNE]) as channel:
        queue = await channel.get_queue(f"agency.{COMMUNE}", ensure=False)

        assert await queue.get(fail=False) is None


@pytest.mark.parametrize("queue", [f"agency.{COMMUNE}", "lienthong.intake", "lienthong.dead"])
async def test_an_agency_cannot_read_anothers_queue(urls: dict[str, str], queue: str) -> None:
    async with _channel(urls[PROVINCE]) as channel:
        foreign = await channel.get_queue(queue, ensure=False)

        with pytest.raises(ChannelAccessRefused):
            await foreign.get(fail=False)


async def test_an_agency_declares_and_binds_nothing(urls: dict[str, str]) -> None:
    async with _channel(urls[PROVINCE]) as channel:
        with pytest.raises(ChannelAccessRefused):
            await channel.declare_queue("mine", durable=True)
    async with _channel(urls[PROVINCE]) as channel:
        own = await channel.get_queue(f"agency.{PROVINCE}", ensure=False)
        with pytest.raises(ChannelAccessRefused):
            await own.bind("lienthong.deliveries", routing_key=COMMUNE)


async def test_suspension_cuts_off_and_keeps_out(urls: dict[str, str], broker: Broker) -> None:
    connection = await aio_pika.connect(urls[COMMUNE], timeout=10)
    async with BrokerUsers(broker.admin_url, broker.url) as users:
        await users.suspend(COMMUNE)

        assert not await users.exists(COMMUNE)
    with pytest.raises((AMQPException, RuntimeError)):
        await connection.channel()
    with pytest.raises((ProbableAuthenticationError, AMQPConnectionError)):
        await aio_pika.connect(urls[COMMUNE], timeout=10)
    await connection.close()


async def test_registering_again_gives_a_new_password(urls: dict[str, str], broker: Broker) -> None:
    async with BrokerUsers(broker.admin_url, broker.url) as users:
        fresh = await users.register(COMMUNE)

    await _publish(fresh, f"{COMMUNE}.hop.received")
    with pytest.raises((ProbableAuthenticationError, AMQPConnectionError)):
        await aio_pika.connect(urls[COMMUNE], timeout=10)
