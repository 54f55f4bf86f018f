"""A client of the broker with pika: the RabbitMQ project's own for Python, and not ours."""

import time
from collections.abc import Sequence

import pika

from schemas.kinds import Kind

Message = tuple[bytes, pika.BasicProperties, Kind]
Delivery = tuple[bytes, pika.BasicProperties]


def exchange(
    url: str, agency: str, messages: Sequence[Message], *, within: float = 30
) -> list[Delivery]:
    """Publish messages with confirms; return what comes, until each of them has its receipt."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    try:
        channel = connection.channel()
        channel.confirm_delivery()
        for body, properties, kind in messages:
            channel.basic_publish(
                "lienthong.messages", f"{agency}.{kind}", body, properties, mandatory=True
            )
        heard: list[Delivery] = []
        until = time.monotonic() + within
        for method, properties, body in channel.consume(f"agency.{agency}", inactivity_timeout=0.5):
            if method is not None:
                heard.append((body, properties))
                channel.basic_ack(method.delivery_tag)
            answered = {one.correlation_id for _, one in heard} - {None}
            if len(answered) >= len(messages) or time.monotonic() > until:
                break
        channel.cancel()
        return heard
    finally:
        connection.close()
