"""A gateway in the test's own process: its parts within reach, its log in the test's output."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, LiteralString

import httpx
import psycopg
from argon2 import PasswordHasher

from connectors.protocol import Caller as Connector
from connectors.protocol import Speaker
from gateway.api.app import create_app
from gateway.clock import LegalClock
from gateway.identity.clients import Clients
from gateway.identity.secrets import SecretKeeper
from gateway.rulebook import Rulebook, load_rulebook
from gateway.settings import Settings
from gateway.wiring import Gateway, run_gateway
from tests.stage.clock import PassingClock
from tests.stage.dossiers import COMMUNE
from tests.stage.proxy import Proxy
from tests.stage.wire import Caller

QUICK = SecretKeeper(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@cache
def rulebook() -> Rulebook:
    """The packaged tables, read once per test process."""
    return load_rulebook("thai-binh-hung-yen", "vn")


@dataclass(slots=True)
class Inside:
    """A running gateway and its HTTP application."""

    gateway: Gateway
    http: httpx.AsyncClient
    database_url: str

    async def caller(self, agency: str = COMMUNE) -> Caller:
        """Register an agency's client and sign in."""
        made = await Clients(self.gateway.services.pool, QUICK).register(
            f"caller-{agency}", agency=agency
        )
        answer = await self.http.post(
            "/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(made.client_id, made.secret),
        )
        answer.raise_for_status()
        return Caller(self.http, {"authorization": f"Bearer {answer.json()['access_token']}"})

    def rows(self, query: LiteralString, *parameters: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            found = connection.execute(query, parameters)
            return found.fetchall() if found.description else []

    def count(self, query: LiteralString, *parameters: Any) -> int:
        """Return the one number that a query gives."""
        return int(self.rows(query, *parameters)[0][0])


@asynccontextmanager
async def gateway_inside(
    database_url: str,
    *,
    clock: LegalClock | None = None,
    through: Proxy | None = None,
    callers: Mapping[str, Connector] | None = None,
    speakers: Mapping[str, Speaker] | None = None,
    **settings: Any,
) -> AsyncIterator[Inside]:
    """Run a gateway in this process for the length of the block; its database may be `through`."""
    url = through.url_of(database_url) if through else database_url
    chosen = Settings(
        **{"database_url": url, "database_pool": 4, "selftest_minutes": 0, **settings}
    )
    clock = clock or PassingClock.set_now()
    async with run_gateway(
        chosen, clock=clock, rulebook=rulebook(), callers=callers, speakers=speakers
    ) as gateway:
        app = create_app(gateway.services)
        transport = httpx.ASGITransport(app, client=("192.0.2.9", 50000))
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
            try:
                yield Inside(gateway, http, database_url)
            finally:
                app.state.lienthong.bell.close()


def connect_agencies(
    database_url: str, ways: Mapping[str, str] | Iterable[str], *, timeout_ms: int = 10_000
) -> None:
    """Say how agencies are reached; over AMQP, if only codes are named."""
    chosen = ways if isinstance(ways, Mapping) else dict.fromkeys(ways, "amqp")
    with psycopg.connect(database_url, autocommit=True) as connection:
        for agency, connector in chosen.items():
            connection.execute(
                "INSERT INTO endpoints (agency, connector, timeout_ms) VALUES (%s, %s, %s)",
                (agency, connector, timeout_ms),
            )


@asynccontextmanager
async def commits_held(database_url: str) -> AsyncIterator[None]:
    """Hold a lock that every commit waits for, for the length of the block."""
    connection = await psycopg.AsyncConnection.connect(database_url)
    try:
        await connection.execute("LOCK TABLE message_keys IN EXCLUSIVE MODE")
        yield
    finally:
        await connection.close()
