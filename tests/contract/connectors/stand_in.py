"""A gateway reduced to its public surface: intake with receipts, token, mailbox, broker objects.

It keeps what it accepts in memory, answers a known (agency, id) as a duplicate, and can be told
to fail. The simulated agencies are tested against it, and the connectors with them.
"""

import asyncio
import base64
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any
from uuid import UUID, uuid5

import aio_pika
import orjson
from fastapi import FastAPI, Request, Response
from pamqp.common import FieldTable

from connectors.amqp_queue import AmqpQueue
from connectors.protocol import (
    OPERATION,
    Endpoint,
    Judgement,
    Message,
    Parcel,
    Remark,
    Reply,
    Speaker,
    Unheard,
)
from schemas.identifiers import agency_of_urn, agency_urn
from schemas.kinds import Kind

SECRET = "correct horse"  # synthetic
NAMESPACE = UUID(int=7)


@dataclass(frozen=True, slots=True)
class Accepted:
    agency: str
    kind: str
    event: dict[str, Any]


@dataclass(slots=True)
class StandIn:
    """State and behaviour of the reduced gateway."""

    accepted: list[Accepted] = field(default_factory=list)
    arrivals: Counter[str] = field(default_factory=Counter)
    bodies: dict[str, set[bytes]] = field(default_factory=dict)
    mailbox: dict[str, dict[str, Parcel]] = field(default_factory=dict)
    acknowledged: list[str] = field(default_factory=list)
    handed_back: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    unavailable: int = 0
    """How many further posts are answered 503, and stored by nobody."""
    lost_answers: int = 0
    """How many further messages are stored while their answer gets lost."""
    door: tuple[Speaker, Endpoint] | None = None
    """Who reads what a partner posts in its own dialect, and as what partner."""
    unheard: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    tokens: Counter[str] = field(default_factory=Counter)
    revoked: bool = False

    def kinds(self, agency: str | None = None) -> list[str]:
        return [a.kind for a in self.accepted if agency is None or a.agency == agency]

    def take(self, agency: str, body: bytes) -> dict[str, Any]:
        event = orjson.loads(body)
        message = event["id"]
        self.arrivals[message] += 1
        bodies = self.bodies.setdefault(message, set())
        known = bool(bodies)
        bodies.add(body)
        assert agency_of_urn(event["source"]) == agency
        if not known:
            kind = Kind.of_type(event["type"]).value
            self.accepted.append(Accepted(agency, kind, event))
        return {
            "id": str(uuid5(NAMESPACE, message)),
            "verdict": "duplicate" if known else "accepted",
            "message": message,
            **({"first": "accepted"} if known else {}),
        }

    @property
    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/oauth/token")
        async def token(request: Request) -> Response:
            scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
            client, _, secret = base64.b64decode(credentials).decode().partition(":")
            if scheme != "Basic" or secret != SECRET:
                return Response(status_code=401)
            self.tokens[client] += 1
            self.revoked = False
            granted = {"access_token": f"{client}.{self.tokens[client]}", "expires_in": 300}
            return Response(orjson.dumps(granted), media_type="application/json")

        @app.post("/v1/messages")
        async def messages(request: Request) -> Response:
            agency = self._caller(request)
            if agency is None:
                return Response(status_code=401)
            assert request.headers["content-type"].startswith("application/cloudevents+json")
            if self.unavailable > 0:
                self.unavailable -= 1
                return Response(status_code=503, headers={"retry-after": "0"})
            receipt = self.take(agency, await request.body())
            if self.lost_answers > 0:
                self.lost_answers -= 1
                return Response(status_code=504)
            status = 202 if receipt["verdict"] == "accepted" else 200
            return Response(orjson.dumps(receipt), status, media_type="application/json")

        @app.get("/v1/mailbox")
        async def mailbox(request: Request) -> Response:
            agency = self._caller(request)
            if agency is None:
                return Response(status_code=401)
            waiting = self.mailbox.get(agency, {})
            items = [
                {
                    "delivery": delivery,
                    "lease_until": "2026-03-02T00:00:30Z",
                    "event": orjson.loads(parcel.body),
                }
                for delivery, parcel in waiting.items()
            ]
            return Response(orjson.dumps({"items": items}), media_type="application/json")

        @app.post("/v1/mailbox/{delivery}/ack")
        async def ack(delivery: str, request: Request) -> Response:
            agency = self._caller(request)
            assert agency is not None
            self.mailbox[agency].pop(delivery, None)
            self.acknowledged.append(delivery)
            return Response(status_code=204)

        @app.post("/v1/mailbox/{delivery}/nack")
        async def nack(delivery: str, request: Request) -> Response:
            agency = self._caller(request)
            assert agency is not None
            reason = orjson.loads(await request.body())
            self.handed_back.append((delivery, reason))
            if reason["permanent"]:
                self.mailbox[agency].pop(delivery, None)
            return Response(status_code=204)

        @app.post("/v1/partners/{agency}")
        @app.post("/v1/partners/{agency}/{operation}")
        async def partners(agency: str, request: Request, operation: str = "") -> Response:
            assert self.door is not None
            if self.unavailable > 0:
                self.unavailable -= 1
                return Response(status_code=503)
            speaker, endpoint = self.door
            headers = {**request.headers, OPERATION: operation}
            heard = speaker.read(headers, await request.body(), endpoint)
            if isinstance(heard, Unheard):
                self.unheard.append(heard.problem.detail)
                return _worded(heard.reply)
            self.remarks += heard.remarks
            receipts = [self.take(agency, _event(agency, one)) for one in heard.messages]
            if self.lost_answers > 0:
                self.lost_answers -= 1
                return Response(status_code=504)
            verdicts = [Judgement(receipt["verdict"]) for receipt in receipts]
            return _worded(speaker.answer(heard, verdicts, endpoint))

        return app

    def _caller(self, request: Request) -> str | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        agency, _, _ = token.rpartition(".")
        return None if self.revoked or not agency else agency


