"""An agency that takes what lies in its queue and answers through the broker."""

import asyncio
import logging
from typing import Any, Final

from aiormq.abc import AbstractChannel, AbstractConnection, DeliveredMessage
from aiormq.exceptions import AMQPError

from connectors.amqp_link import AmqpLink
from connectors.broker import broker_url
from connectors.simulators.agency import Desk, run_together
from connectors.simulators.amqp_road import AmqpRoad
from connectors.simulators.record import Record

log = logging.getLogger(__name__)

PREFETCH: Final = 200
CONNECT_WITHIN: Final = 10.0
RECONNECT_AFTER: Final = 0.5


class AmqpAgency:
    """Consumes `agency.<code>` under its own broker user; keyword arguments are the Desk's.

    A lost connection, a stopped broker, a queue that is not there yet: it tries again until it is
    cancelled.
    """

    def __init__(self, code: str, url: str, **desk: Any) -> None:
        self.code = code
        self._url = broker_url(url, f"{code} queue")
        self._road = AmqpRoad(code, url)
        self.desk = Desk(code, self._road, **desk)
        self.started = asyncio.Event()

    @property
    def record(self) -> Record:
        return self.desk.record

    @property
    def in_flight(self) -> int:
        return self.desk.bustle.in_flight

    async def run(self) -> None:
        try:
            await run_together(
                self.desk.outbox.run(), self.desk.office.run(), self._consume_for_ever()
            )
        finally:
            await self._road.aclose()

    async def _consume_for_ever(self) -> None:
        while True:
            link = AmqpLink(self._url)
            try:
                async with asyncio.timeout(CONNECT_WITHIN):
                    await link.open()
                    lost = await self._consume(link.connection)
                await asyncio.wait((lost,))
            except (AMQPError, OSError, TimeoutError, RuntimeError) as error:
                log.info("agency.reconnects", extra={"code": self.code, "error": repr(error)})
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise
                # The library rejects a connection's calls with CancelledError when it is lost.
            finally:
                await link.close()
            await asyncio.sleep(RECONNECT_AFTER)

    async def _consume(self, connection: AbstractConnection) -> asyncio.Future[None]:
        """Start to consume; return a future that ends when consuming does."""
        channel = await connection.channel(publisher_confirms=False)
        lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def end(_: object) -> None:
            if not lost.done():
                lost.set_result(None)

        channel.closing.add_done_callback(end)
        channel.on_consumer_cancel_callbacks.add(end)
        await channel.basic_qos(prefetch_count=PREFETCH)
        await channel.basic_consume(f"agency.{self.code}", self._on_message)
        self.started.set()
        return lost

    async def _on_message(self, message: DeliveredMessage) -> None:
        # No await before the work is taken: messages are taken in the order of the queue.
        if not self.desk.office.is_open:
            return  # closing: unacknowledged, it comes again
        delivery = message.header.properties.message_id or ""
        self.desk.office.take(delivery, message.body)
        channel: AbstractChannel = message.channel
        assert message.delivery_tag is not None
        await channel.basic_ack(message.delivery_tag, wait=False)
