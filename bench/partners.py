"""Webhook agencies on loopback that cost the machine little, and that misbehave when told to.

They speak just enough HTTP/1.1 to take a hand-over and to answer 202, and keep when each dossier's
hand-over arrived, by the clock of this process.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from typing import Final

_LENGTH: Final = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)
_SUBJECT: Final = re.compile(rb'"subject":"([^"]+)"')
_ACCEPTED: Final = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
_DRIP: Final = 0.5
"""Seconds between two bytes of an answer that never ends."""


class Manner(StrEnum):
    """How an agency's server behaves."""

    WELL = "well"
    BLACK_HOLE = "black-hole"
    """Takes the connection and the request, and never answers."""
    SLOW_LORIS = "slow-loris"
    """Answers a byte at a time, for ever."""
    REFUSING = "refusing"
    """Ends each connection as soon as it is made."""
    SILENT_TLS = "silent-tls"
    """Is called at an https address and never says a word of its handshake."""


class Partner:
    """One agency's server."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.manner = Manner.WELL
        self.port = 0
        self.arrived: dict[str, float] = {}
        """Dossier code → when its hand-over was here (perf_counter)."""
        self._open: set[asyncio.StreamWriter] = set()

    def behave(self, manner: Manner) -> None:
        """Change manners; connections that hang are cut, so that nothing of the past lasts."""
        self.manner = manner
        for writer in self._open:
            writer.transport.abort()

    def address(self, manner: Manner) -> str:
        scheme = "https" if manner is Manner.SILENT_TLS else "http"
        return f"{scheme}://127.0.0.1:{self.port}/lien-thong"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                if self.manner is Manner.REFUSING:
                    writer.transport.abort()
                elif self.manner is Manner.SILENT_TLS:
                    await reader.read(-1)
                else:
                    await self._converse(reader, writer)
        finally:
            self._open.discard(writer)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            found = _LENGTH.search(head)
            body = await reader.readexactly(int(found[1]) if found else 0)
            match self.manner:
                case Manner.WELL:
                    if subject := _SUBJECT.search(body):
                        self.arrived.setdefault(subject[1].decode(), time.perf_counter())
                    writer.write(_ACCEPTED)
                case Manner.SLOW_LORIS:
                    await _drip(writer)
                case _:
                    await reader.read(-1)
                    return


async def _drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 202 Accepted\r\nX-Slow: ")
    while not writer.is_closing():
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(_DRIP)


@asynccontextmanager
async def partners(codes: Sequence[str]) -> AsyncIterator[list[Partner]]:
    """Run a server per agency until the block ends."""
    farm = [Partner(code) for code in codes]
    servers = []
    for one in farm:
        server = await asyncio.start_server(one.serve, "127.0.0.1", 0, backlog=256)
        one.port = server.sockets[0].getsockname()[1]
        servers.append(server)
    try:
        yield farm
    finally:
        for server in servers:
            server.close()
        for one in farm:
            one.behave(Manner.BLACK_HOLE)
