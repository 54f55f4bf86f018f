"""On a real broker: the queue of a removed agency goes, and nothing that matters with it."""

from collections.abc import AsyncIterator
from typing import Any

import aio_pika
import httpx
import pytest

from gateway.broker.topology import DELIVERIES
from gateway.operations.leaving import LEFT
from tests.broker import Broker
from tests.integration.api.running import Api, running
from tests.integration.joining.office import JOINER, Office
from tests.stage.facts import eventually

SOON = 60.0
QUEUE = f"agency.{JOINER}"
BIRTH: dict[str, Any] = {
    "data__procedure": "2.000987",
    "data__places": {"applicant": "11977"},
    "data__facts": {"residence_check": "simple", "identity_card": False},
}
"""Of the joiner's commune, handed in elsewhere: its turn comes first."""


@pytest.fixture
async def api(database_url: str, broker: Broker) -> AsyncIterator[Api]:
    """A gateway with a broker whose users and queues it manages."""
    urls = {"amqp_url": broker.url, "amqp_admin_url": broker.admin_url}
    async with running(database_url, **urls) as one:
        yield one


async def _joined(office: Office, broker: Broker) -> None:
    await office.do("", agency=JOINER)
    await office.issue(JOINER, "http", "amqp")
    await office.do(f"/{JOINER}/endpoint", "PUT", connector="amqp")
    await office.do(f"/{JOINER}/go-live", force=True)
    await office.api.gateway.refresh_endpoints()
    await eventually(lambda: _messages(broker), within=SOON)


async def _messages(broker: Broker) -> list[int] | None:
    """Return how many messages lie in the joiner's queue, in a list; None if there is no queue."""
    path = f"/api/queues/{broker.vhost}/{QUEUE}"
    async with httpx.AsyncClient(base_url=broker.admin_url) as admin:
        answer = await admin.get(path)
    return None if answer.status_code == 404 else [answer.json().get("messages", 0)]


async def _looked_again(api: Api, rounds: int) -> None:
    """Let the doorkeeper do so many whole rounds from now on."""
    for _ in range(rounds):
        [(wanted,)] = await api.rows("UPDATE doorkeeping SET wanted = wanted + 1 RETURNING wanted")

        async def is_done(wanted: int = wanted) -> bool:
            return bool(await api.rows("SELECT 1 FROM doorkeeping WHERE done >= %s", wanted))

        await eventually(is_done, within=SOON)


async def test_a_turn_that_lay_unread_waits_for_a_person_and_the_queue_goes(
    office: Office, broker: Broker
) -> None:
    api = office.api
    await _joined(office, broker)
    receipt = await api.submit(await api.sign_in(), **BIRTH)
    handed = "SELECT state FROM deliveries WHERE kind = 'handover.offered' AND agency = %s"
    await eventually(lambda: _is(api, handed, "delivered"), within=SOON)

    await office.do(f"/{JOINER}/remove")

    async def is_gone() -> bool:
        await _looked_again(api, 1)
        return await _messages(broker) is None

    await eventually(is_gone, within=SOON, every=0.5)
    left = await api.rows(
        "SELECT state, failure_code, transfer_id::text FROM deliveries"
        " WHERE kind = 'handover.offered' AND agency = %s",
        JOINER,
    )
    answer = await api.http.get("/v1/operations/stuck/undeliverable", headers=office.operator)
    assert left == [("failed", LEFT, receipt["transfer"])]
    assert receipt["transfer"] in answer.text


async def test_what_is_no_delivery_of_ours_stays_and_the_queue_with_it(
    office: Office, broker: Broker
) -> None:
    api = office.api
    await _joined(office, broker)
    connection = await aio_pika.connect(broker.url)
    async with connection:
        channel = await connection.channel()
        road = await channel.get_exchange(DELIVERIES)
        await road.publish(aio_pika.Message(b"not ours", message_id="somebody's"), JOINER)
        await office.do(f"/{JOINER}/remove")
        await _looked_again(api, 3)

        queue = await channel.get_queue(QUEUE)
        message = await queue.get(timeout=10)
        await message.nack()

    assert message.body == b"not ours"


async def test_who_registers_again_has_a_queue_again(office: Office, broker: Broker) -> None:
    api = office.api
    await _joined(office, broker)
    await office.do(f"/{JOINER}/remove")

    async def is_gone() -> bool:
        await _looked_again(api, 1)
        return await _messages(broker) is None

    await eventually(is_gone, within=SOON, every=0.5)
    await _joined(office, broker)
    told = await office.do(f"/{JOINER}/test")

    assert told["state"] == "delivered", told


async def _is(api: Api, query: str, state: str) -> bool:
    return await api.rows(query, JOINER) == [(state,)]
