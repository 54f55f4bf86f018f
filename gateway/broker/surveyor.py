"""The surveyor: sees that every agency reached over the broker has its queues, and they are bound.

Looks at the endpoint book; declares only what is new to this process, a hundred queues a round, for
a country's take a minute. An agency that subscribes to
events gets a second queue, which takes its own events and nobody else's.
"""

from typing import Final

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection

from connectors.broker import CONNECT_TIMEOUT, broker_url
from gateway.broker.topology import (
    declare_agency_queues,
    declare_events_queue,
    declare_roads,
)
from gateway.dispatch.endpoints import EndpointBook

EACH: Final = 100


class Surveyor:
    """Declares queues as the directory of endpoints grows."""

    def __init__(self, url: str, endpoints: EndpointBook) -> None:
        self._url = url
        self._endpoints = endpoints
        self._connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None
        self._declared: set[str] = set()
        self._subscribed: set[str] = set()

    async def survey(self) -> bool:
        """Declare what is missing; a broker that was set up anew is surveyed anew.

        True: there is more to declare.
        """
        queued = {
            code
            for code, reach in self._endpoints.all().items()
            if reach.endpoint.connector == "amqp"
        }
        hearing = {code for code in queued if self._endpoints.all()[code].events}
        # Who left and comes back may have lost its queue meanwhile.
        self._declared &= queued
        self._subscribed &= hearing
        if queued <= self._declared and hearing <= self._subscribed and self._is_open():
            return False
        channel = await self._open()
        for code in sorted(queued - self._declared)[:EACH]:
            await declare_agency_queues(channel, [code])
            self._declared.add(code)
        for code in sorted(hearing - self._subscribed)[:EACH]:
            await declare_events_queue(channel, code)
            self._subscribed.add(code)
        return not (queued <= self._declared and hearing <= self._subscribed)

    def _is_open(self) -> bool:
        return self._connection is not None and not self._connection.is_closed

    async def _open(self) -> AbstractChannel:
        if self._channel is None or not self._is_open():
            await self.aclose()
            url = broker_url(self._url, "lienthong surveyor")
            self._connection = await aio_pika.connect(url, timeout=CONNECT_TIMEOUT)
            self._channel = await self._connection.channel()
            self._declared.clear()
            self._subscribed.clear()
            await declare_roads(self._channel)
        return self._channel

    async def aclose(self) -> None:
        if self._connection is not None:
            await self._connection.close()
        self._connection = self._channel = None
