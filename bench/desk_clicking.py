"""Ten people at the console, in a process of their own: what they look at, and how long they think.

Reads one JSON order from stdin, then lines: `hold` (answered by `held` when no click is under way),
`go`, `end`. Each person has a session and Now's stream open, thinks as long as they were told,
and clicks: mostly the work-queues, their filters, a dossier, the first screen. One of them retries
a group once. Time stands still for them while they hold. Ends with one JSON line of what it took.
"""

import asyncio
import random
import re
import sys
import time
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Final
from urllib.parse import quote_plus, urlsplit

import orjson

from bench.desk_visits import COOKIE
from gateway.operations.causes import Cause
from gateway.people.sessions import csrf_of

_WITHIN: Final = 60.0
_TICK: Final = 0.1
_RETRY_AFTER: Final = 3
"""Clicks of the first person, after which they retry a group."""
_DOSSIER = re.compile(r'href="(/console/(?:transfers|dossiers)/[^"?#]+)"')
_GROUPS: Final = "/console/stuck?cause=undelivered&failure=connect-refused"
_GROUP = re.compile(r'href="/console/stuck/order\?act=retry&amp;([^"]+)"')
_FAILURES: Final = ("timeout", "http-503", "connect-refused", "tls")
_SHARES: Final = {"now": 15, "stuck": 20, "cause": 20, "filter": 20, "text": 5, "dossier": 20}
"""Of a hundred clicks."""


