"""The watchdog: sees that messages flow, and restores a consumer that only seems to live.

A consumer can vanish without an error (broker restart, queue leader moved). What counts is
progress: messages wait in the queue, and none was taken since the last look.
"""

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection

from connectors.broker import CONNECT_TIMEOUT, broker_url
from gateway.broker.consumer import IntakeConsumer
from gateway.broker.topology import INTAKE

log = structlog.get_logger()


class Watchdog:
    """Looks at the intake queue and restarts the consumer that stands still."""

    def __init__(self, url: str, consumer: IntakeConsumer) -> None:
        self._url = url
        self._consumer = consumer
        self._connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None
        self._seen = -1
        self.waiting = 0
        self.still = 0

    async def look(self) -> bool:
        """Compare what waits with what was taken since the last look."""
        if not self._consumer.is_consuming:
            return False  # it knows that it is cut off, and comes back by itself
        try:
            await self._count()
        except Exception:
            await self.aclose()
            raise
        moved = self._consumer.consumed != self._seen
        self._seen = self._consumer.consumed
        if self.waiting and not moved and not self._consumer.unacknowledged:
            self.still += 1
        else:
            self.still = 0
        if self.still >= 2:
            log.warning("watchdog.restarts_consumer", waiting=self.waiting)
            self._consumer.restart()
            self.still = 0
        return False

    async def _count(self) -> None:
        if self._connection is None or self._connection.is_closed:
            url = broker_url(self._url, "lienthong watchdog")
            self._connection = await aio_pika.connect(url, timeout=CONNECT_TIMEOUT)
            self._channel = await self._connection.channel()
        assert self._channel is not None
        queue = await self._channel.declare_queue(INTAKE, passive=True, timeout=5)
        self.waiting = queue.declaration_result.message_count or 0

    async def aclose(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None
