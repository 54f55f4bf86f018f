"""One connection to the broker that can also be left at once.

The AMQP library says goodbye and waits for the answer; to a broker that has stopped answering
that takes until its heartbeats run out. A link keeps hold of the socket, so that leaving takes
a second at most, and nothing that still lies in the send buffer reaches the broker afterwards.
"""

import asyncio
from asyncio import StreamReader, StreamWriter
from typing import Any, Final

import aiormq
from aiormq.connection import TCPTransportFactory, TLSTransportFactory, TransportFactory
from aiormq.exceptions import AMQPError
from yarl import URL

CLOSE_PATIENCE: Final = 1.0
"""Seconds that a goodbye may take."""


class AmqpLink:
    """Opened once, closed once; whoever needs another connection makes another link."""

    def __init__(self, url: str) -> None:
        self._socket = _HeldSocket()
        self.connection = aiormq.Connection(url, transport_factory=self._socket)

    @property
    def is_open(self) -> bool:
        return self.connection.is_opened

    async def open(self) -> None:
        """Connect; raise the library's error, or OSError, if the broker does not take us."""
        try:
            await self.connection.connect()
        except BaseException:
            self._socket.abort()
            raise

    async def is_blocked(self) -> bool:
        """Whether the broker has said that it takes no messages at present."""
        try:
            async with asyncio.timeout(0):
                await self.connection.ready()
        except TimeoutError:
            return True
        return False

    async def close(self) -> None:
        """Say goodbye; raise nothing."""
        await self._end(self.connection.close())

    async def abandon(self) -> None:
        """Drop the connection without a word; what was not confirmed stays unknown."""
        self._socket.abort()
        await self._end(self.connection.close())

    async def _end(self, closing: Any) -> None:
        try:
            async with asyncio.timeout(CLOSE_PATIENCE):
                await closing
                await self._socket.closed()
        except (AMQPError, OSError, RuntimeError, TimeoutError):
            self._socket.abort()


class _HeldSocket(TransportFactory):
    """Opens the library's own transport and remembers it."""

    def __init__(self) -> None:
        self._writer: StreamWriter | None = None

    async def create(self, url: URL, **kwargs: Any) -> tuple[StreamReader, StreamWriter]:
        factory = TLSTransportFactory() if url.scheme == "amqps" else TCPTransportFactory()
        reader, self._writer = await factory.create(url, **kwargs)
        return reader, self._writer

    def abort(self) -> None:
        if self._writer is not None:
            self._writer.transport.abort()

    async def closed(self) -> None:
        if self._writer is not None:
            self._writer.close()
            await self._writer.wait_closed()
