"""A TCP proxy between a gateway and one of its servers, that breaks where a test says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit, urlunsplit

_CHUNK: Final = 65536


@dataclass(frozen=True, slots=True)
class Cut:
    """Cut a connection once the client has said all of `said`, one after the other.

    The last one is still passed on, and the server's answer to it is swallowed (`answered`); or it
    is not even passed on.
    """

    said: tuple[bytes, ...]
    answered: bool


@dataclass(slots=True)
class Proxy:
    """Connections through here can be cut, held back or refused."""

    upstreams: list[tuple[str, int]]
    """Taken in turn; one that refuses is passed over, as a load balancer does."""
    port: int = 0
    cut_at: Cut | None = None
    cuts: int = 0
    """How often `cut_at` has struck; it strikes once per setting."""
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _serving: set[asyncio.Task[None]] = field(default_factory=set)
    _flows: asyncio.Event = field(default_factory=asyncio.Event)
    _refuses: bool = False

    def url_of(self, url: str) -> str:
        """Return the same URL through here."""
        parts = urlsplit(url)
        login, at, _ = parts.netloc.rpartition("@")
        return urlunsplit(parts._replace(netloc=f"{login}{at}127.0.0.1:{self.port}"))

    def cut_all(self) -> None:
        """Reset every connection."""
        for writer in list(self._open):
            _reset(writer)

    def hold(self) -> None:
        """Pass nothing on, and keep every connection open: a network that swallows packets."""
        self._flows.clear()

    def flow(self) -> None:
        self._flows.set()

    def refuse(self) -> None:
        """Cut every connection, and every new one at once."""
        self._refuses = True
        self.cut_all()

    def accept(self) -> None:
        self._refuses = False

    def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a client's connection."""
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refuses:
            _reset(writer)
            return
        connected = await self._connect()
        if connected is None:
            _reset(writer)
            return
        upstream_reader, upstream_writer = connected
        connection = _Connection(self)
        self._open |= {writer, upstream_writer}
        flows = [
            asyncio.create_task(connection.up(reader, upstream_writer)),
            asyncio.create_task(connection.down(upstream_reader, writer)),
        ]
        try:
            await asyncio.wait(flows, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for flow in flows:
                flow.cancel()
            self._open -= {writer, upstream_writer}
            for one in (writer, upstream_writer):
                _reset(one)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for _ in self.upstreams:
            self.upstreams.append(self.upstreams.pop(0))
            with suppress(OSError):
                return await asyncio.open_connection(*self.upstreams[-1])
        return None

    async def aclose(self) -> None:
        self.flow()
        self.cut_all()
        if self._serving:
            await asyncio.wait(self._serving, timeout=5)

    async def wait_to_flow(self) -> None:
        await self._flows.wait()


class _Connection:
    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self._heard = 0
        self._doomed = False

    async def up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                await self._proxy.wait_to_flow()
                if self._is_the_moment(data):
                    assert self._proxy.cut_at is not None
                    answered, self._proxy.cut_at = self._proxy.cut_at.answered, None
                    self._proxy.cuts += 1
                    if not answered:
                        return
                    self._doomed = True
                writer.write(data)
                await writer.drain()

    async def down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                await self._proxy.wait_to_flow()
                if self._doomed:
                    return
                writer.write(data)
                await writer.drain()

    def _is_the_moment(self, data: bytes) -> bool:
        cut = self._proxy.cut_at
        if cut is None or self._doomed:
            return False
        while self._heard < len(cut.said) and cut.said[self._heard] in data:
            self._heard += 1
        return self._heard == len(cut.said)


def _reset(writer: asyncio.StreamWriter) -> None:
    transport = writer.transport
    if not transport.is_closing():
        transport.abort()


@asynccontextmanager
async def proxy_to(*urls: str) -> AsyncIterator[Proxy]:
    """Run a proxy to the servers of some URLs for the length of the block."""
    proxy = Proxy([_address_in(url) for url in urls])
    proxy.flow()
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await proxy.aclose()


def _address_in(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port
