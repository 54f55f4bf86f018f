"""Visits to the console as browsers make them: signed in, over kept connections, timed.

A visitor is a person of the store with an open session; what a page weighs, how long it took, and
how much processor time the gateway and the database spent on it are what a visit comes to.
"""

import html
import http.client
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from bench.stage import Stage
from gateway.ids import new_id

COOKIE: Final = "lienthong"
"""The session's cookie where the road is not TLS (gateway/console/visitors.py)."""
EVERY_ROLE: Final = ("operator", "supervisor", "auditor", "administrator")
_LINK = re.compile(rb'<a\b[^>]*\shref="(/(?:console|tra-cuu|bang)[^"#]*)')
_WITHIN: Final = 60.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of one visit."""

    status: int
    media: str
    body: bytes
    seconds: float

    @property
    def is_page(self) -> bool:
        return self.media.startswith("text/html")

    @property
    def links(self) -> list[str]:
        """The addresses of the console that the page leads to, in their order."""
        return [html.unescape(found.decode()) for found in _LINK.findall(self.body)]


class Browser:
    """One kept connection of somebody who is signed in."""

    def __init__(self, base: str, token: str) -> None:
        where = urlsplit(base)
        self._connection = http.client.HTTPConnection(
            str(where.hostname), where.port, timeout=_WITHIN
        )
        self._headers = {"Cookie": f"{COOKIE}={token}", "Accept": "text/html"}

    def visit(self, address: str) -> Seen:
        """Ask for a page, and read it to its end."""
        began = time.perf_counter()
        self._connection.request("GET", address, headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        seconds = time.perf_counter() - began
        return Seen(answer.status, answer.getheader("content-type", ""), body, seconds)

    def close(self) -> None:
        self._connection.close()


@contextmanager
def browser(base: str, token: str) -> Iterator[Browser]:
    """Open a browser for the length of the block."""
    opened = Browser(base, token)
    try:
        yield opened
    finally:
        opened.close()


def sign_in(stage: Stage, name: str, roles: Sequence[str], scope: str | None = None) -> str:
    """Add somebody, unless the store has them, and return the token of a new session of theirs."""
    token, person = secrets.token_urlsafe(32), new_id()
    with stage.connect() as connection, connection.transaction():
        connection.execute(
            "INSERT INTO people (id, name, display_name, must_change)"
            " VALUES (%s, %s, 'Trần Văn Mẫu', false) ON CONFLICT (name) DO NOTHING",
            (person, name),
        )
        row = connection.execute("SELECT id FROM people WHERE name = %s", (name,)).fetchone()
        assert row is not None
        found: UUID = row[0]
        for role in roles:
            connection.execute(
                "INSERT INTO person_roles (person_id, role, scope) VALUES (%s, %s, %s)"
                " ON CONFLICT DO NOTHING",
                (found, role, scope),
            )
        connection.execute(
            "INSERT INTO sessions (id, token_hash, person_id, opened_at, seen_at, expires_at,"
            " passed_at) VALUES (%s, %s, %s, now(), now(), now() + interval '1 day', now())",
            (new_id(), sha256(token.encode()).digest(), found),
        )
    return token


class Meter:
    """Reads the processor time that processes have spent so far, to the nanosecond."""

    def __init__(self, pids: Sequence[int]) -> None:
        self.pids = pids

    def __repr__(self) -> str:
        return f"<Meter of {len(self.pids)} processes>"

    def seconds(self) -> float:
        spent = 0
        for pid in self.pids:
            for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
                try:
                    spent += int(thread.read_text().split()[0])
                except (FileNotFoundError, ProcessLookupError):
                    continue
        return spent / 1e9
