"""Hands parcels over into the agency's own queue, through the broker.

Delivered means that the broker confirmed the message in the queue `agency.<code>`; a message
that no queue takes comes back and is refused. The agency's own software need not be running.
"""

from collections.abc import Sequence
from typing import Final

from connectors.amqp_frames import SHORT_STRING_BYTES, Letter
from connectors.amqp_publisher import ConfirmedPublisher
from connectors.codes import Code, CodeTable, Means
from connectors.protocol import Endpoint, Outcome, Parcel

EXCHANGE: Final = "lienthong.deliveries"

AMQP_CODES: Final = CodeTable(
    "amqp",
    [
        Code("no-queue", Means.PERMANENT, "no queue is bound for the agency"),
        Code("too-large", Means.PERMANENT, "the broker takes at most 1 MiB"),
        Code("unsendable", Means.PERMANENT, "AMQP cannot carry it"),
        Code("nacked", Means.TRANSIENT, "the broker could not keep it"),
        Code("broker-unreachable", Means.UNKNOWN, "no connection; unknown if written before"),
        Code("broker-blocked", Means.UNKNOWN, "the broker takes nothing at present; as above"),
        Code("broker-refused", Means.UNKNOWN, "the broker closed the channel; as above"),
        Code("connection-lost", Means.UNKNOWN, "the connection broke; as above"),
        Code("no-confirm", Means.UNKNOWN, "no confirm within the time; as above"),
        Code("payload-purged", Means.PERMANENT, "the stored body is gone"),
    ],
)
"""What the publisher's codes mean; it decides by what it saw of each letter itself, and in its
innermost loop, so this only declares it."""


class AmqpQueue:
    """Publishes to the direct exchange of deliveries, with the agency's code as routing key."""

    name: Final = "amqp"
    codes: Final = AMQP_CODES

    def __init__(self, url: str, *, connection_name: str = "lienthong deliveries") -> None:
        self._publisher = ConfirmedPublisher(url, name=connection_name)

    async def send(self, endpoint: Endpoint, parcels: Sequence[Parcel]) -> list[Outcome]:
        """Publish the parcels in order; `endpoint.timeout` bounds the whole call."""
        return await self.send_mixed(
            [(endpoint, parcel) for parcel in parcels], within=endpoint.timeout
        )

    async def send_mixed(
        self, addressed: Sequence[tuple[Endpoint, Parcel]], *, within: float
    ) -> list[Outcome]:
        """Publish parcels of many agencies together; confirmed together, they cost least."""
        letters = [_letter(endpoint, parcel) for endpoint, parcel in addressed]
        return await self._publisher.publish(letters, within=within)

    async def aclose(self) -> None:
        await self._publisher.aclose()


def _letter(endpoint: Endpoint, parcel: Parcel) -> Letter:
    return Letter(
        exchange=EXCHANGE,
        routing_key=endpoint.agency,
        message_id=str(parcel.delivery),
        type=str(parcel.envelope["type"]),
        body=parcel.body,
        correlation_id=_short_enough(parcel.correlation),
    )


def _short_enough(correlation: str | None) -> str | None:
    """Leave out an id longer than AMQP can carry: the receipt in the body names it too."""
    if correlation is None or len(correlation.encode()) > SHORT_STRING_BYTES:
        return None
    return correlation
