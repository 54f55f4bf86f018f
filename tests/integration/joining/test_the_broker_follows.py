"""On a real broker: its users, rights and queues follow what is decided about members."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import aio_pika
import httpx
import pytest
from aio_pika.exceptions import AMQPConnectionError, AMQPException

from gateway.broker.rights import MARK
from gateway.broker.topology import MESSAGES
from gateway.duties.doorkeeper import Doorkeeper
from tests.broker import Broker
from tests.integration.api.running import Api, running
from tests.integration.joining.office import JOINER, Office
from tests.stage.facts import eventually

SOON = 30.0


@pytest.fixture
async def api(database_url: str, broker: Broker) -> AsyncIterator[Api]:
    """A gateway with a broker whose users it manages."""
    urls = {"amqp_url": broker.url, "amqp_admin_url": broker.admin_url}
    async with running(database_url, **urls) as one:
        yield one


@pytest.fixture
async def joined(office: Office) -> dict[str, Any]:
    """The broker credential of an agency that is live and reached over AMQP."""
    await office.do("", agency=JOINER)
    made = await office.issue(JOINER, "http", "amqp")
    await office.do(f"/{JOINER}/endpoint", "PUT", connector="amqp")
    await office.do(f"/{JOINER}/go-live", force=True)
    return made["amqp"]


def _url(broker: Broker, credential: dict[str, Any]) -> str:
    parts = urlsplit(broker.url)
    host = parts.netloc.rpartition("@")[2]
    user = f"{quote(credential['name'])}:{quote(credential['secret'])}"
    return urlunsplit(parts._replace(netloc=f"{user}@{host}"))


async def _publishes(broker: Broker, credential: dict[str, Any], code: str = JOINER) -> bool:
    """Whether somebody who signs in with this may publish as this agency."""
    try:
        connection = await aio_pika.connect(_url(broker, credential), timeout=10)
    except (AMQPConnectionError, AMQPException):  # no such user, or no rights here yet
        return False
    async with connection:
        try:
            channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
            road = await channel.get_exchange(MESSAGES, ensure=False)
            await road.publish(aio_pika.Message(b"{}"), f"{code}.hop.received", timeout=10)
        except AMQPException:
            return False
    return True


async def _until_it_publishes(broker: Broker, credential: dict[str, Any]) -> None:
    async def publishes() -> bool:
        return await _publishes(broker, credential)

    await eventually(publishes, within=SOON)


async def _until_it_does_not(broker: Broker, credential: dict[str, Any]) -> None:
    async def does_not() -> bool:
        return not await _publishes(broker, credential)

    await eventually(does_not, within=SOON)


async def _alarms(api: Api) -> set[tuple[str, str]]:
    rows = await api.rows("SELECT kind, subject FROM alarms WHERE cleared_at IS NULL")
    return {(kind, subject) for kind, subject in rows}


async def test_a_member_gets_its_user_its_rights_and_its_queue(
    api: Api, broker: Broker, joined: dict[str, Any]
) -> None:
    await _until_it_publishes(broker, joined)

    assert not await _publishes(broker, joined, "H31.103")
    connection = await aio_pika.connect(_url(broker, joined))
    async with connection:
        channel = await connection.channel()
        queue = await channel.get_queue(f"agency.{JOINER}", ensure=False)
        while (message := await queue.get(fail=False)) is not None:
            assert message.routing_key == JOINER  # what it said before it was live is answered


async def test_a_test_message_comes_through_its_own_queue(
    office: Office, broker: Broker, joined: dict[str, Any]
) -> None:
    await _until_it_publishes(broker, joined)

    told = await office.do(f"/{JOINER}/test")

    assert told["state"] == "delivered", told
    connection = await aio_pika.connect(_url(broker, joined))
    async with connection:
        channel = await connection.channel()
        queue = await channel.get_queue(f"agency.{JOINER}", ensure=False)
        types = [(await queue.get(timeout=10)).type]
        while (message := await queue.get(fail=False)) is not None:
            types.append(message.type)
    assert "vn.lienthong.connection.tested.v1" in types


async def test_suspension_cuts_it_off_and_resuming_lets_it_in_again(
    office: Office, broker: Broker, joined: dict[str, Any]
) -> None:
    await _until_it_publishes(broker, joined)
    connection, lost = await aio_pika.connect(_url(broker, joined)), asyncio.Event()
    connection.close_callbacks.add(lambda *_: lost.set())

    await office.do(f"/{JOINER}/suspend")

    async with asyncio.timeout(SOON):
        await lost.wait()
    await _until_it_does_not(broker, joined)
    await office.do(f"/{JOINER}/resume")
    await _until_it_publishes(broker, joined)


async def test_a_rotated_user_stays_good_until_its_overlap_ends(
    office: Office, broker: Broker, joined: dict[str, Any]
) -> None:
    await _until_it_publishes(broker, joined)

    made = await office.do(f"/{JOINER}/credentials/rotate", road="amqp", overlap_hours=1)
    following = made["credentials"][0]
    await _until_it_publishes(broker, following)
    both = await _publishes(broker, joined)
    await office.api.rows(
        "UPDATE broker_credentials SET expires_at = clock_timestamp() WHERE user_name = %s",
        joined["name"],
    )
    await _until_it_does_not(broker, joined)

    assert both
    assert following["former"] == joined["name"]
    assert await _publishes(broker, following)


async def test_what_somebody_changed_by_hand_is_put_right_and_told(
    api: Api, broker: Broker, joined: dict[str, Any]
) -> None:
    await _until_it_publishes(broker, joined)
    await eventually(lambda: _is_applied(api), within=SOON)
    async with httpx.AsyncClient(base_url=broker.admin_url) as admin:
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        path = f"/api/permissions/{broker.vhost}/{joined['name']}"
        (await admin.put(path, json=everything)).raise_for_status()

        await api.rows("UPDATE doorkeeping SET wanted = wanted + 1")

        async def is_confined() -> bool:
            return bool((await admin.get(path)).json()["configure"] == "^$")

        await eventually(is_confined, within=SOON)
        (await admin.delete(f"/api/users/{joined['name']}")).raise_for_status()
    await api.rows("UPDATE doorkeeping SET wanted = wanted + 1")

    await _until_it_publishes(broker, joined)
    await eventually(lambda: _is_told(api, "broker-rights-drifted", joined["name"]), within=SOON)


async def test_strangers_are_told_and_those_who_wear_our_mark_are_expelled(
    api: Api, broker: Broker
) -> None:
    async with httpx.AsyncClient(base_url=broker.admin_url) as admin:
        for name, tags in (("somebody", ""), ("H31.103-7", MARK)):
            body = {"password": "synthetic-password-0", "tags": tags}
            (await admin.put(f"/api/users/{name}", json=body)).raise_for_status()
            everything = {"configure": ".*", "write": ".*", "read": ".*"}
            path = f"/api/permissions/{broker.vhost}/{name}"
            (await admin.put(path, json=everything)).raise_for_status()

        await api.rows("UPDATE doorkeeping SET wanted = wanted + 1")

        async def is_expelled() -> bool:
            return (await admin.get("/api/users/H31.103-7")).status_code == 404

        await eventually(is_expelled, within=SOON)
        await eventually(lambda: _is_told(api, "broker-stranger", "somebody"), within=SOON)
        still_there = (await admin.get("/api/users/somebody")).status_code
        (await admin.delete("/api/users/somebody")).raise_for_status()
    await api.rows("UPDATE doorkeeping SET wanted = wanted + 1")

    assert still_there == 200
    await eventually(lambda: _is_told(api, "broker-stranger", "somebody", no=True), within=SOON)


async def test_while_management_is_away_that_is_an_alarm_and_it_goes_on_later(
    database_url: str, broker: Broker
) -> None:
    """Two doorkeepers take turns: one without a way to the management API, one with."""
    async with running(database_url) as api:
        office = Office(api, await api.sign_in(None, "operator"))
        await office.do("", agency=JOINER)
        credential = (await office.issue(JOINER, "amqp"))["amqp"]
        services = api.gateway.services
        parts = (services.pool, services.librarian, services.clock)
        away = Doorkeeper(*parts, amqp_url=broker.url, admin_url="http://x:y@127.0.0.1:9")
        back = Doorkeeper(*parts, amqp_url=broker.url, admin_url=broker.admin_url)

        await away.look()
        told = await _alarms(api)
        at_once = await back.look()  # it is put off for some seconds
        not_yet = await _publishes(broker, credential)
        await api.rows("UPDATE doorkeeping SET leased_until = '-infinity'")
        connection = await aio_pika.connect(broker.url)
        async with connection:
            channel = await connection.channel()
            await channel.declare_exchange(MESSAGES, "topic", durable=True)
            await channel.declare_exchange("lienthong.events", "topic", durable=True)
            await back.look()
            queue = await channel.declare_queue("here", exclusive=True)
            await queue.bind(MESSAGES, "#")
            now = await _publishes(broker, credential)
        after = await _alarms(api)
        await away.aclose()
        await back.aclose()

    assert told == {("broker-management-away", "doorkeeper")}
    assert (at_once, not_yet, now, after) == (False, False, True, set())


async def test_one_process_at_a_time_keeps_the_door(database_url: str, broker: Broker) -> None:
    async with running(database_url) as api:
        services = api.gateway.services
        parts = (services.pool, services.librarian, services.clock)
        one = Doorkeeper(*parts, amqp_url=broker.url, admin_url=broker.admin_url)
        other = Doorkeeper(*parts, amqp_url=broker.url, admin_url=broker.admin_url)

        await one.look()
        await other.look()  # nothing is wanted, and the minute is not over
        [(rounds,)] = await api.rows("SELECT lease_no FROM doorkeeping")
        await api.rows(
            "UPDATE doorkeeping SET wanted = wanted + 1, leased_until = clock_timestamp() + %s",
            timedelta(minutes=1),
        )
        await other.look()  # another one is at it
        [(then,)] = await api.rows("SELECT lease_no FROM doorkeeping")
        await one.aclose()
        await other.aclose()

    assert (rounds, then) == (1, 1)


async def _is_applied(api: Api) -> bool:
    return bool(await api.rows("SELECT 1 FROM broker_credentials WHERE applied_at IS NOT NULL"))


async def _is_told(api: Api, kind: str, subject: str, *, no: bool = False) -> bool:
    return ((kind, subject) in await _alarms(api)) is not no
