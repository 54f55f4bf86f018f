"""A gateway that browsers can open: it listens on a port, in the test's own process."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from gateway.api.app import create_app
from gateway.clock import LegalClock
from gateway.console.visitors import cookie_name
from gateway.http_server import listen, serve_http
from gateway.identity.clients import Clients
from gateway.operations.audit import By
from gateway.people.accounts import add_person, hold
from gateway.people.rights import read_grant
from gateway.settings import Settings
from gateway.wiring import Gateway, run_gateway
from tests.stage.clock import PassingClock
from tests.stage.dossiers import COMMUNE, birth, code, event
from tests.stage.inside import QUICK, rulebook
from tests.stage.wire import Caller

_numbers = itertools.count(1)

IN_BROWSER = pytest.mark.asyncio(loop_scope="session")
"""What every module of browser tests is marked with."""


@dataclass(slots=True)
class Town:
    """A running gateway, and where it listens."""

    gateway: Gateway
    base: str
    app: Any

    async def submit_dossier(self, personal_number: str, *, number: int = 1) -> str:
        """Submit a birth whose applicant has this number; return the dossier's code."""
        made = await Clients(self.gateway.services.pool, QUICK).register(
            f"office-{next(_numbers)}", agency=COMMUNE
        )
        applicant = {
            "kind": "citizen",
            "name": "Nguyễn Thị Giả Định",
            "identifier": {"kind": "personal_number", "value": personal_number},
        }
        async with httpx.AsyncClient(base_url=self.base) as http:
            answer = await http.post(
                "/oauth/token",
                data={"grant_type": "client_credentials"},
                auth=(made.client_id, made.secret),
            )
            caller = Caller(http, {"authorization": f"Bearer {answer.json()['access_token']}"})
            sent = await caller.say(
                event(number, birth(applicant=applicant), id=f"birth-{next(_numbers)}")
            )
        assert sent.status_code == httpx.codes.ACCEPTED, sent.text
        return code(number)

    async def pass_for(self, *roles: str) -> dict[str, str]:
        """Add somebody with these roles, sign them in, and return their browser's cookie."""
        pool, state = self.gateway.services.pool, self.app.state.lienthong
        name = f"{roles[0].partition('@')[0]}-{next(_numbers)}"
        await add_person(
            pool,
            name,
            "Trần Minh Thử",
            [read_grant(role) for role in roles],
            By("operator:cli:test"),
            password="con mèo trèo cây cau",
            must_change=False,
            secrets=QUICK,
        )
        async with pool.connection() as connection, connection.transaction():
            person = await hold(connection, name)
            token = await state.sessions.open(person.id, within=connection)
        return {cookie_name(state): token}


@asynccontextmanager
async def town(
    database_url: str, *, clock: LegalClock | None = None, **settings: Any
) -> AsyncIterator[Town]:
    """Run a gateway with its HTTP server for the length of the block."""
    chosen = Settings(
        **{"database_url": database_url, "database_pool": 4, "selftest_minutes": 0, **settings}
    )
    clock = clock or PassingClock.set_now()
    async with run_gateway(chosen, clock=clock, rulebook=rulebook()) as gateway:
        app = create_app(gateway.services)
        listener = listen("127.0.0.1", settings.get("http_port", 0))
        host, port = listener.getsockname()[:2]
        stop = asyncio.Event()
        serving = asyncio.create_task(serve_http(app, listener, stop))
        try:
            yield Town(gateway, f"http://{host}:{port}", app)
        finally:
            app.state.lienthong.bell.close()
            stop.set()
            await serving
