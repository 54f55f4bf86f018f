"""The broker's surface with clients that are not ours: pika here, amqplib in the SDKs' tests."""

import asyncio

import orjson
import pika
import pytest
from pika.exceptions import ChannelClosedByBroker

from schemas.kinds import Kind
from tests.contract.strangers.doors import Doors
from tests.contract.strangers.pika_client import exchange
from tests.stage.dossiers import COMMUNE, POPULATION, copies, event

STRUCTURED = "application/cloudevents+json"


async def test_a_dossier_goes_its_whole_way_over_pika(doors: Doors) -> None:
    """Certified copies: four hops, all at the commune itself."""
    ended = await asyncio.to_thread(_work, doors.amqp, event(1, copies()))

    assert ended["state"] == "completed"
    assert doors.inside.count("SELECT count(*) FROM transfers WHERE state = 'completed'") == 1


async def test_every_message_has_its_receipt_and_a_copy_the_same(doors: Doors) -> None:
    said = [event(no) for no in (1, 2, 1, 3)]

    heard = await asyncio.to_thread(
        exchange, doors.amqp, COMMUNE, [_message(one) for one in said[:2]]
    )
    again = await asyncio.to_thread(
        exchange, doors.amqp, COMMUNE, [_message(one) for one in said[2:]]
    )

    verdicts = {
        properties.correlation_id: orjson.loads(body)["data"]["verdict"]
        for body, properties in (*heard, *again)
        if properties.correlation_id
    }
    assert verdicts == {"message-1": "duplicate", "message-2": "accepted", "message-3": "accepted"}


async def test_a_stranger_to_an_agency_is_refused_by_the_broker(doors: Doors) -> None:
    for attempt in (_publish_as_another, _read_another, _declare_a_queue):
        with pytest.raises(ChannelClosedByBroker) as refused:
            await asyncio.to_thread(attempt, doors.amqp)
        assert refused.value.reply_code == 403, attempt


def _message(said: dict[str, object]) -> tuple[bytes, pika.BasicProperties, Kind]:
    properties = pika.BasicProperties(
        content_type=STRUCTURED, message_id=str(said["id"]), delivery_mode=2
    )
    return orjson.dumps(said), properties, Kind.TRANSFER_SUBMITTED


def _work(url: str, submission: dict[str, object]) -> dict[str, object]:
    """Submit, then do every hop that is offered; return what the last notice says."""
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        body, properties, _ = _message(submission)
        channel.basic_publish(
            "lienthong.messages", f"{COMMUNE}.transfer.submitted", body, properties, mandatory=True
        )
        for method, _, body in channel.consume(f"agency.{COMMUNE}", inactivity_timeout=30):
            assert method is not None, "nothing came for 30 s"
            said = orjson.loads(body)
            if said["type"] == Kind.HANDOVER_OFFERED.type:
                hop = {name: said["data"][name] for name in ("transfer", "step", "round")}
                done = {
                    "specversion": "1.0",
                    "id": f"{said['id']}-done",
                    "source": f"urn:lienthong:agency:{COMMUNE}",
                    "type": Kind.HOP_COMPLETED.type,
                    "subject": said["subject"],
                    "data": {**hop, "outcome": "approved"},
                }
                body, properties, _ = _message(done)
                channel.basic_publish(
                    "lienthong.messages", f"{COMMUNE}.hop.completed", body, properties
                )
            channel.basic_ack(method.delivery_tag)
            if said["type"] == Kind.TRANSFER_FINISHED.type:
                channel.cancel()
                ended: dict[str, object] = said["data"]
                return ended
    raise AssertionError("the queue ended")


def _publish_as_another(url: str) -> None:
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.basic_publish("lienthong.messages", f"{POPULATION}.hop.completed", b"{}")


def _read_another(url: str) -> None:
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        connection.channel().basic_consume("lienthong.intake", lambda *_: None)


def _declare_a_queue(url: str) -> None:
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        connection.channel().queue_declare("agency.mine")
