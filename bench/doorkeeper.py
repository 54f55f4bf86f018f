"""`python -m bench.doorkeeper`: how long the door takes for a country of agencies over AMQP.

Every agency is a member with a broker user and a queue. On private servers the doorkeeper lets all
of them in, looks again with nothing changed, lets one more in, and shuts one out whose software
is connected. Last line on stdout: JSON. Exit code 1 unless the broker has exactly who is wanted.
"""

import argparse
import asyncio
import base64
import hashlib
import os
import secrets
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlsplit, urlunsplit

import aio_pika
import orjson
import psycopg
from rich.console import Console

from connectors.rabbitmq_admin import RabbitMQAdmin
from gateway.broker.rights import MARK
from gateway.broker.surveyor import Surveyor
from gateway.clock import SystemClock
from gateway.dispatch.endpoints import EndpointBook
from gateway.duties.doorkeeper import Doorkeeper
from gateway.duties.librarian import Librarian
from gateway.joining.members import suspend
from gateway.operations.audit import By
from gateway.rulebook import Rulebook, load_rulebook
from gateway.servers import Instance
from gateway.store.migrate import upgrade
from gateway.store.pool import Pool, open_pool
from routing.data.generators import national
from routing.directory import read_directory

AGENCIES: Final = 3321
CUT_OFF_WITHIN: Final = 120.0
_BY: Final = By("bench", "measured")
_PASSWORD: Final = secrets.token_urlsafe(32)


@dataclass(slots=True)
class Door:
    """A doorkeeper at work, its broker, and what it took."""

    pool: Pool
    keeper: Doorkeeper
    amqp_url: str
    console: Console

    async def done(self, what: str) -> dict[str, Any]:
        """Look until all is as wanted; return how long that took, and how many calls."""
        await self._run("UPDATE doorkeeping SET wanted = wanted + 1")
        began, calls, rounds = time.monotonic(), self.keeper.calls, 0
        while await self._is_wanted():
            await self.keeper.look()
            rounds += 1
        took = time.monotonic() - began
        self.console.print(
            f"{what}: {took:.1f} s, {self.keeper.calls - calls} calls, {rounds} rounds"
        )
        return {
            "seconds": round(took, 2),
            "calls": self.keeper.calls - calls,
            "rounds": rounds,
            "refused": len(self.keeper.refused),
        }

    async def shut_out(self, code: str) -> dict[str, Any]:
        """Suspend an agency that is connected; return how long its connection lasts."""
        parts = urlsplit(self.amqp_url)
        user = f"{quote(code + '-1')}:{quote(_PASSWORD)}@{parts.netloc.rpartition('@')[2]}"
        connection = await aio_pika.connect(urlunsplit(parts._replace(netloc=user)))
        lost = asyncio.Event()
        connection.close_callbacks.add(lambda *_: lost.set())
        began, calls = time.monotonic(), self.keeper.calls
        await suspend(self.pool, code, _BY)
        async with asyncio.timeout(CUT_OFF_WITHIN):
            looking = asyncio.create_task(self._look_until(lost))
            await lost.wait()
            took, needed = time.monotonic() - began, self.keeper.calls - calls
            await looking
        told = {"seconds": round(took, 2), "calls": needed}
        self.console.print(f"one shut out: cut off after {took:.2f} s")
        return told

    async def _look_until(self, happened: asyncio.Event) -> None:
        while not happened.is_set():
            await self.keeper.look()
            await asyncio.sleep(0.05)

    async def _is_wanted(self) -> bool:
        async with self.pool.connection() as connection:
            found = await connection.execute("SELECT wanted <> done FROM doorkeeping")
            row = await found.fetchone()
        return bool(row and row[0])

    async def _run(self, query: Any) -> None:
        async with self.pool.connection() as connection:
            await connection.execute(query)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, report on stderr, end with a line of JSON on stdout."""
    parser = argparse.ArgumentParser(prog="python -m bench.doorkeeper", description=__doc__)
    parser.add_argument("--agencies", type=int, default=AGENCIES)
    chosen = parser.parse_args(arguments)
    report = asyncio.run(_measure(chosen.agencies, Console(stderr=True)))
    print(orjson.dumps(report).decode(), flush=True)
    if not report["holds"]:
        sys.exit(1)


async def _measure(agencies: int, console: Console) -> dict[str, Any]:
    rulebook = _country()
    now = SystemClock().now()
    codes = sorted(row.code for row in rulebook.directory.in_force(now))[: agencies + 1]
    with Instance.temporary() as servers:
        upgrade(servers.postgres.url)
        amqp_url, admin_url = servers.rabbitmq.url, servers.rabbitmq.admin_url
        await _open_roads(amqp_url)
        async with open_pool(servers.postgres.url, size=4) as pool:
            keeper = Doorkeeper(
                pool,
                Librarian(rulebook, pool),
                SystemClock(),
                amqp_url=amqp_url,
                admin_url=admin_url,
            )
            door = Door(pool, keeper, amqp_url, console)
            _connect(servers.postgres.url, codes[:-1])
            first = await door.done(f"{agencies} agencies, the first time")
            surveyed = await _survey(pool, amqp_url)
            console.print(f"the surveyor of a process that starts: {surveyed:.1f} s")
            again = await door.done("with nothing changed")
            _connect(servers.postgres.url, codes[-1:])
            one_more = await door.done("one more")
            shut_out = await door.shut_out(codes[0])
            await door.done("after it")
            users = await _users(admin_url)
            await keeper.aclose()
    return {
        "holds": users == agencies and first["refused"] == 0,
        "agencies": agencies,
        "first": first,
        "unchanged": again,
        "one_more": one_more,
        "shut_out": shut_out,
        "surveyor_seconds": round(surveyed, 2),
        "load": [round(one, 1) for one in os.getloadavg()],
    }


async def _users(admin_url: str) -> int:
    """Count the users that a doorkeeper made and left."""
    async with RabbitMQAdmin(admin_url) as admin:
        return sum(MARK in one.tags for one in await admin.list_users())


async def _open_roads(amqp_url: str) -> None:
    """Declare the exchanges that agencies' queues are bound to."""
    surveyor = Surveyor(amqp_url, _NobodyYet())  # type: ignore[arg-type]
    await surveyor.survey()
    await surveyor.aclose()