def _event(agency: str, message: Message) -> bytes:
    assert message.claimed_at is not None
    event = {
        "specversion": "1.0",
        "id": message.id,
        "source": agency_urn(agency),
        "type": message.kind.type,
        "subject": message.subject,
        "time": message.claimed_at.astimezone(UTC),
        "data": message.data,
    }
    return orjson.dumps(event, option=orjson.OPT_UTC_Z)


def _worded(reply: Reply) -> Response:
    return Response(reply.body, reply.status, media_type=reply.media)


@asynccontextmanager
async def amqp_intake(stand_in: StandIn, url: str, connector: AmqpQueue) -> AsyncIterator[None]:
    """Consume `lienthong.intake` and send each sender its receipt through its own queue."""
    connection = await aio_pika.connect_robust(url, reconnect_interval=0.2)
    channel = await connection.channel()
    await channel.set_qos(100)
    queue = await channel.get_queue("lienthong.intake")
    # Not while time stands still for somebody: what is read here is answered at once.
    reading = asyncio.Lock()

    async def on_message(message: aio_pika.abc.AbstractIncomingMessage) -> None:
        async with reading:
            routing_key = message.routing_key or ""
            kind = Kind.of_type(message.type or "").value
            agency = routing_key.removesuffix(f".{kind}")
            if stand_in.unavailable > 0:
                stand_in.unavailable -= 1
                await message.ack()
                return
            receipt = stand_in.take(agency, message.body)
            await message.ack()
            if stand_in.lost_answers > 0:
                stand_in.lost_answers -= 1
                return
            parcel = receipt_parcel(agency, receipt)
            await connector.send(Endpoint(agency, "amqp"), [parcel])

    await queue.consume(on_message)
    try:
        yield
    finally:
        await connection.close()


def receipt_parcel(agency: str, receipt: dict[str, Any]) -> Parcel:
    event = {
        "specversion": "1.0",
        "id": receipt["id"],
        "source": "urn:lienthong:gateway",
        "type": Kind.RECEIPT_ISSUED.type,
        "datacontenttype": "application/json",
        "data": receipt,
    }
    return Parcel(
        delivery=UUID(receipt["id"]),
        kind=Kind.RECEIPT_ISSUED.value,
        envelope=event,
        body=orjson.dumps(event),
        correlation=receipt["message"],
    )


async def declare_topology(url: str, agencies: list[str]) -> None:
    """Make the broker objects that the gateway declares."""
    connection = await aio_pika.connect(url)
    async with connection:
        channel = await connection.channel()
        messages = await channel.declare_exchange("lienthong.messages", "topic", durable=True)
        deliveries = await channel.declare_exchange("lienthong.deliveries", "direct", durable=True)
        quorum: FieldTable = {"x-queue-type": "quorum"}
        intake = await channel.declare_queue("lienthong.intake", durable=True, arguments=quorum)
        await intake.bind(messages, "#")
        for agency in agencies:
            queue = await channel.declare_queue(f"agency.{agency}", durable=True, arguments=quorum)
            await queue.bind(deliveries, agency)


async def eventually(check: Callable[[], object], *, within: float = 10.0) -> None:
    """Return once `check` holds; fail if it does not within so many seconds."""
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + within
    while not check():
        assert loop.time() < ends_at, "it did not come about in time"
        await asyncio.sleep(0.01)
