"""How fast submissions are accepted over HTTP, with many clients at once on kept connections.

The clients speak just enough HTTP/1.1 over raw sockets to cost the machine little: they run
beside the gateway that they measure.
"""

import asyncio
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from bench.dossiers import Commune, Message
from gateway.identity.clients import Clients
from gateway.store.pool import open_pool

_MEDIA: Final = "application/cloudevents+json"
_WITHIN: Final = 30.0


@dataclass(frozen=True, slots=True)
class HttpIntake:
    """Answers to submissions: how many per second, and how long each took."""

    clients: int
    accepts_per_s: float
    p50_ms: float
    p95_ms: float


async def measure_http(
    http: str,
    database_url: str,
    communes: Sequence[Commune],
    submissions: Iterator[Message],
    *,
    clients: int,
    requests: int,
) -> HttpIntake:
    """Send `requests` submissions through `clients` connections; every one must be accepted."""
    where = urlsplit(http)
    host, port = str(where.hostname), int(where.port or 80)
    tokens = {
        code: await _token(host, port, client_id, secret)
        for code, client_id, secret in await _register(database_url, communes)
    }
    messages = list(islice(submissions, requests + clients))
    wires = iter([_request(host, tokens[m.agency], m.body) for m in messages])
    took: list[float] = []

    async def client() -> None:
        reader, writer = await asyncio.open_connection(host, port)
        try:
            await _exchange(reader, writer, next(wires))  # the first one opens things: not measured
            ready.release()
            await go.wait()
            for wire in wires:
                began = time.perf_counter()
                status, body = await _exchange(reader, writer, wire)
                took.append(time.perf_counter() - began)
                if status != 202:
                    raise RuntimeError(f"a submission was answered {status}: {body[:300]!r}")
        finally:
            writer.close()

    ready, go = asyncio.Semaphore(0), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(clients):
            tasks.create_task(client())
        for _ in range(clients):
            await ready.acquire()
        began = time.perf_counter()
        go.set()
    seconds = time.perf_counter() - began
    took.sort()
    return HttpIntake(
        clients,
        len(took) / seconds,
        took[len(took) // 2] * 1000,
        took[len(took) * 95 // 100] * 1000,
    )


class Wires:
    """Kept connections to the gateway, one request at a time on each."""

    def __init__(self, host: str, tokens: dict[str, str]) -> None:
        self._host = host
        self._tokens = tokens
        self.free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = (
            asyncio.Queue()
        )

    async def submit(self, message: Message) -> None:
        """Submit one message on the next free connection; it must be accepted."""
        reader, writer = await self.free.get()
        try:
            wire = _request(self._host, self._tokens[message.agency], message.body)
            status, body = await _exchange(reader, writer, wire)
        finally:
            self.free.put_nowait((reader, writer))
        if status != 202:
            raise RuntimeError(f"a submission was answered {status}: {body[:300]!r}")


@asynccontextmanager
async def open_wires(
    http: str, database_url: str, communes: Sequence[Commune], *, connections: int
) -> AsyncIterator[Wires]:
    """Sign every commune in and open connections, for the length of the block."""
    where = urlsplit(http)
    host, port = str(where.hostname), int(where.port or 80)
    tokens = {
        code: await _token(host, port, client_id, secret)
        for code, client_id, secret in await _register(database_url, communes)
    }
    wires = Wires(host, tokens)
    opened = [await asyncio.open_connection(host, port) for _ in range(connections)]
    for one in opened:
        wires.free.put_nowait(one)
    try:
        yield wires
    finally:
        for _, writer in opened:
            writer.close()


async def _register(database_url: str, communes: Sequence[Commune]) -> list[tuple[str, str, str]]:
    async with open_pool(database_url, size=2, name="bench") as pool:
        registry = Clients(pool)
        found: list[tuple[str, str, str]] = []
        for commune in communes:
            client_id = f"bench-{commune.code}"
            made = await registry.register(client_id, agency=commune.code)
            found.append((commune.code, client_id, made.secret))
        return found


async def _token(host: str, port: int, client_id: str, secret: str) -> str:
    login = b64encode(f"{client_id}:{secret}".encode()).decode()
    body = b"grant_type=client_credentials"
    head = (
        f"POST /oauth/token HTTP/1.1\r\nHost: {host}\r\nAuthorization: Basic {login}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection(host, port)
    try:
        status, answer = await _exchange(reader, writer, head.encode() + body)
    finally:
        writer.close()
    if status != 200:
        raise RuntimeError(f"no token for {client_id}: {status} {answer[:300]!r}")
    token: dict[str, Any] = orjson.loads(answer)
    return str(token["access_token"])


def _request(host: str, token: str, body: bytes) -> bytes:
    head = (
        f"POST /v1/messages HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: {_MEDIA}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wire: bytes
) -> tuple[int, bytes]:
    async with asyncio.timeout(_WITHIN):
        writer.write(wire)
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        status = int(lines[0].split()[1])
        length = next(
            int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length:")
        )
        return status, await reader.readexactly(length)
