"""A real HTTP server on loopback for one simulated agency, and the ways in which it can fail."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

import uvicorn

from connectors.simulators.behaviour import Fault, HttpFault

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST_BODY: Final = 1024 * 1024
GIANT_BODY: Final = 64 * 1024 * 1024
DRIP_EVERY: Final = 0.2
SHUTDOWN_WITHIN: Final = 1


class BodyTooLarge(Exception):
    """A request brought more than this server reads."""


def bind_loopback(port: int = 0) -> socket.socket:
    """Take a loopback port. Until somebody listens on it, connections to it are refused."""
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    taken.bind(("127.0.0.1", port))
    return taken


@asynccontextmanager
async def serving(
    app: App, bound: socket.socket, tls: tuple[str, str] | None = None
) -> AsyncIterator[None]:
    """Serve `app` for the length of a block; `tls` are the files of certificate and key."""
    certificate, key = tls or (None, None)
    server = _Server(
        uvicorn.Config(
            app,
            interface="asgi3",
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=SHUTDOWN_WITHIN,
            ssl_certfile=certificate,
            ssl_keyfile=key,
        )
    )
    served = asyncio.create_task(server.serve(sockets=[bound]))
    try:
        await server.listening.wait()
        yield
    finally:
        server.should_exit = True
        _, late = await asyncio.wait((served,), timeout=SHUTDOWN_WITHIN + 0.5)
        for task in late:
            task.cancel()


class _Server(uvicorn.Server):
    """Says when it listens, and leaves the process's signals to whoever owns the process."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def read_body(receive: Receive, largest: int = LARGEST_BODY) -> bytes:
    """Read the whole body; raise BodyTooLarge beyond the bound."""
    body = bytearray()
    while True:
        event = await receive()
        body += event.get("body", b"")
        if len(body) > largest:
            raise BodyTooLarge
        if not event.get("more_body"):
            return bytes(body)


async def answer(
    send: Send, status: int, headers: tuple[tuple[str, str], ...] = (), body: bytes = b""
) -> None:
    await _start(send, status, (("content-length", str(len(body))), *headers))
    await send({"type": "http.response.body", "body": body})


async def fail(fault: HttpFault, receive: Receive, send: Send) -> None:
    """Answer one call the way the fault says."""
    match fault.fault:
        case Fault.STATUS:
            retry = (("retry-after", fault.retry_after),) if fault.retry_after else ()
            await answer(send, fault.status, retry)
        case Fault.REDIRECT:
            await answer(send, 307, (("location", "/elsewhere"),))
        case Fault.HANG:
            await _until_they_leave(receive)
        case Fault.CUT:
            # Returning before the announced length makes the server drop the connection.
            await _start(send, 202, (("content-length", "1000"),))
            await send({"type": "http.response.body", "body": b"{", "more_body": True})
        case Fault.DRIP:
            await _start(send, 202, (("content-length", "100000"),))
            left = asyncio.create_task(_until_they_leave(receive))
            while not left.done():
                await send({"type": "http.response.body", "body": b" ", "more_body": True})
                await asyncio.wait((left,), timeout=DRIP_EVERY)
        case Fault.GIANT:
            await _start(send, 202, (("content-length", str(GIANT_BODY)),))
            part = b" " * 65536
            for _ in range(GIANT_BODY // len(part)):
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b""})


async def _until_they_leave(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _start(send: Send, status: int, headers: tuple[tuple[str, str], ...]) -> None:
    encoded = [(name.encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
