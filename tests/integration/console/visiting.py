"""People for tests: added, signed in, with what their browser would send."""

import itertools
from dataclasses import dataclass
from typing import Any

import httpx

from gateway.console.visitors import cookie_name
from gateway.identity.secrets import SecretKeeper
from gateway.operations.audit import By
from gateway.people.accounts import add_person, hold
from gateway.people.rights import read_grant
from gateway.people.sessions import csrf_of
from tests.integration.api.running import QUICK, Api

BY = By("operator:cli:test")
PASSWORD = "con mèo trèo cây cau"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Visit:
    """A signed-in person's browser: reads, and posts forms as our own pages would."""

    api: Api
    name: str
    token: str

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie_name(self.api.state): self.token}

    @property
    def csrf(self) -> str:
        return csrf_of(self.token)

    async def get(self, address: str, **headers: str) -> httpx.Response:
        return await self.api.http.get(address, headers={**self._cookie(), **headers})

    async def post(self, address: str, **fields: Any) -> httpx.Response:
        headers = {**self._cookie(), "Sec-Fetch-Site": "same-origin"}
        return await self.api.http.post(
            address, data={"csrf": self.csrf, **fields}, headers=headers
        )

    def _cookie(self) -> dict[str, str]:
        [(name, value)] = self.cookies.items()
        return {"Cookie": f"{name}={value}"}


async def sign_in(api: Api, *roles: str, name: str | None = None, **settled: Any) -> Visit:
    """Add somebody with these roles (`operator`, `viewer@H31.15`) and open a session for them."""
    name = name or f"somebody-{next(_numbers)}"
    await add_person(
        api.gateway.services.pool,
        name,
        "Trần Văn Thử",
        [read_grant(role) for role in roles],
        BY,
        password=PASSWORD,
        must_change=settled.get("must_change", False),
        secrets=SecretKeeper(QUICK),
    )
    return await again(api, name)


async def again(api: Api, name: str) -> Visit:
    """Open another session for somebody."""
    pool = api.gateway.services.pool
    async with pool.connection() as connection, connection.transaction():
        person = await hold(connection, name)
        token = await api.state.sessions.open(person.id, within=connection)
    return Visit(api, name, token)
