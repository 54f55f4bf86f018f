"""OAuth 2 clients: registered, given a new secret, switched off, and recognised.

A secret is shown once, when it is made. Giving a client a new one leaves the old one good for a
while (`overlap`), so that its software can be changed without a gap. Switching off takes effect
within `FRESH_SECONDS` everywhere, whatever tokens are still about: callers are looked up again. So
does the end of a secret, for the tokens that it was good for.
"""

import re
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import psycopg
from psycopg_pool import PoolTimeout

from gateway.identity.secrets import SecretKeeper, mark_of, new_secret
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


@dataclass(frozen=True, slots=True)
class Standing:
    """A client as it stands: for whom it speaks, and the marks of the secrets that are good."""

    agency: str | None
    roles: frozenset[str]
    secrets: frozenset[str]
    scope: str | None = None

    def admit(self, claimed: Caller) -> Caller | None:
        """Return a token's caller with the roles of now; None if its secret is no longer good."""
        if claimed.agency != self.agency or claimed.secret not in self.secrets:
            return None
        return Caller(claimed.client_id, self.agency, self.roles, claimed.secret, self.scope)


async def read_standings(connection: Connection, clients: Iterable[str]) -> dict[str, Standing]:
    """Return how clients stand now; who is off, expired, or of a suspended agency is left out."""
    found = await connection.execute(statement("find_clients"), (list(clients),), prepare=True)
    return {row[0]: _standing(row) for row in await found.fetchall()}


class Clients:
    """The clients table as callers see it."""

    def __init__(self, pool: Pool, secrets: SecretKeeper | None = None) -> None:
        self._pool = pool
        self._secrets = secrets or SecretKeeper()
        self._fresh: dict[str, tuple[float, Standing | None]] = {}

    async def register(
        self,
        client_id: str,
        *,
        agency: str | None = None,
        roles: Iterable[str] = (),
        secret: str | None = None,
        scope: str | None = None,
        within: Connection | None = None,
    ) -> NewClient:
        """Add a client for an agency's software, or for an operator (roles); return its secret.

        `within` is the transaction that it is part of, here and below; by default its own.
        `secret` is for tests and canned agencies; by default one is made. `scope` confines an
        operator to one agency and what lies below it.
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
        if scope is not None and (agency is not None or not is_agency_code(scope)):
            raise ClientRefused("the scope of an operator is a present agency code")
        secret = secret or new_secret()
        row = (client_id, agency, sorted(wanted), await self._secrets.hash(secret), scope)
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
        async with self._pool.connection(timeout=_STORE_SECONDS) as connection:
            found = await connection.execute(
                statement("find_clients"), ([client_id],), prepare=True
            )
            row = await found.fetchone()
        matched = await self._secrets.verify(client_id, secret, _hashes(row) if row else [])
        if matched is None or row is None:
            return None
        return Caller(client_id, row[1], frozenset(row[2]), mark_of(matched), row[5])

    async def present(self, claimed: Caller) -> Caller | None:
        """Return a token's caller as its client stands now (at most `FRESH_SECONDS` old).

        None if it is off, or the secret that the token was got with is no longer good. While the
        store does not answer, what was known last counts: nothing can be stored or read then
        anyway, and the caller should learn that instead.
        """
        name = claimed.client_id
        known = self._fresh.get(name)
        if known is not None and known[0] > time.monotonic():
            admitted = _admitted(known[1], claimed)
            if admitted is not None or known[1] is None:
                return admitted
            # Its secret may be newer than what is known here: it is looked up again.
        try:
            async with self._pool.connection(timeout=_STORE_SECONDS) as connection:
                standing = (await read_standings(connection, [name])).get(name)
        except (psycopg.OperationalError, PoolTimeout):
            if known is None:
                raise
            return _admitted(known[1], claimed)
        self._fresh[name] = (time.monotonic() + FRESH_SECONDS, standing)
        return _admitted(standing, claimed)

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


def _standing(row: Sequence[Any]) -> Standing:
    return Standing(row[1], frozenset(row[2]), frozenset(map(mark_of, _hashes(row))), row[5])


def _admitted(standing: Standing | None, claimed: Caller) -> Caller | None:
    return None if standing is None else standing.admit(claimed)


def _hashes(row: Sequence[Any]) -> list[str]:
    return [stored for stored in row[3:5] if stored is not None]
