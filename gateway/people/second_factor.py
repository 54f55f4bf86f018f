"""The second factor: set up with an authenticator application, asked for at every sign-in.

Setting up is two steps, so that nobody is locked out by a code that was never scanned: begin (a
secret, shown once), confirm (its first code). A code is taken once, whoever is faster; guessing is
slowed down as passwords are, under a name of its own. Ten recovery codes are shown once and stored
as digests. An administrator can take somebody's factor off; that signs them out.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.operations import audit
from gateway.operations.audit import By
from gateway.people.accounts import PersonRefused, hold
from gateway.people.codes import (
    address_of,
    in_letters,
    new_recovery_codes,
    new_secret,
    recovery_hash,
    step_of,
)
from gateway.people.factor_keys import FactorKey
from gateway.people.sessions import Sessions, end_sessions_of
from gateway.people.signed_in import SignedIn
from gateway.people.signing_in import TooManyTries
from gateway.people.tries import Wait, count_try, give_back
from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement

ISSUER: Final = "Liên Thông"
_CODE_LENGTH: Final = 6


@dataclass(frozen=True, slots=True)
class Begun:
    """What an authenticator application has to know: as an address for a QR code, and by hand."""

    address: str = field(repr=False)
    letters: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The second factor counts from now on. The recovery codes are nowhere else."""

    recovery_codes: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Passed:
    """The code was right. `recovery_left` is set if it was one for recovery."""

    recovery_left: int | None = None


@dataclass(frozen=True, slots=True)
class WrongCode:
    """It is no code of theirs, not of now, or was taken before."""


class SecondFactors:
    """Second factors as their owners see them."""

    def __init__(
        self,
        pool: Pool,
        sessions: Sessions,
        key: FactorKey,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._pool = pool
        self._sessions = sessions
        self._key = key
        self._now = now

    def __repr__(self) -> str:
        return "<SecondFactors>"

    async def begin(self, who: SignedIn) -> Begun | None:
        """Make a secret that does not count yet; None if they have a factor that does."""
        secret = new_secret()
        row = {"person": who.person, "sealed": self._key.seal(secret, who.person)}
        async with self._pool.connection() as connection:
            begun = await connection.execute(statement("begin_second_factor"), row)
        return None if begun.rowcount == 0 else _begun(who, secret)

    async def begun(self, who: SignedIn) -> Begun | None:
        """Return the secret that does not count yet, to be shown again after a wrong first code."""
        asked = {"person": who.person, "confirmed": False}
        async with self._pool.connection() as connection:
            found = await connection.execute(statement("hold_second_factor"), asked)
            row = await found.fetchone()
        secret = None if row is None else self._key.open(row[0], who.person)
        return None if secret is None else _begun(who, secret)

    async def confirm(
        self, who: SignedIn, code: str, address: str
    ) -> Confirmed | WrongCode | TooManyTries:
        """Let the secret count if this is its code; sessions that did without it end."""
        counted = await count_try(self._pool, _tried(who), address)
        if isinstance(counted, Wait):
            return TooManyTries(counted.left)
        made = new_recovery_codes()
        async with self._pool.connection() as connection, connection.transaction():
            step = await self._step(connection, who, code, confirmed=False)
            if step is None:
                return WrongCode()
            row = {"person": who.person, "step": step}
            await connection.execute(statement("confirm_second_factor"), row)
            await _write_recovery(connection, who, made)
            await connection.execute(statement("pass_session"), (who.session,))
            await end_sessions_of(connection, who.person, "second-factor", but=who.session)
            await give_back(connection, _tried(who), address)
            await audit.enter(connection, By(who.actor), "person.factor_added", who.name)
        self._sessions.forget()
        return Confirmed(tuple(made))

    async def enter(
        self, who: SignedIn, code: str, address: str
    ) -> Passed | WrongCode | TooManyTries:
        """Let a session that owes a code go on, if this is one: of now, or for recovery."""
        counted = await count_try(self._pool, _tried(who), address)
        if isinstance(counted, Wait):
            return TooManyTries(counted.left)
        async with self._pool.connection() as connection, connection.transaction():
            passed = await self._taken(connection, who, code)
            if passed is None:
                return WrongCode()
            await connection.execute(statement("pass_session"), (who.session,))
            await give_back(connection, _tried(who), address)
            if passed.recovery_left is not None:
                after = {"left": passed.recovery_left}
                await audit.enter(
                    connection, By(who.actor), "person.recovered", who.name, after=after
                )
        self._sessions.forget()
        return passed

    async def _taken(self, connection: Connection, who: SignedIn, code: str) -> Passed | None:
        if len("".join(code.split())) <= _CODE_LENGTH:
            step = await self._step(connection, who, code, confirmed=True)
            if step is None:
                return None
            taken = await connection.execute(
                statement("take_code_step"), {"person": who.person, "step": step}
            )
            return Passed() if taken.rowcount else None
        used = {"person": who.person, "code_hash": recovery_hash(code)}
        found = await connection.execute(statement("use_recovery_code"), used)
        row = await found.fetchone()
        return None if row is None else Passed(recovery_left=row[0])

    async def _step(
        self, connection: Connection, who: SignedIn, code: str, *, confirmed: bool
    ) -> int | None:
        asked = {"person": who.person, "confirmed": confirmed}
        found = await connection.execute(statement("hold_second_factor"), asked)
        row: tuple[Any, ...] | None = await found.fetchone()
        secret = None if row is None else self._key.open(row[0], who.person)
        return None if secret is None else step_of(secret, code, self._now())


async def remove_factor(pool: Pool, name: str, by: By) -> None:
    """Take somebody's second factor off, lost or broken; they sign in again and set up another."""
    async with pool.connection() as connection, connection.transaction():
        held = await hold(connection, name, by)
        await connection.execute(statement("delete_recovery_codes"), (held.id,))
        removed = await connection.execute(statement("delete_second_factor"), (held.id,))
        if removed.rowcount == 0:
            raise PersonRefused("no-factor", f"{held.name} has no second factor")
        await end_sessions_of(connection, held.id, "second-factor")
        await audit.enter(connection, by, "person.factor_removed", held.name)


async def _write_recovery(connection: Connection, who: SignedIn, codes: list[str]) -> None:
    await connection.execute(statement("delete_recovery_codes"), (who.person,))
    rows = {"person": who.person, "hashes": [recovery_hash(code) for code in codes]}
    await connection.execute(statement("insert_recovery_codes"), rows)


def _begun(who: SignedIn, secret: bytes) -> Begun:
    return Begun(address_of(secret, issuer=ISSUER, name=who.name), in_letters(secret))


def _tried(who: SignedIn) -> str:
    """Codes are guessed apart from passwords: right passwords give none of their tries back."""
    return f"{who.name} code"
