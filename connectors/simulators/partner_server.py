"""The other side of a dialect: a real HTTP server on loopback, and the ways in which it fails.

A partner answers one call with a status and a document. What it is told to do besides (`faults`)
happens to its next calls in turn: nothing at all, a lost answer after the deed, a slow one, one
that is no JSON.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson

from connectors.simulators.behaviour import Fault, HttpFault
from connectors.simulators.webhook_server import (
    Receive,
    Scope,
    Send,
    answer,
    bind_loopback,
    fail,
    read_body,
    serving,
)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Posted:
    """One call as the partner saw it."""

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def document(self) -> Any:
        """The JSON of the body; None if it is none."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None


async def read_posted(scope: Scope, receive: Receive) -> Posted:
    """Read a whole call; raise BodyTooLarge."""
    headers = {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
    }
    return Posted(scope["method"], scope["path"], headers, await read_body(receive))


@dataclass(frozen=True, slots=True)
class Garbled:
    """Answer with these bytes instead of a document, after the deed."""

    body: bytes = b"<html>502 Bad Gateway</html>"
    status: int = 200


class Partner(Protocol):
    """What a simulated partner is, beside its server."""

    def respond(self, posted: Posted) -> tuple[int, Any]:
        """Do what is asked and return the answer's status and document."""
        ...


class PartnerServer:
    """Serves one partner. `faults` are taken by its next calls whose path holds `faulty`."""

    def __init__(self, partner: Partner) -> None:
        self.partner = partner
        self._bound = bind_loopback()
        self._port: int = self._bound.getsockname()[1]
        self.faults: deque[HttpFault | Garbled] = deque()
        self.faulty = ""
        self.seen: list[Posted] = []
        self.arrived = asyncio.Event()
        """Set when a call has arrived; whoever waits for the next one clears it."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @asynccontextmanager
    async def running(self) -> AsyncIterator["PartnerServer"]:
        """Serve for the length of the block."""
        async with serving(self._handle, self._bound):
            yield self

    def paths(self) -> list[str]:
        """Return the addresses that were called, in order."""
        return [one.path for one in self.seen]

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        posted = await read_posted(scope, receive)
        self.seen.append(posted)
        self.arrived.set()
        fault = self.faults.popleft() if self.faults and self.faulty in posted.path else None
        if isinstance(fault, HttpFault):
            if fault.fault in (Fault.CUT, Fault.DRIP, Fault.GIANT):
                self.partner.respond(posted)
            await fail(fault, receive, send)
            return
        status, document = self.partner.respond(posted)
        written = orjson.dumps(document)
        if fault is not None:
            status, written = fault.status, fault.body
        await answer(send, status, (("content-type", "application/json"),), written)
