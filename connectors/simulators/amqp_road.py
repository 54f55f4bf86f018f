"""An agency's own way to the gateway through the broker."""

from typing import Final

from connectors.amqp_frames import Letter
from connectors.amqp_publisher import ConfirmedPublisher
from connectors.protocol import Delivered
from connectors.simulators.messages import Message
from connectors.simulators.outbox import Carried, NotSent, OnItsWay

EXCHANGE: Final = "lienthong.messages"


class AmqpRoad:
    """Publishes under the agency's own broker user, with routing key `<code>.<kind>`."""

    def __init__(self, code: str, url: str, *, within: float = 10.0) -> None:
        self._code = code
        self._within = within
        self._publisher = ConfirmedPublisher(url, name=f"{code} answers")

    async def carry(self, message: Message) -> Carried:
        letter = Letter(
            exchange=EXCHANGE,
            routing_key=f"{self._code}.{message.kind.value}",
            message_id=message.id,
            type=message.kind.type,
            body=message.body,
        )
        (outcome,) = await self._publisher.publish([letter], within=self._within)
        return OnItsWay() if isinstance(outcome, Delivered) else NotSent(repr(outcome))

    async def aclose(self) -> None:
        await self._publisher.aclose()
