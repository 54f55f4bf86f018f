"""A stage: one database and one virtual host, agencies in the test's process, gateways beside it.

Agencies keep their records across everything that happens to gateways and servers, so that at the
end the accounts of both ends can be compared.
"""

import asyncio
import base64
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, LiteralString

import aio_pika
import psycopg
from argon2 import PasswordHasher
from psycopg_pool import AsyncConnectionPool

from connectors.broker import broker_url
from connectors.simulators import (
    AmqpAgency,
    Behaviour,
    MailboxAgency,
    OneStop,
    Record,
    SimulatedAgency,
    Wake,
    WebhookAgency,
    exactly,
    running,
)
from gateway.broker.topology import declare_agency_queues, declare_roads
from gateway.identity.clients import Clients
from gateway.identity.endpoints import NewEndpoint, register_endpoint
from gateway.identity.secrets import SecretKeeper
from tests.broker import Broker
from tests.stage.accounts import Accounts, reckon
from tests.stage.clock import PassingClock
from tests.stage.dossiers import COMMUNE, code
from tests.stage.facts import eventually
from tests.stage.nursery import Nursery
from tests.stage.processes import GatewayProcess

PROMPT = Behaviour(
    received_after=exactly(timedelta(0)),
    decided_after=exactly(timedelta(0)),
    acknowledge_after=timedelta(0),
    supplement_after=timedelta(0),
)
"""An agency that answers at once."""
ARRIVES_WITHIN = 10.0
"""Seconds that a confirmed message may take from the broker's queue into its agency's record."""
FAST = {
    "lease_seconds": 2,
    "send_timeout": 0.9,
    "backoff_base": 0.2,
    "breaker_seconds": 1,
    "database_pool": 4,
}
"""Machine time shortened; a lease is still longer than any call."""
_QUICK = SecretKeeper(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@dataclass(slots=True)
class Stage:
    """Where a test performs. Everything on it ends with the test."""

    nursery: Nursery
    database_url: str
    broker: Broker
    folder: Path
    clock: PassingClock
    settings: dict[str, Any]
    http: str
    """Where agencies call: the address that every gateway of this stage in turn listens on."""
    wake: Wake
    agencies: dict[str, SimulatedAgency] = field(default_factory=dict)
    gateways: list[GatewayProcess] = field(default_factory=list)
    submitted: set[tuple[str, str]] = field(default_factory=set)

    def gateway(self, **settings: Any) -> GatewayProcess:
        """Start a gateway process; wait for it with `ready()`."""
        log = self.folder / f"gateway-{len(self.gateways) + 1}.log"
        started = GatewayProcess(
            self.nursery, {**self.settings, **settings}, log, clock=str(self.clock)
        )
        self.gateways.append(started)
        return started

    @property
    def records(self) -> dict[str, Record]:
        return {code: agency.record for code, agency in self.agencies.items()}

    def submit(
        self,
        numbers: Iterable[int],
        data: Callable[[], Mapping[str, Any]],
        *,
        commune: str = COMMUNE,
    ) -> None:
        """Let a commune's software submit dossiers."""
        one_stop = OneStop(self.agencies[commune])
        for number in numbers:
            dossier = code(number, commune)
            self.submitted.add((commune, dossier))
            one_stop.submit(dossier, data())

    def rows(self, query: LiteralString, *parameters: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            found = connection.execute(query, parameters)
            return found.fetchall() if found.description else []

    def count(self, query: LiteralString, *parameters: Any) -> int:
        """Return the one number that a query gives."""
        return int(self.rows(query, *parameters)[0][0])

    def is_settled(self) -> bool:
        """Everything ended, everything owed is delivered, everyone has every receipt."""
        if any(agency.in_flight for agency in self.agencies.values()):
            return False
        finished = sum(len(record.finished) for record in self.records.values())
        if finished < len(self.submitted):
            return False
        return not self.count(
            "SELECT (SELECT count(*) FROM deliveries WHERE state IN ('pending', 'failed'))"
            " + (SELECT count(*) FROM transfers WHERE state = 'open')"
        )

    def how_far(self) -> str:
        """Say what is not settled; what a failed wait shows."""
        transfers = self.rows("SELECT state, count(*) FROM transfers GROUP BY 1")
        deliveries = self.rows(
            "SELECT agency, kind, state, count(*), max(failure_code), max(lease_no), max(attempts),"
            " max(next_attempt_at - clock_timestamp())::text FROM deliveries"
            " WHERE state IN ('pending', 'failed') GROUP BY 1, 2, 3"
        )
        ways = self.rows("SELECT agency, enabled, breaker FROM endpoints WHERE breaker <> 'closed'")
        busy = {code: one.in_flight for code, one in self.agencies.items() if one.in_flight}
        logs = "\n".join(f"--- {one}\n{one.tail()}" for one in self.gateways)
        return (
            f"transfers {transfers}; owed {deliveries}; breakers {ways}; in flight {busy}\n{logs}"
        )

    async def settled(self, within: float) -> Accounts:
        """Wait until all is at rest; return the accounts of both ends.

        What the broker has confirmed may still be on its way out of an agency's queue.
        """
        await eventually(self.is_settled, within=within, told=self.how_far)
        accounts = self._reckoned()
        until = asyncio.get_running_loop().time() + ARRIVES_WITHIN
        while accounts.lost and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(0.2)
            accounts = self._reckoned()
        return accounts

    def _reckoned(self) -> Accounts:
        return reckon(self.database_url, self.records, self.submitted)


@asynccontextmanager
async def stage_for(
    connectors: Mapping[str, str],
    *,
    nursery: Nursery,
    database_url: str,
    broker: Broker,
    folder: Path,
    behaviours: Mapping[str, Behaviour] | None = None,
    speed: float = 1.0,
    settings: Mapping[str, Any] | None = None,
    resend_after: float = 5.0,
    http: str | None = None,
    wake: Wake | None = None,
) -> AsyncIterator[Stage]:
    """Set a stage whose agencies (code → connector) run for the length of the block."""
    clock = PassingClock.set_now(speed=speed)
    port = free_port()
    stage = Stage(
        nursery,
        database_url,
        broker,
        folder,
        clock,
        {
            "database_url": database_url,
            "amqp_url": broker.url,
            "amqp_admin_url": broker.admin_url,
            "http_port": port,
            **FAST,
            **(settings or {}),
        },
        http or f"http://127.0.0.1:{port}",
        wake or clock,
    )
    await _declare(broker, [code for code, way in connectors.items() if way == "amqp"])
    async with AsyncConnectionPool(database_url, min_size=1, max_size=2, open=False) as pool:
        clients = Clients(pool, _QUICK)
        for agency, connector in connectors.items():
            behaviour = (behaviours or {}).get(agency, PROMPT)
            stage.agencies[agency] = await _software(
                stage, pool, clients, agency, connector, behaviour, resend_after
            )
    async with AsyncExitStack() as stack:
        stack.callback(_end_all, stage.gateways)
        await stack.enter_async_context(running(*stage.agencies.values()))
        yield stage


async def _declare(broker: Broker, queued: list[str]) -> None:
    connection = await aio_pika.connect(broker_url(broker.url, "stage"))
    async with connection:
        channel = await connection.channel()
        await declare_roads(channel)
        await asyncio.gather(*(declare_agency_queues(channel, [code]) for code in queued))


async def _software(
    stage: Stage,
    pool: Any,
    clients: Clients,
    code: str,
    connector: str,
    behaviour: Behaviour,
    resend_after: float,
) -> SimulatedAgency:
    desk: dict[str, Any] = {
        "behaviour": behaviour,
        "wake": stage.wake,
        "resend_after": resend_after,
    }
    if connector == "amqp":
        await register_endpoint(pool, NewEndpoint(code, "amqp"))
        return AmqpAgency(code, stage.broker.url, **desk)
    client = await clients.register(f"stage-{code}", agency=code)
    desk |= {"client_id": client.client_id, "client_secret": client.secret}
    if connector == "mailbox":
        await register_endpoint(pool, NewEndpoint(code, "mailbox"))
        return MailboxAgency(code, stage.http, long_poll=1.0, **desk)
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
    agency = WebhookAgency(code, stage.http, secret=secret, **desk)
    await register_endpoint(
        pool, NewEndpoint(code, "webhook", address=agency.address, secret=secret)
    )
    return agency


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _end_all(gateways: Iterable[GatewayProcess]) -> None:
    for gateway in gateways:
        gateway.close()
