"""A running gateway with its HTTP application, on a database of the test's own."""

import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import orjson
from argon2 import PasswordHasher
from fastapi import FastAPI

from connectors.protocol import Caller
from gateway.api.app import create_app
from gateway.api.state import ApiState
from gateway.identity.clients import Clients
from gateway.identity.secrets import SecretKeeper
from gateway.rulebook import load_rulebook
from gateway.settings import Settings
from gateway.wiring import Gateway, run_gateway

VN = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = datetime(2026, 3, 2, 8, 30, tzinfo=VN).astimezone(UTC)
COMMUNE = "H31.101"
"""A one-stop of the packaged directory; its commune is unit 11953."""
UNIT = "11953"
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_RULEBOOK = load_rulebook("thai-binh-hung-yen", "vn")
_numbers = itertools.count(1)


class SetClock:
    """Legal time that moves when the test says so."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def move(self, **span: float) -> None:
        self._now += timedelta(**span)


@dataclass(slots=True)
class Api:
    """The application, a client for it, and what a test needs of the gateway behind."""

    gateway: Gateway
    app: FastAPI
    http: httpx.AsyncClient
    clock: SetClock
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> ApiState:
        state: ApiState = self.app.state.lienthong
        return state

    async def sign_in(self, agency: str | None = COMMUNE, *roles: str) -> dict[str, str]:
        """Register a client and return its Authorization header."""
        name = f"{agency or 'operator'}-{next(_numbers)}"
        clients = Clients(self.gateway.services.pool, SecretKeeper(QUICK))
        made = await clients.register(name, agency=agency, roles=roles)
        answer = await self.http.post(
            "/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(made.client_id, made.secret),
        )
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    async def send(self, event: dict[str, Any], caller: dict[str, str]) -> httpx.Response:
        """Post one event in structured mode."""
        return await self.http.post(
            "/v1/messages",
            content=orjson.dumps(event),
            headers={**caller, "Content-Type": STRUCTURED},
        )

    async def submit(self, caller: dict[str, str], **changes: Any) -> dict[str, Any]:
        """Submit a fresh dossier and return its receipt."""
        answer = await self.send(submission(**changes), caller)
        assert answer.status_code == 202, answer.text
        receipt: dict[str, Any] = answer.json()
        return receipt

    async def keep_time(self) -> None:
        """Have every clock that is due handled."""
        due = "SELECT 1 FROM transfers WHERE next_timer_at <= %s LIMIT 1"
        while await self.rows(due, self.clock.now()):
            await self.gateway.committer.handle_due(250)

    async def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        async with self.gateway.services.pool.connection() as connection:
            found = await connection.execute(query, parameters)
            return await found.fetchall() if found.description else []

    async def reach_by(self, connector: str, *agencies: str, **columns: Any) -> None:
        """Give agencies an endpoint."""
        for agency in agencies:
            await self.rows(
                "INSERT INTO endpoints (agency, connector, address, secret) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (agency) DO UPDATE SET connector = EXCLUDED.connector",
                agency,
                connector,
                columns.get("address"),
                columns.get("secret"),
            )
        await self.gateway.refresh_endpoints()


@asynccontextmanager
async def running(
    database_url: str, callers: Mapping[str, Caller] | None = None, /, **settings: Any
) -> AsyncIterator[Api]:
    """Run a gateway without a broker and its application; nothing listens on a port."""
    clock = SetClock()
    chosen = Settings(**{"database_url": database_url, "selftest_minutes": 0, **settings})
    async with run_gateway(chosen, clock=clock, rulebook=_RULEBOOK, callers=callers) as gateway:
        app = create_app(gateway.services)
        transport = httpx.ASGITransport(app, client=("192.0.2.7", 50000))
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
            try:
                yield Api(gateway, app, http, clock)
            finally:
                app.state.lienthong.bell.close()


def submission(**changes: Any) -> dict[str, Any]:
    """Write a valid transfer.submitted of the commune; `data__x` changes a member of data."""
    number = next(_numbers)
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": f"message-{number}",
        "source": f"urn:lienthong:agency:{COMMUNE}",
        "type": "vn.lienthong.transfer.submitted.v1",
        "subject": f"{COMMUNE}-260302-{number:04d}",
        "time": "2026-03-02T08:29:50+07:00",
        "data": {
            "procedure": "2.000987",
            "received_at": "2026-03-02T08:20:00+07:00",
            "channel": "in_person",
            "applicant": {"kind": "citizen", "name": "Trần Thị Bí Mật"},
            "places": {"applicant": UNIT},
        },
    }
    for name, value in changes.items():
        if name.startswith("data__"):
            event["data"][name.removeprefix("data__")] = value
        else:
            event[name] = value
    return event
