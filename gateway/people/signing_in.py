"""Signing in with a name and a password, and out again.

Who is not let in learns nothing: not whether the name exists, is switched off or has no password,
neither by words nor by the time that it took. Openings, endings and names that are shut are in the
audit trail.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil
from typing import Any, Final

import structlog

from gateway.identity.secrets import SecretKeeper
from gateway.operations import audit
from gateway.operations.audit import By
from gateway.people.sessions import Sessions
from gateway.people.signed_in import SignedIn
from gateway.people.tries import Counted, Wait, count_try, give_back
from gateway.store.pool import Pool
from gateway.store.sql import statement

log = structlog.get_logger()

GATEWAY: Final = By("gateway")
_LONGEST: Final = 256


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody signed in; the token is for their cookie and nowhere else."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WrongPassword:
    """The name or the password is not right."""


@dataclass(frozen=True, slots=True)
class TooManyTries:
    """Too many failed: nobody looks at the password before so much time has passed."""

    wait: timedelta

    @property
    def seconds(self) -> int:
        return ceil(self.wait.total_seconds())

    @property
    def minutes(self) -> int:
        return ceil(self.wait / timedelta(minutes=1))


class Doors:
    """Where people sign in. With `only` nobody else does so with a password: the account for the
    day on which the identity provider is down."""

    def __init__(
        self, pool: Pool, sessions: Sessions, secrets: SecretKeeper, *, only: str | None = None
    ) -> None:
        self._pool = pool
        self._sessions = sessions
        self._secrets = secrets
        self._only = only

    def __repr__(self) -> str:
        return f"<Doors {self._sessions!r}>"

    async def sign_in(
        self, name: str, password: str, address: str
    ) -> Opened | WrongPassword | TooManyTries:
        """Open a session for whoever this is; `address` is where the request comes from."""
        name = name.strip().lower()
        counted = await count_try(self._pool, name, address)
        if isinstance(counted, Wait):
            log.info("sign_in.waits")
            return TooManyTries(counted.left)
        row = await self._find(name)
        hashes = [row[1]] if row and row[1] is not None else []
        fits = len(password) <= _LONGEST and "\0" not in password
        if not await self._secrets.verify(name, password if fits else "", hashes) or row is None:
            await self._failed(name, row is not None, counted)
            return WrongPassword()
        async with self._pool.connection() as connection, connection.transaction():
            held = await connection.execute(statement("hold_password"), (row[0],))
            if await held.fetchone() != (row[1],):
                return WrongPassword()  # switched off or given another one in the meantime
            token = await self._sessions.open(row[0], within=connection)
            await give_back(connection, name, address)
            after = {"by": "password"}
            by = By(f"operator:person:{name}")
            await audit.enter(connection, by, "session.opened", name, after=after)
        log.info("sign_in.opened")
        return Opened(token)

    async def sign_out(self, who: SignedIn, token: str) -> None:
        """End the session that a token is of."""
        async with self._pool.connection() as connection, connection.transaction():
            await self._sessions.end(token, "signed-out", within=connection)
            await audit.enter(connection, By(who.actor), "session.ended", who.name)

    async def _find(self, name: str) -> tuple[Any, ...] | None:
        if "\0" in name or self._only not in (None, name):
            return None
        async with self._pool.connection() as connection:
            found = await connection.execute(statement("find_password"), (name,))
            return await found.fetchone()

    async def _failed(self, name: str, exists: bool, counted: Counted) -> None:
        """Tell of a name that is shut now; what was typed as the name of nobody is kept nowhere."""
        log.info("sign_in.failed", shut=counted.shut)
        if counted.shut and exists:
            async with self._pool.connection() as connection:
                after = {"failures": counted.failures}
                await audit.enter(connection, GATEWAY, "person.shut", name, after=after)
