"""What we declare on the broker: exchanges, queues, bindings, with every argument explicit.

Names and arguments are public: agencies' software is written against them.
"""

from collections.abc import Iterable
from typing import Final

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel
from pamqp.common import FieldValue

Arguments = dict[str, FieldValue]

MESSAGES = "lienthong.messages"
DELIVERIES = "lienthong.deliveries"
EVENTS = "lienthong.events"
INTAKE = "lienthong.intake"
DEAD = "lienthong.dead"

# RabbitMQ 4 would drop a message after 20 redeliveries: an agency whose software crashes on it must
# not lose it by that. 3.10 knows no "unlimited".
QUORUM: Final[Arguments] = {"x-queue-type": "quorum", "x-delivery-limit": 1_000_000}
# An agency that never reads must not fill the broker's disk: what is refused stays in the outbox.
AGENCY_ARGUMENTS: Final[Arguments] = {
    **QUORUM,
    "x-max-length-bytes": 1 << 30,
    "x-overflow": "reject-publish",
}
INTAKE_ARGUMENTS: Final[Arguments] = {
    **QUORUM,
    "x-delivery-limit": 20,
    "x-dead-letter-exchange": DEAD,
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",
}


def agency_queue(code: str) -> str:
    """Name the queue that an agency reads its deliveries from."""
    return f"agency.{code}"


def events_queue(code: str) -> str:
    """Name the queue that a subscribing agency reads its events from."""
    return f"events.{code}"


def arguments_of(queue: str) -> Arguments:
    """Return the arguments that an agency's queue is declared with, by its name."""
    return dict(AGENCY_ARGUMENTS if queue.startswith(agency_queue("")) else QUORUM)


async def declare_roads(channel: AbstractChannel) -> None:
    """Declare what every gateway process needs; declaring it again changes nothing."""
    messages = await channel.declare_exchange(MESSAGES, ExchangeType.TOPIC, durable=True)
    await channel.declare_exchange(DELIVERIES, ExchangeType.DIRECT, durable=True)
    await channel.declare_exchange(EVENTS, ExchangeType.TOPIC, durable=True)
    graveyard = await channel.declare_exchange(DEAD, ExchangeType.FANOUT, durable=True)
    dead = await channel.declare_queue(DEAD, durable=True, arguments=dict(QUORUM))
    await dead.bind(graveyard)
    intake = await channel.declare_queue(INTAKE, durable=True, arguments=dict(INTAKE_ARGUMENTS))
    await intake.bind(messages, routing_key="#")


async def declare_agency_queues(channel: AbstractChannel, codes: Iterable[str]) -> None:
    """Declare the queue of every agency that is reached over AMQP."""
    for code in codes:
        queue = await channel.declare_queue(
            agency_queue(code), durable=True, arguments=dict(AGENCY_ARGUMENTS)
        )
        await queue.bind(DELIVERIES, routing_key=code)


def bindings_of(code: str, *, events: bool) -> list[tuple[str, str, str]]:
    """Return (exchange, queue, routing key) of what an agency's queues hear, and nothing else.

    A kind has two words: `H42.hop.*` can never match an event of H42.01.
    """
    heard = [(DELIVERIES, agency_queue(code), code)]
    if events:
        families = ("hop", "transfer", "clock")
        heard += [(EVENTS, events_queue(code), f"{code}.{family}.*") for family in families]
    return heard


async def declare_events_queue(channel: AbstractChannel, code: str) -> None:
    """Declare the events queue of a subscribing agency."""
    queue = await channel.declare_queue(events_queue(code), durable=True, arguments=dict(QUORUM))
    for exchange, name, routing_key in bindings_of(code, events=True):
        if name == events_queue(code):
            await queue.bind(exchange, routing_key=routing_key)