class _NobodyYet:
    def all(self) -> dict[str, Any]:
        return {}


async def _survey(pool: Pool, amqp_url: str) -> float:
    endpoints = EndpointBook(pool, send_timeout=10)
    await endpoints.refresh()
    surveyor, began = Surveyor(amqp_url, endpoints), time.monotonic()
    while await surveyor.survey():
        pass
    await surveyor.aclose()
    return time.monotonic() - began


def _connect(database_url: str, codes: Sequence[str]) -> None:
    """Make agencies members that are live over AMQP, all with one password (hashed here)."""
    salt = secrets.token_bytes(4)
    hashed = base64.b64encode(salt + hashlib.sha256(salt + _PASSWORD.encode()).digest()).decode()
    with psycopg.connect(database_url, autocommit=True) as connection:
        cursor = connection.cursor()
        rows = [(code,) for code in codes]
        cursor.executemany("INSERT INTO members (agency, state) VALUES (%s, 'live')", rows)
        cursor.executemany("INSERT INTO endpoints (agency, connector) VALUES (%s, 'amqp')", rows)
        cursor.executemany(
            "INSERT INTO broker_credentials (user_name, agency, password_hash, expires_at)"
            " VALUES (%s, %s, %s, now() + interval '1 year')",
            [(f"{code}-1", code, hashed) for code in codes],
        )


def _country() -> Rulebook:
    rulebook = load_rulebook("thai-binh-hung-yen", "vn")
    read = read_directory(national.sheets(), rulebook.units)
    return rulebook.ruled_by(read.directory(rulebook.units))


if __name__ == "__main__":
    main()
