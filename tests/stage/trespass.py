"""Trespass: what one agency's software must never get away with, tried for a pair of agencies.

Every try is made with good credentials of `who` at something of `whose`; what succeeds is told as a
line of text. What could not even be tried, because the caller is cut off by then, is as good as
refused: that own things can be had is for the test to show.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import aio_pika
import httpx
import orjson
from aio_pika.abc import AbstractChannel, AbstractConnection
from aiormq.exceptions import AMQPError

from gateway.broker.topology import DEAD, DELIVERIES, EVENTS, INTAKE, MESSAGES
from tests.integration.api.running import STRUCTURED, submission

_REFUSED = {401, 403, 404}
_NOT_TAKEN = _REFUSED | {409, 422}
_WITHIN = 15.0


@dataclass(slots=True)
class Neighbour:
    """An agency with what its software signs in with."""

    code: str
    unit: str
    caller: dict[str, str] = field(default_factory=dict, repr=False)
    amqp: str | None = field(default=None, repr=False)
    """Where it connects to the broker, as itself."""


@dataclass(frozen=True, slots=True)
class Belongings:
    """What there is of an agency that others might reach for."""

    code: str
    delivery: str | None
    transfer: str | None
    dossier: str | None
    hop: tuple[str, str, int] | None
    """A transfer in which its turn has come, the step, the round."""


@dataclass(slots=True)
class Tries:
    """How many tries were made, and which succeeded."""

    made: int = 0
    succeeded: list[str] = field(default_factory=list)

    def note(self, succeeded: bool, what: str) -> None:
        self.made += 1
        if succeeded:
            self.succeeded.append(what)


async def trespass_over_http(
    http: httpx.AsyncClient,
    who: Neighbour,
    theirs: Belongings,
    concerns: Callable[[str, str], Awaitable[bool]],
    tries: Tries,
) -> None:
    """Reach for another agency's things over HTTP; `concerns` says who has part in a transfer."""
    whose = theirs.code

    async def refused(told: str, method: str, url: str, **request: Any) -> None:
        headers = {**who.caller, **request.pop("headers", {})}
        answer = await http.request(method, url, headers=headers, **request)
        tries.note(answer.status_code not in _REFUSED, f"{who.code} could {told} of {whose}")

    async def send(told: str, event: dict[str, Any]) -> None:
        headers = {**who.caller, "Content-Type": STRUCTURED}
        body = orjson.dumps(event)
        answer = await http.post("/v1/messages", content=body, headers=headers)
        tries.note(answer.status_code not in _NOT_TAKEN, f"{who.code} could {told} {whose}")

    await send("submit as", _submitted(whose, theirs.code))
    if theirs.hop is not None:
        await send("answer as", _received(whose, theirs.hop))
        await send("answer a hop of", _received(who.code, theirs.hop))
    if theirs.delivery is not None:
        mailbox = f"/v1/mailbox/{theirs.delivery}"
        await refused("acknowledge a delivery", "POST", f"{mailbox}/ack")
        nack = {"reason": "not-mine", "permanent": True}
        await refused("hand back a delivery", "POST", f"{mailbox}/nack", json=nack)
    if theirs.transfer is not None and not await concerns(who.code, theirs.transfer):
        await refused("read a transfer", "GET", f"/v1/transfers/{theirs.transfer}")
        await refused("find a dossier", "GET", f"/v1/dossiers/{theirs.dossier}")
    member = f"/v1/operations/agencies/{whose}"
    await refused("read the membership", "GET", member)
    await refused("suspend", "POST", f"{member}/suspend", json={})
    issue = {"roads": ["http", "amqp"]}
    await refused("issue credentials", "POST", f"{member}/credentials", json=issue)


async def read_own_over_http(
    http: httpx.AsyncClient,
    who: Neighbour,
    owed_to: Callable[[str], Awaitable[str | None]],
    concerns: Callable[[str, str], Awaitable[bool]],
    tries: Tries,
) -> None:
    """Fetch and read all that is given out freely: none of it may be another's."""
    fetched = await http.get("/v1/mailbox?limit=100", headers=who.caller)
    for item in fetched.json().get("items", []):
        owner = await owed_to(item["delivery"])
        tries.note(owner != who.code, f"{who.code} was handed a delivery of {owner}")
    page = await http.get("/v1/events?limit=1000", headers=who.caller)
    for event in page.json().get("events", []):
        mine = await concerns(who.code, event["transfer"])
        tries.note(not mine, f"{who.code} was told of the transfer {event['transfer']}")


