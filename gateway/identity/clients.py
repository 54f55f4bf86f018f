"""OAuth 2 clients: registered, given a new secret, switched off, and recognised.

A secret is shown once, when it is made. Giving a client a new one leaves the old one good for a
while (`overlap`), so that its software can be changed without a gap. Switching off takes effect
within `FRESH_SECONDS` everywhere, whatever tokens are still about: callers are looked up again.
"""

import re
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import psycopg
from psycopg_pool import PoolTimeout

from gateway.identity.secrets import SecretKeeper, new_secret
from gateway.identity.tokens import Caller
from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement
from schemas.identifiers import is_agency_code

FRESH_SECONDS = 2.0
OPERATOR = "operator"
ROLES = frozenset({OPERATOR})
_STORE_SECONDS = 3.0
_CLIENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,63}")


class ClientRefused(ValueError):
    """A client that cannot be registered or changed as asked; the message says why."""


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client's credentials. The secret is nowhere else: show it once."""

    client_id: str
    secret: str = field(repr=False)


class Clients:
    """The clients table as callers see it."""

    def __init__(self, pool: Pool, secrets: SecretKeeper | None = None) -> None:
        self._pool = pool
        self._secrets = secrets or SecretKeeper()
        self._fresh: dict[str, tuple[float, Caller | None]] = {}

    async def register(
        self,
        client_id: str,
        *,
        agency: str | None = None,
        roles: Iterable[str] = (),
        secret: str | None = None,
        within: Connection | None = None,
    ) -> NewClient:
        """Add a client for an agency's software, or for an operator (roles); return its secret.

        `within` is the transaction that it is part of, here and below; by default its own.
        `secret` is for tests and canned agencies; by default one is made.
        """
        wanted = frozenset(roles)
        if _CLIENT_ID.fullmatch(client_id) is None:
            raise ClientRefused("a client id has 3 to 64 letters, digits, dots, dashes")
        if agency is not None and not is_agency_code(agency):
            raise ClientRefused("the agency is not a present agency code")
        if unknown := wanted - ROLES:
            raise ClientRefused(f"no such role: {', '.join(sorted(unknown))}")
        if agency is None and not wanted:
            raise ClientRefused("a client speaks for an agency or has a role")
        secret = secret or new_secret()
        row = (client_id, agency, sorted(wanted), await self._secrets.hash(secret))
        async with self._at(within) as connection:
            added = await connection.execute(statement("register_client"), row)
            if added.rowcount == 0:
                raise ClientRefused("this client id is taken")
        return NewClient(client_id, secret)

    async def rotate(
        self,
        client_id: str,
        *,
        overlap: timedelta = timedelta(hours=24),
        within: Connection | None = None,
    ) -> NewClient:
        """Give a client another secret; the one it has stays good for `overlap`."""
        secret = new_secret()
        hashed = await self._secrets.hash(secret)
        async with self._at(within) as connection:
            changed = await connection.execute(
                statement("rotate_client_secret"), (overlap, hashed, client_id)
            )
            if changed.rowcount == 0:
                raise ClientRefused("no such client, or it is switched off")
        return NewClient(client_id, secret)

    async def disable(self, client_id: str, *, within: Connection | None = None) -> None:
        """Switch a client off: no new tokens, and the old ones count no more."""
        async with self._at(within) as connection:
            changed = await connection.execute(statement("disable_client"), (client_id,))
            if changed.rowcount == 0:
                raise ClientRefused("no such client")
        self._fresh.pop(client_id, None)

    async def authenticate(self, client_id: str, secret: str) -> Caller | None:
        """Return who presents these credentials; None if they are not good."""
        row = await self._find(client_id)
        hashes = [stored for stored in row[2:4] if stored is not None] if row else []
        if not await self._secrets.verify(client_id, secret, hashes) or row is None:
            return None
        return Caller(client_id, row[0], frozenset(row[1]))

    async def present(self, client_id: str) -> Caller | None:
        """Return a client as it stands now (at most `FRESH_SECONDS` old); None if it is off.

        While the store does not answer, what was known last counts: nothing can be stored or read
        then anyway, and the caller should learn that instead.
        """
        known = self._fresh.get(client_id)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        try:
            row = await self._find(client_id)
        except (psycopg.OperationalError, PoolTimeout):
            if known is None:
                raise
            return known[1]
        caller = Caller(client_id, row[0], frozenset(row[1])) if row else None
        self._fresh[client_id] = (time.monotonic() + FRESH_SECONDS, caller)
        return caller

    def forget(self) -> None:
        """Look everybody up again at their next call."""
        self._fresh.clear()

    @asynccontextmanager
    async def _at(self, within: Connection | None) -> AsyncIterator[Connection]:
        if within is not None:
            yield within
            return
        async with self._pool.connection() as connection:
            yield connection

    async def _find(self, client_id: str) -> tuple[Any, ...] | None:
        async with self._pool.connection(timeout=_STORE_SECONDS) as connection:
            found = await connection.execute(statement("find_client"), (client_id,), prepare=True)
            return await found.fetchone()
