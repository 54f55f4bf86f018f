"""An agency behind JSON of its own: called at its own server, and posting in its own words.

What is asked of it and how it words its posts is its counter's; people and programs behind are
those of every simulated agency.
"""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import httpx
import orjson

from connectors.simulators.agency import Desk, run_together
from connectors.simulators.behaviour import Fault, HttpFault
from connectors.simulators.messages import Message
from connectors.simulators.outbox import Carried, NotSent, Receipted
from connectors.simulators.partner_server import Json, Posted, read_posted
from connectors.simulators.record import Record
from connectors.simulators.webhook_server import (
    BodyTooLarge,
    Receive,
    Scope,
    Send,
    answer,
    bind_loopback,
    fail,
    serving,
)

_JSON: Final = (("content-type", "application/json"),)
_UNTOLD: Final = Receipted({"verdict": "untold"})


@dataclass(frozen=True, slots=True)
class Post:
    """What a partner posts, and the last part of the address it posts to."""

    operation: str
    document: Json = field(repr=False)


class Counter(Protocol):
    """How one partner's system takes our calls, and words its own."""

    def respond(self, posted: Posted) -> tuple[int, Any]:
        """Take a call; return the HTTP status and the document of its answer."""
        ...

    def post_of(self, message: Message) -> Post | None:
        """Word a message of the agency's; None where its system has no word for that."""
        ...

    def verdict_of(self, answered: Any) -> str | None:
        """Read what its post was answered; None: it is to be sent again."""
        ...


class JsonAgency:
    """Listens on loopback; further keyword arguments are the Desk's.

    `make` makes the counter around the desk, which takes what was handed in there.
    """

    def __init__(
        self,
        code: str,
        base_url: str,
        make: Callable[[Desk], Counter],
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        **desk: Any,
    ) -> None:
        self.code = code
        self._bound: socket.socket | None = bind_loopback(0)
        self._port: int = self._bound.getsockname()[1]
        self._road = JsonRoad(f"{base_url}/v1/partners/{code}", transport=transport)
        self.desk = Desk(code, self._road, **desk)
        self.counter = self._road.counter = make(self.desk)
        self.started = asyncio.Event()
        self.loses: Callable[[Posted], bool] = lambda _: False
        """Whether the answer to a call gets lost, after the deed."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def record(self) -> Record:
        return self.desk.record

    @property
    def in_flight(self) -> int:
        return self.desk.bustle.in_flight

    async def run(self) -> None:
        try:
            await run_together(self.desk.outbox.run(), self.desk.office.run(), self._serve())
        finally:
            await self._road.aclose()

    async def _serve(self) -> None:
        bound = self._bound or bind_loopback(self._port)
        self._bound = None
        async with serving(self._handle, bound):
            self.started.set()
            await asyncio.Event().wait()

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.desk.bustle.begin()
        try:
            posted = await read_posted(scope, receive)
            if not self.desk.office.is_open:
                await answer(send, 503)
                return
            status, document = self.counter.respond(posted)
            if self.loses(posted):
                await fail(HttpFault(Fault.CUT), receive, send)
                return
            await answer(send, status, _JSON, orjson.dumps(document))
        except BodyTooLarge:
            await answer(send, 413)
        finally:
            self.desk.bustle.end()


class JsonRoad:
    """Posts to an address of its own per operation, in its counter's words."""

    counter: Counter

    def __init__(self, address: str, *, transport: httpx.AsyncBaseTransport | None) -> None:
        self._address = address
        self._transport = transport
        self._opened: httpx.AsyncClient | None = None

    async def carry(self, message: Message) -> Carried:
        post = self.counter.post_of(message)
        if post is None:
            return _UNTOLD
        if self._opened is None:
            self._opened = httpx.AsyncClient(
                timeout=10.0, transport=self._transport, trust_env=False
            )
        try:
            address = f"{self._address}/{post.operation}"
            answered = await self._opened.post(address, json=post.document)
            verdict = self.counter.verdict_of(answered.json())
        except (httpx.HTTPError, ValueError) as error:
            return NotSent(type(error).__name__)
        if verdict is None:
            return NotSent(f"HTTP {answered.status_code}")
        return Receipted({"verdict": verdict})

    async def aclose(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            await opened.aclose()
