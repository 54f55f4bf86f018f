"""What people change about themselves: their password, their language, their open sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.identity.secrets import SecretKeeper
from gateway.operations import audit
from gateway.operations.audit import By
from gateway.people.accounts import LANGUAGES
from gateway.people.passwords import PasswordFault, fault_of
from gateway.people.sessions import Sessions, end_sessions_of
from gateway.people.signed_in import SignedIn
from gateway.people.signing_in import TooManyTries
from gateway.people.tries import Wait, count_try, give_back
from gateway.store.pool import Pool
from gateway.store.sql import statement


@dataclass(frozen=True, slots=True)
class Changed:
    """It is as it was asked."""


@dataclass(frozen=True, slots=True)
class NotTaken:
    """The new password is not one; or it is the present one, which a person must not keep."""

    fault: PasswordFault | None = None


@dataclass(frozen=True, slots=True)
class NotTheirs:
    """The present password is not right."""


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One of a person's open sessions."""

    id: UUID
    opened_at: datetime
    seen_at: datetime
    is_this: bool


async def change_password(
    pool: Pool,
    secrets: SecretKeeper,
    sessions: Sessions,
    who: SignedIn,
    *,
    present: str,
    wanted: str,
    address: str,
) -> Changed | NotTaken | NotTheirs | TooManyTries:
    """Give somebody the password they chose; their other sessions end.

    The present one is asked for, and guessing it is slowed down as at sign-in: an open screen that
    somebody left is not enough.
    """
    if (fault := fault_of(wanted, who.name, who.display_name)) is not None:
        return NotTaken(fault)
    if wanted == present:
        return NotTaken()
    counted = await count_try(pool, who.name, address)
    if isinstance(counted, Wait):
        return TooManyTries(counted.left)
    async with pool.connection() as connection:
        found = await connection.execute(statement("find_password"), (who.name,))
        row: tuple[Any, ...] | None = await found.fetchone()
    hashes = [row[1]] if row and row[1] is not None else []
    if not await secrets.verify(who.name, present, hashes):
        return NotTheirs()
    change = {
        "id": who.person,
        "password_hash": await secrets.hash(wanted),
        "must_change": False,
    }
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(statement("set_person_password"), change)
        await end_sessions_of(connection, who.person, "password-changed", but=who.session)
        await give_back(connection, who.name, address)
        await audit.enter(connection, By(who.actor), "person.password_changed", who.name)
    sessions.forget()
    return Changed()


async def choose_language(pool: Pool, sessions: Sessions, who: SignedIn, language: str) -> bool:
    """Keep the language that somebody reads; False if there is none of that name."""
    if language not in LANGUAGES:
        return False
    async with pool.connection() as connection:
        await connection.execute(statement("set_person_language"), (language, who.person))
    sessions.forget()
    return True


async def list_sessions(pool: Pool, sessions: Sessions, who: SignedIn) -> Sequence[OpenSession]:
    """Return somebody's open sessions, newest first."""
    asked = {"person": who.person, "idle": sessions.rules.idle}
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_sessions"), asked)
        rows = await found.fetchall()
    return [OpenSession(id_, opened, seen, id_ == who.session) for id_, opened, seen in rows]


async def end_other_sessions(pool: Pool, sessions: Sessions, who: SignedIn) -> int:
    """Sign somebody out everywhere but here; return how many sessions that ended."""
    async with pool.connection() as connection, connection.transaction():
        ended = await end_sessions_of(connection, who.person, "signed-out", but=who.session)
        if ended:
            after = {"sessions": ended}
            await audit.enter(connection, By(who.actor), "session.ended", who.name, after=after)
    sessions.forget()
    return ended
