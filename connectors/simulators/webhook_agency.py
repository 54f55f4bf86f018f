"""An agency that is called at its own HTTP server and answers over HTTP."""

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
import orjson
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from connectors.simulators.agency import Desk, run_together
from connectors.simulators.behaviour import Fault, HttpFault
from connectors.simulators.http_road import HttpRoad
from connectors.simulators.office import Taken
from connectors.simulators.record import Record
from connectors.simulators.webhook_server import (
    BodyTooLarge,
    Receive,
    Scope,
    Send,
    answer,
    bind_loopback,
    fail,
    read_body,
    serving,
)

_STATUS: Final = {Taken.ACTED: 202, Taken.REPEATED: 200, Taken.UNREADABLE: 422}
_TAKEN_BEFORE_FAILING: Final = frozenset({Fault.CUT, Fault.DRIP, Fault.GIANT})


class WebhookAgency:
    """Listens on loopback and checks signatures; further keyword arguments are the Desk's.

    `address` is known, and its port taken, before the agency runs: it refuses connections then.
    """

    def __init__(
        self,
        code: str,
        base_url: str,
        *,
        client_id: str,
        client_secret: str,
        secret: str,
        port: int = 0,
        tls: tuple[str, str] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        **desk: Any,
    ) -> None:
        self.code = code
        self._webhook = Webhook(secret)
        self._tls = tls
        self._bound: socket.socket | None = bind_loopback(port)
        self._port: int = self._bound.getsockname()[1]
        self._road = HttpRoad(
            base_url, client_id=client_id, client_secret=client_secret, transport=transport
        )
        self._calls: Counter[str] = Counter()
        self._mended = False
        self._wanted = asyncio.Event()
        self._wanted.set()
        self._unwanted = asyncio.Event()
        self._listening = asyncio.Event()
        self._down = asyncio.Event()
        self.rejected = 0
        """Calls whose signature was wrong."""
        self.called = 0
        """Calls that arrived, whatever became of them."""
        self.desk = Desk(code, self._road, **desk)
        self.started = asyncio.Event()

    @property
    def address(self) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self._port}/lien-thong"

    @property
    def record(self) -> Record:
        return self.desk.record

    @property
    def in_flight(self) -> int:
        return self.desk.bustle.in_flight

    async def run(self) -> None:
        try:
            await run_together(
                self.desk.outbox.run(), self.desk.office.run(), self._serve_for_ever()
            )
        finally:
            await self._road.aclose()

    def release(self) -> None:
        """Give back the port of an agency that will not run."""
        if self._bound is not None:
            self._bound.close()
            self._bound = None

    def mend(self) -> None:
        """Let no call fail any more, whatever its script says."""
        self._mended = True

    @asynccontextmanager
    async def out_of_reach(self) -> AsyncIterator[None]:
        """While it runs: refuse every connection for the length of a block."""
        self._wanted.clear()
        self._unwanted.set()
        await self._down.wait()
        try:
            yield
        finally:
            self._unwanted.clear()
            self._wanted.set()
            await self._listening.wait()

    async def _serve_for_ever(self) -> None:
        while True:
            await self._wanted.wait()
            bound = self._bound or bind_loopback(self._port)
            self._bound = None
            try:
                async with serving(self._handle, bound, self._tls):
                    self._down.clear()
                    self._listening.set()
                    self.started.set()
                    await self._unwanted.wait()
            finally:
                self._listening.clear()
                self._down.set()

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.called += 1
        self.desk.bustle.begin()
        try:
            await self._take(scope, receive, send)
        finally:
            self.desk.bustle.end()

    async def _take(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        try:
            body = await read_body(receive)
            self._webhook.verify(body, headers, json_parse=False)
            event = orjson.loads(body)
        except BodyTooLarge:
            await answer(send, 413)
            return
        except (WebhookVerificationError, UnicodeDecodeError, orjson.JSONDecodeError):
            self.rejected += 1
            await answer(send, 401)
            return
        if not self.desk.office.is_open:
            await answer(send, 503)
            return
        delivery = headers["webhook-id"]
        fault = self._next_fault(delivery, event)
        if fault is None:
            await answer(send, _STATUS[self.desk.office.take(delivery, body)])
            return
        if fault.fault in _TAKEN_BEFORE_FAILING:
            self.desk.office.take(delivery, body)
        await fail(fault, receive, send)

    def _next_fault(self, delivery: str, event: dict[str, Any]) -> HttpFault | None:
        fault = self.desk.office.script_of(event).fault
        self._calls[delivery] += 1
        if fault is not None and not self._mended and self._calls[delivery] <= fault.times:
            return fault
        return None
