"""What the agencies do on the broker: fill a queue beforehand, and empty their own afterwards."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from bench.dossiers import Hop, Message
from bench.stage import FORWARDED, Stage, open_channel
from connectors.amqp_frames import Letter
from connectors.amqp_publisher import ConfirmedPublisher
from connectors.protocol import Delivered
from gateway.broker.topology import MESSAGES, agency_queue

_WITHIN: Final = 60.0
_CHUNK: Final = 2000


@dataclass(slots=True)
class Collected:
    """What lay in the agencies' queues."""

    hops: list[Hop] = field(default_factory=list)
    count: int = 0
    ids: set[str] = field(default_factory=set)
    size: int = 0


async def load_intake(stage: Stage, messages: Sequence[Message]) -> None:
    """Publish messages to the intake exchange as their agencies do; all are confirmed."""
    await _load(
        stage,
        [Letter(MESSAGES, m.routing_key, m.id, m.kind.type, m.body) for m in messages],
    )


async def load_forwarded(stage: Stage, bodies: Sequence[bytes]) -> None:
    """Fill the queue that the forwarder reads."""
    await _load(
        stage,
        [Letter("", FORWARDED, f"f{no}", "bench.input", body) for no, body in enumerate(bodies)],
    )


async def collect(stage: Stage, expected: Mapping[str, int]) -> Collected:
    """Empty the agencies' queues of all that they are owed; give up after 60 s.

    What goes to agencies that take no part is left where it is.
    """
    expected = {code: count for code, count in expected.items() if code in stage.agencies}
    collected = Collected()
    enough = asyncio.Event()
    total = sum(expected.values())

    async def take(message: Any) -> None:
        collected.count += 1
        collected.size += len(message.body)
        properties = message.header.properties
        collected.ids.add(properties.message_id)
        if properties.message_type == "vn.lienthong.handover.offered.v1":
            collected.hops.append(_hop(message.delivery.routing_key, message.body))
        if collected.count >= total:
            enough.set()

    async with open_channel(stage) as channel:
        raw: Any = await channel.get_underlay_channel()
        for code in expected:
            await raw.basic_consume(agency_queue(code), take, no_ack=True)
        async with asyncio.timeout(_WITHIN):
            if total:
                await enough.wait()
    return collected


async def _load(stage: Stage, letters: Sequence[Letter]) -> None:
    publisher = ConfirmedPublisher(stage.amqp_url, name="bench loader")
    try:
        for start in range(0, len(letters), _CHUNK):
            outcomes = await publisher.publish(letters[start : start + _CHUNK], within=_WITHIN)
            lost = [outcome for outcome in outcomes if not isinstance(outcome, Delivered)]
            if lost:
                raise RuntimeError(f"{len(lost)} messages were not loaded, first: {lost[0]}")
    finally:
        await publisher.aclose()


def _hop(agency: str, body: bytes) -> Hop:
    data = orjson.loads(body)["data"]
    return Hop(agency, data["dossier"]["code"], data["transfer"], data["step"], data["round"])