@dataclass(slots=True)
class Room:
    """What all of them share: whether time goes on, how many wait for an answer, what came."""

    host: str
    port: int
    going: asyncio.Event = field(default_factory=asyncio.Event)
    under_way: int = 0
    still: asyncio.Event = field(default_factory=asyncio.Event)
    clicks: list[tuple[str, float]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    looks: int = 0


class Person:
    """Somebody at the console."""

    def __init__(self, room: Room, token: str, seed: int, *, retries: bool) -> None:
        self._room = room
        self._token = token
        self._choice = random.Random(seed)
        self._retries = retries
        self._dossiers: list[str] = ["/console"]
        self._wires: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def __repr__(self) -> str:
        return "<Person>"

    async def work(self, least: float, most: float) -> None:
        """Click for ever."""
        clicked = 0
        while True:
            await self._think(self._choice.uniform(least, most))
            clicked += 1
            if self._retries and clicked == _RETRY_AFTER:
                await self._free()
            else:
                kind = self._choice.choices(list(_SHARES), list(_SHARES.values()))[0]
                await self._click(kind, self._address(kind))

    async def watch(self) -> None:
        """Keep Now's stream open, and count what it brings."""
        reader, writer = await asyncio.open_connection(self._room.host, self._room.port)
        try:
            writer.write(self._head("GET", "/console/now/live", b""))
            async for line in reader:
                self._room.looks += line.startswith(b"event: now")
        finally:
            writer.close()

    async def _think(self, seconds: float) -> None:
        """Let so much time pass, as far as it does."""
        while seconds > 0:
            await self._room.going.wait()
            await asyncio.sleep(min(_TICK, seconds))
            seconds -= _TICK
        await self._room.going.wait()

    def _address(self, kind: str) -> str:
        choice = self._choice
        match kind:
            case "now":
                return "/console"
            case "stuck":
                return "/console/stuck"
            case "cause":
                return f"/console/stuck?cause={choice.choice(list(Cause))}"
            case "filter":
                agency = f"H31.{choice.randrange(101, 141)}"
                more = choice.choice(
                    ("", f"&failure={choice.choice(_FAILURES)}", "&older=1h", "&assigned=nobody")
                )
                return f"/console/stuck?cause=undelivered&agency={agency}{more}"
            case "text":
                return f"/console/stuck?text={choice.randrange(50_000):08d}"
        return choice.choice(self._dossiers)

    async def _click(self, kind: str, address: str) -> bytes:
        _, _, body = await self._ask(kind, "GET", address)
        if found := _DOSSIER.findall(body.decode()):
            self._dossiers = [unescape(one) for one in found[:20]]
        return body

    async def _free(self) -> None:
        """Retry a group that there is: the form, its frozen list, the start."""
        page = await self._click("filter", _GROUPS)
        query = unescape(self._choice.choice(_GROUP.findall(page.decode())))
        await self._click("order", f"/console/stuck/order?act=retry&{query}")
        form = {"act": "retry", "query": query, "whole": "1", "reason": "it is back"}
        status, lead, _ = await self._ask("freeze", "POST", "/console/stuck/acts", **form)
        if status == 303 and lead.startswith("/console/acts/"):
            await self._click("act", lead)
            await self._ask("start", "POST", f"{lead}/resume")

    async def _ask(
        self, kind: str, method: str, address: str, **fields: str
    ) -> tuple[int, str, bytes]:
        if method == "POST":
            fields["csrf"] = csrf_of(self._token)
        sent = "&".join(f"{name}={quote_plus(value)}" for name, value in fields.items()).encode()
        room = self._room
        room.under_way += 1
        room.still.clear()
        began = time.perf_counter()
        try:
            async with asyncio.timeout(_WITHIN):
                status, lead, body = await self._exchange(self._head(method, address, sent))
        finally:
            room.under_way -= 1
            if not room.under_way:
                room.still.set()
        room.clicks.append((kind, time.perf_counter() - began))
        if status >= 400:
            room.failures.append(f"{status} {method} {address}")
        return status, lead, body

    def _head(self, method: str, address: str, body: bytes) -> bytes:
        head = (
            f"{method} {address} HTTP/1.1\r\nHost: {self._room.host}\r\n"
            f"Cookie: {COOKIE}={self._token}\r\nAccept: text/html\r\n"
            "Sec-Fetch-Site: same-origin\r\n"
        )
        if method == "POST":
            head += (
                "Content-Type: application/x-www-form-urlencoded\r\n"
                f"Content-Length: {len(body)}\r\n"
            )
        return head.encode() + b"\r\n" + body

    async def _exchange(self, wire: bytes) -> tuple[int, str, bytes]:
        if self._wires is None:
            self._wires = await asyncio.open_connection(self._room.host, self._room.port)
        reader, writer = self._wires
        writer.write(wire)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        told = {
            name.lower(): value.strip() for name, _, value in (one.partition(":") for one in head)
        }
        body = await reader.readexactly(int(told.get("content-length", "0")))
        return int(head[0].split()[1]), told.get("location", ""), body


async def click(order: dict[str, Any], lines: asyncio.StreamReader) -> dict[str, Any]:
    """Let everybody click until told to end; return what it took."""
    where = urlsplit(order["http"])
    room = Room(str(where.hostname), int(where.port or 80))
    room.still.set()
    people = [
        Person(room, token, order["seed"] + no, retries=order["retries"] and no == 0)
        for no, token in enumerate(order["tokens"])
    ]
    least, most = order["think"]
    doing = [asyncio.create_task(one.work(least, most)) for one in people]
    doing += [asyncio.create_task(one.watch()) for one in people]
    while (line := (await lines.readline()).strip()) not in (b"end", b""):
        if line == b"go":
            room.going.set()
        else:
            room.going.clear()
            await room.still.wait()
            sys.stdout.write("held\n")
            sys.stdout.flush()
    for task in doing:
        task.cancel()
    for ended in await asyncio.gather(*doing, return_exceptions=True):
        if isinstance(ended, Exception):
            room.failures.append(f"{type(ended).__name__}: {ended}")
    return {"clicks": room.clicks, "failures": room.failures, "looks": room.looks}


async def main() -> None:
    """Read the order, click, answer."""
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    order = orjson.loads(await lines.readline())
    print(orjson.dumps(await click(order, lines)).decode(), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
