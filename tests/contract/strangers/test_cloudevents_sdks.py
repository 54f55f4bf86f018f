"""The CloudEvents project's SDKs for Python and JavaScript, in every mode, over both roads."""

import asyncio
from datetime import datetime
from typing import Any

import httpx
import orjson
import pika
import pytest
from cloudevents.core.bindings import amqp, http, rabbitmq
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from schemas.kinds import Kind
from tests.contract.javascript.node import run
from tests.contract.strangers.doors import Doors
from tests.contract.strangers.pika_client import exchange
from tests.npm import needs_node
from tests.stage.dossiers import event

BATCH = "application/cloudevents-batch+json"
ASKED_FOR = [
    ("structured", [1]),
    ("binary", [1]),
    ("binary", [2]),
    ("structured", [2]),
    ("batch", [1, 3, 2, 4]),
]
"""Modes, and the events that are sent in them one after the other."""
ANSWERED: list[Any] = [
    (202, "accepted"),
    (200, "duplicate"),
    (202, "accepted"),
    (200, "duplicate"),
    (200, ["duplicate", "accepted", "duplicate", "accepted"]),
]


@needs_node
async def test_the_sdk_for_javascript_over_http(doors: Doors) -> None:
    said = [{"mode": mode, "events": [event(no) for no in nos]} for mode, nos in ASKED_FOR]

    answers = await asyncio.to_thread(run, "post.mjs", doors.http, doors.token, said=said)

    assert [(one["status"], _verdict(one["body"])) for one in answers] == ANSWERED


async def test_the_sdk_for_python_over_http(doors: Doors) -> None:
    answers = []
    async with httpx.AsyncClient(base_url=doors.http) as client:
        for mode, nos in ASKED_FOR:
            message = _written(mode, [_sdk_event(no) for no in nos])
            headers = {**message.headers, "Authorization": f"Bearer {doors.token}"}
            answer = await client.post("/v1/messages", content=message.body, headers=headers)
            answers.append((answer.status_code, _verdict(answer.json())))

    assert answers == ANSWERED


@needs_node
async def test_the_sdk_for_javascript_over_amqp(doors: Doors) -> None:
    said = [{"mode": mode, "event": event(no)} for mode, no in (("structured", 1), ("binary", 2))]

    heard = await asyncio.to_thread(run, "publish.mjs", doors.amqp, doors.agency, said=said)

    receipts = [one for one in heard if one["type"] == Kind.RECEIPT_ISSUED.type]
    assert {one["correlation"]: one["data"]["verdict"] for one in receipts} == {
        "message-1": "accepted",
        "message-2": "accepted",
    }
    offers = [one for one in heard if one["type"] == Kind.HANDOVER_OFFERED.type]
    assert all(one["data"]["procedure"] for one in offers)


@pytest.mark.parametrize("mode", ["structured", "binary", "binary of AMQP 1.0"])
async def test_the_sdk_for_python_over_amqp(doors: Doors, mode: str) -> None:
    body, properties = _published(mode, _sdk_event(1))

    heard = await asyncio.to_thread(
        exchange, doors.amqp, doors.agency, [(body, properties, Kind.TRANSFER_SUBMITTED)]
    )

    [receipt] = [
        told
        for delivery in heard
        if (told := _read(delivery)).get_type() == Kind.RECEIPT_ISSUED.type
    ]
    data: Any = receipt.get_data()
    assert (data["verdict"], data["message"]) == ("accepted", "message-1")


def _sdk_event(no: int) -> CloudEvent:
    said = event(no)
    data = said.pop("data")
    if "time" in said:
        said["time"] = datetime.fromisoformat(said["time"])
    return CloudEvent({**said, "datacontenttype": "application/json"}, data)


def _written(mode: str, events: list[CloudEvent]) -> http.HTTPMessage:
    match mode:
        case "structured":
            return http.to_structured(events[0], JSONFormat())
        case "binary":
            return http.to_binary(events[0], JSONFormat())
        case _:
            bodies = [http.to_structured(one, JSONFormat()).body for one in events]
            return http.HTTPMessage({"content-type": BATCH}, b"[" + b",".join(bodies) + b"]")


def _published(mode: str, said: CloudEvent) -> tuple[bytes, pika.BasicProperties]:
    match mode:
        case "structured":
            written: Any = rabbitmq.to_structured(said, JSONFormat())
            body, headers, media = written.body, written.headers, written.content_type
        case "binary":
            written = rabbitmq.to_binary(said, JSONFormat())
            body, headers, media = written.body, written.headers, written.content_type
        case _:
            written = amqp.to_binary(said, JSONFormat())
            body, headers = written.application_data, written.application_properties
            media = written.properties["content-type"]
    return body, pika.BasicProperties(
        content_type=media, headers=headers, message_id=said.get_id(), delivery_mode=2
    )


def _read(delivery: tuple[bytes, pika.BasicProperties]) -> Any:
    body, properties = delivery
    message = http.HTTPMessage({"content-type": properties.content_type or ""}, body)
    return http.from_http_event(message)


def _verdict(body: Any) -> Any:
    if isinstance(body, list):
        return [one.get("verdict", one.get("type")) for one in body]
    return body.get("verdict", orjson.dumps(body).decode())