async def trespass_over_amqp(
    connection: AbstractConnection, who: Neighbour, whose: str, tries: Tries
) -> None:
    """Reach for another agency's keys and queues at the broker."""
    own, queue, events = f"agency.{who.code}", f"agency.{whose}", f"events.{whose}"

    async def refused(told: str, act: Callable[[AbstractChannel], Awaitable[Any]]) -> None:
        tries.note(await succeeds(connection, act), f"{who.code} could {told} {whose} over AMQP")

    await refused("submit as", lambda c: publish(c, MESSAGES, f"{whose}.transfer.submitted"))
    await refused("answer as", lambda c: publish(c, MESSAGES, f"{whose}.hop.received"))
    await refused("deliver to", lambda c: publish(c, DELIVERIES, whose))
    await refused("tell events to", lambda c: publish(c, EVENTS, f"{whose}.hop.changed"))
    await refused("fill the queue of", lambda c: publish(c, "", queue))
    await refused("get from the queue of", lambda c: _get(c, queue))
    await refused("get from the events of", lambda c: _get(c, events))
    await refused("consume the queue of", lambda c: _consume(c, queue))
    await refused("divert the deliveries of", lambda c: _bind(c, own, DELIVERIES, whose))
    await refused("divert the events of", lambda c: _bind(c, own, EVENTS, f"{whose}.hop.*"))
    await refused("declare the queue of", lambda c: c.declare_queue(queue, durable=True))
    await refused("unbind the queue of", lambda c: _unbind(c, queue, whose))
    await refused("purge the queue of", lambda c: _purge(c, queue))
    await refused("delete the queue of", lambda c: c.queue_delete(queue, timeout=_WITHIN))


async def trespass_on_the_gateway(
    connection: AbstractConnection, who: Neighbour, tries: Tries
) -> None:
    """Reach for what is the gateway's own at the broker."""

    async def refused(told: str, act: Callable[[AbstractChannel], Awaitable[Any]]) -> None:
        tries.note(await succeeds(connection, act), f"{who.code} could {told}")

    for queue in (INTAKE, DEAD):
        await refused(f"get from {queue}", partial(_get, queue=queue))
        await refused(f"consume {queue}", partial(_consume, queue=queue))
        await refused(f"fill {queue}", partial(publish, exchange="", routing_key=queue))
        await refused(f"purge {queue}", partial(_purge, queue=queue))
    own = f"agency.{who.code}"
    await refused("bury messages", lambda c: publish(c, DEAD, "x"))
    await refused("listen to everybody", lambda c: _bind(c, own, MESSAGES, "#"))
    await refused("hear all events", lambda c: _bind(c, own, EVENTS, "#"))
    await refused("make a queue", lambda c: c.declare_queue("", exclusive=True))
    await refused("make an exchange", lambda c: c.declare_exchange("mine", durable=True))
    await refused("delete an exchange", lambda c: c.exchange_delete(MESSAGES, timeout=_WITHIN))


async def succeeds(
    connection: AbstractConnection, act: Callable[[AbstractChannel], Awaitable[Any]]
) -> bool:
    """Do something on a channel of its own; False if the broker would not have it.

    Of a connection that was closed meanwhile the library says RuntimeError, or that we were
    cancelled.
    """
    try:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=False)
    except (AMQPError, ConnectionError, RuntimeError):
        return False
    try:
        await act(channel)
        if not channel.is_closed:
            await channel.close()
    except (AMQPError, ConnectionError, TimeoutError, RuntimeError):
        return False
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        return False
    return True


async def publish(channel: AbstractChannel, exchange: str, routing_key: str) -> None:
    """Publish something that nobody can read, and wait for the broker's word."""
    road = channel.default_exchange if exchange == "" else None
    road = road or await channel.get_exchange(exchange, ensure=False)
    await road.publish(aio_pika.Message(b"{}"), routing_key, mandatory=False, timeout=_WITHIN)


async def _get(channel: AbstractChannel, queue: str) -> None:
    await (await channel.get_queue(queue, ensure=False)).get(fail=False, timeout=_WITHIN)


async def _consume(channel: AbstractChannel, queue: str) -> None:
    found = await channel.get_queue(queue, ensure=False)
    await found.consume(_drop, timeout=_WITHIN)


async def _drop(message: Any) -> None:
    await message.nack(requeue=True)


async def _bind(channel: AbstractChannel, queue: str, exchange: str, routing_key: str) -> None:
    found = await channel.get_queue(queue, ensure=False)
    await found.bind(exchange, routing_key, timeout=_WITHIN)


async def _unbind(channel: AbstractChannel, queue: str, routing_key: str) -> None:
    found = await channel.get_queue(queue, ensure=False)
    await found.unbind(DELIVERIES, routing_key, timeout=_WITHIN)


async def _purge(channel: AbstractChannel, queue: str) -> None:
    await (await channel.get_queue(queue, ensure=False)).purge(timeout=_WITHIN)


def _submitted(source: str, code: str) -> dict[str, Any]:
    event = submission(source=f"urn:lienthong:agency:{source}")
    return {**event, "subject": event["subject"].replace("H31.101", code)}


def _received(source: str, hop: tuple[str, str, int]) -> dict[str, Any]:
    event = _submitted(source, source)
    transfer, step, round_ = hop
    data = {"transfer": transfer, "step": step, "round": round_}
    return {**event, "type": "vn.lienthong.hop.received.v1", "data": data}
