"""An agency's bare wires: any bytes may be sent, and everything that comes back is kept."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import aio_pika
import httpx
import orjson
from aio_pika.abc import AbstractConnection, AbstractExchange, AbstractIncomingMessage
from aiormq.exceptions import AMQPError

from connectors.broker import broker_url
from gateway.broker.topology import MESSAGES, agency_queue, declare_agency_queues, declare_roads
from tests.stage.dossiers import COMMUNE
from tests.stage.facts import eventually

STRUCTURED: Final = "application/cloudevents+json"
KIND: Final = "transfer.submitted"


@dataclass(slots=True)
class Wire:
    """An agency's connection to the broker: publishes into intake, reads its own queue."""

    agency: str
    exchange: AbstractExchange
    deliveries: list[dict[str, Any]] = field(default_factory=list)

    async def say(
        self,
        event: Mapping[str, Any] | bytes,
        *,
        kind: str = KIND,
        media: str | None = STRUCTURED,
        message_id: str | None = None,
        headers: Mapping[str, Any] | None = None,
    ) -> None:
        """Publish an event, or any bytes; return once a queue has it."""
        body = event if isinstance(event, bytes) else orjson.dumps(event)
        message = aio_pika.Message(
            body,
            content_type=media,
            message_id=message_id,
            headers=dict(headers or {}),
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        )
        await self.exchange.publish(message, f"{self.agency}.{kind}", timeout=10)

    def receipts(self, message: str | None = None) -> list[dict[str, Any]]:
        """Return the receipts that came, in their order; those of one message, if it is named."""
        found = [
            one["data"]
            for one in self.deliveries
            if one["type"] == "vn.lienthong.receipt.issued.v1"
        ]
        return [one for one in found if message in (None, one["message"])]

    async def receipt(self, message: str, *, within: float = 15.0) -> dict[str, Any]:
        """Wait for the first receipt of a message."""
        await eventually(
            lambda: self.receipts(message), within=within, told=lambda: self.deliveries[-3:]
        )
        return self.receipts(message)[0]


@asynccontextmanager
async def wire(url: str, agency: str = COMMUNE) -> AsyncIterator[Wire]:
    """Connect an agency to the broker for the length of the block."""
    connection, one = await eventually(lambda: _connected(url, agency), within=30)
    async with connection:
        yield one


async def _connected(url: str, agency: str) -> tuple[AbstractConnection, Wire] | None:
    """Connect, or return None: when two declare at once the broker fails one of them."""
    connection = await aio_pika.connect(broker_url(url, f"{agency} wire"))
    try:
        channel = await connection.channel(on_return_raises=True)
        await declare_roads(channel)
        await declare_agency_queues(channel, [agency])
        one = Wire(agency, await channel.get_exchange(MESSAGES))

        async def take(message: AbstractIncomingMessage) -> None:
            one.deliveries.append(orjson.loads(message.body))
            await message.ack()

        queue = await channel.get_queue(agency_queue(agency))
        await queue.consume(take)
    except (AMQPError, asyncio.CancelledError):
        task = asyncio.current_task()
        await connection.close()
        if task is not None and task.cancelling():
            raise
        return None
    return connection, one


@dataclass(slots=True)
class Caller:
    """An agency's client of the HTTP API, signed in."""

    http: httpx.AsyncClient
    authorization: dict[str, str]

    async def say(
        self,
        event: Mapping[str, Any] | bytes,
        *,
        media: str = STRUCTURED,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Post an event, or any bytes."""
        body = event if isinstance(event, bytes) else orjson.dumps(event)
        return await self.http.post(
            "/v1/messages",
            content=body,
            headers={"content-type": media, **(headers or {}), **self.authorization},
        )

    async def say_together(self, events: list[Mapping[str, Any]]) -> list[httpx.Response]:
        return await asyncio.gather(*(self.say(event) for event in events))
