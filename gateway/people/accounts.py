"""Accounts: people added, given roles, switched off, given a new password.

Each act and its entry in the trail are one transaction, and whatever takes rights away ends the
person's sessions in it. The trail names people by their sign-in name and nothing else of theirs.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from gateway.identity.secrets import SecretKeeper
from gateway.ids import new_id
from gateway.operations import audit
from gateway.operations.audit import By
from gateway.people.governing import may_change, may_give
from gateway.people.passwords import fault_of, new_password
from gateway.people.rights import Grant, Role
from gateway.people.sessions import end_sessions_of
from gateway.people.signed_in import SignedIn
from gateway.people.tries import let_in
from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement

View = dict[str, Any]

LANGUAGES: Final = ("vi", "en")
_NAME = re.compile(r"[a-z0-9][a-z0-9.@-]{2,63}")
_LONGEST_DISPLAY_NAME = 100


class PersonRefused(ValueError):
    """An act on an account that cannot be done as asked; the message says why, `word` in a word."""

    def __init__(self, word: str, message: str) -> None:
        super().__init__(message)
        self.word = word


class NotTheirsToChange(PersonRefused):
    """Whoever acts has no say over this account; for them it is as if there were nobody."""

    def __init__(self) -> None:
        super().__init__("no-such", "there is nobody like that")


@dataclass(frozen=True, slots=True)
class ByPerson(By):
    """Somebody who is signed in decides: only what is theirs to decide."""

    who: SignedIn = field(kw_only=True)


def by_person(who: SignedIn, reason: str | None) -> ByPerson:
    """Name somebody who is signed in as the one who decides."""
    return ByPerson(who.actor, reason, who=who)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """An account's sign-in name and password. The password is nowhere else: show it once."""

    name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Account:
    """A person's row, held for the transaction."""

    id: UUID
    name: str
    display_name: str
    disabled: bool
    grants: tuple[Grant, ...]
    follows_groups: bool = False
    """Its roles are those of the groups at an identity provider."""


async def add_person(
    pool: Pool,
    name: str,
    display_name: str,
    grants: Iterable[Grant],
    by: By,
    *,
    password: str | None = None,
    must_change: bool = True,
    secrets: SecretKeeper | None = None,
) -> NewPerson:
    """Add somebody who signs in with a password: the given one, or one that is made."""
    wanted = _distinct(grants)
    must_be_theirs_to_give(by, wanted)
    name, display_name = checked_names(name, display_name)
    password = _checked(password, name, display_name)
    person = new_id()
    row = {
        "id": person,
        "name": name,
        "display_name": display_name,
        "password_hash": await (secrets or SecretKeeper()).hash(password),
        "must_change": must_change,
    }
    async with pool.connection() as connection, connection.transaction():
        added = await connection.execute(statement("insert_person"), row)
        if added.rowcount == 0:
            raise PersonRefused("name-taken", "this sign-in name is taken")
        await write_grants(connection, person, wanted)
        await audit.enter(connection, by, "person.added", name, after=told_roles(wanted))
    return NewPerson(name, password)


def checked_names(name: str, display_name: str) -> tuple[str, str]:
    """Return a sign-in name and a person's own as they are kept; raise PersonRefused."""
    name, display_name = name.strip().lower(), " ".join(display_name.split())
    if _NAME.fullmatch(name) is None:
        raise PersonRefused(
            "name-form", "a sign-in name has 3 to 64 small letters, digits, dots, dashes or @"
        )
    if not 0 < len(display_name) <= _LONGEST_DISPLAY_NAME or not display_name.isprintable():
        raise PersonRefused(
            "called-form", f"a person's name has 1 to {_LONGEST_DISPLAY_NAME} characters"
        )
    return name, display_name


async def set_roles(pool: Pool, name: str, grants: Iterable[Grant], by: By) -> None:
    """Give a person these roles and no others; their sessions end."""
    wanted = _distinct(grants)
    must_be_theirs_to_give(by, wanted)
    async with pool.connection() as connection, connection.transaction():
        held = await hold(connection, name, by)
        if held.follows_groups:
            raise PersonRefused("follows-groups", "the roles follow groups at the provider")
        await replace_roles(connection, held, wanted, by)


async def replace_roles(
    connection: Connection, held: Account, wanted: Sequence[Grant], by: By
) -> None:
    """Write the roles of an account that is held, if they are others; its sessions end."""
    if set(held.grants) == set(wanted):
        return
    await write_grants(connection, held.id, wanted)
    await end_sessions_of(connection, held.id, "roles-changed")
    await audit.enter(
        connection,
        by,
        "person.roles_set",
        held.name,
        before=told_roles(held.grants),
        after=told_roles(wanted),
    )


async def disable_person(pool: Pool, name: str, by: By) -> None:
    """Switch a person off: no new session, and those that are open end."""
    async with pool.connection() as connection, connection.transaction():
        held = await hold(connection, name, by)
        if held.disabled:
            raise PersonRefused("is-off", f"{held.name} is switched off already")
        await connection.execute(statement("switch_person"), {"id": held.id, "on": False})
        await end_sessions_of(connection, held.id, "disabled")
        await audit.enter(connection, by, "person.disabled", held.name)


async def enable_person(pool: Pool, name: str, by: By) -> None:
    """Let a person who was switched off sign in again, with the password and roles of before."""
    async with pool.connection() as connection, connection.transaction():
        held = await hold(connection, name, by)
        if not held.disabled:
            raise PersonRefused("is-on", f"{held.name} is not switched off")
        await connection.execute(statement("switch_person"), {"id": held.id, "on": True})
        await audit.enter(
            connection, by, "person.enabled", held.name, after=told_roles(held.grants)
        )


async def reset_password(
    pool: Pool,
    name: str,
    by: By,
    *,
    password: str | None = None,
    secrets: SecretKeeper | None = None,
) -> NewPerson:
    """Give a person another first password, to be changed at sign-in; their sessions end."""
    made = password or new_password()
    hashed = await (secrets or SecretKeeper()).hash(made)
    async with pool.connection() as connection, connection.transaction():
        held = await hold(connection, name, by)
        if held.follows_groups:
            # Its roles may grow at any sign-in: they are for who comes by the provider.
            raise PersonRefused("follows-groups", "the account signs in by its provider")
        _checked(password, held.name, held.display_name)
        change = {"id": held.id, "password_hash": hashed, "must_change": True}
        await connection.execute(statement("set_person_password"), change)
        await end_sessions_of(connection, held.id, "password-reset")
        await audit.enter(connection, by, "person.password_reset", held.name)
    return NewPerson(held.name, made)


async def unlock_person(pool: Pool, name: str, by: By) -> None:
    """Let somebody try again at once whose name was shut after too many wrong passwords."""
    async with pool.connection() as connection, connection.transaction():
        held = await hold(connection, name, by)
        if not await let_in(connection, held.name):
            raise PersonRefused("waits-not", f"{held.name} does not have to wait")
        await audit.enter(connection, by, "person.unlocked", held.name)


async def hold(connection: Connection, name: str, by: By | None = None) -> Account:
    """Lock a person's row and return it; raise PersonRefused.

    If `by` is somebody who is signed in, they must have a say over that account.
    """
    found = await connection.execute(statement("hold_person"), (name.strip().lower(),))
    row = await found.fetchone()
    if row is None:
        raise PersonRefused("no-such", f"there is nobody with the sign-in name {name[:64]!r}")
    held = Account(row[0], row[1], row[2], row[3], read_grants(row[4]), row[5])
    if isinstance(by, ByPerson) and not may_change(by.who, held.id, held.grants):
        raise NotTheirsToChange
    return held


def must_be_theirs_to_give(by: By, wanted: Iterable[Grant]) -> None:
    """Raise PersonRefused where somebody who is signed in would give a role beyond their scope."""
    if isinstance(by, ByPerson) and not may_give(by.who, wanted):
        raise PersonRefused("beyond", "a role beyond one's own scope is not theirs to give")


def read_grants(stored: Sequence[Sequence[str | None]]) -> tuple[Grant, ...]:
    """Read grants as the statements write them: [[role, scope], …]."""
    return tuple(Grant(Role(str(role)), scope) for role, scope in stored)


def _checked(password: str | None, name: str, display_name: str) -> str:
    """Return a password that may be used: the given one if nothing speaks against it."""
    if password is None:
        return new_password()
    if (fault := fault_of(password, name, display_name)) is not None:
        raise PersonRefused("password", f"the password is not taken: {fault}")
    return password


def _distinct(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    wanted = tuple(dict.fromkeys(Grant(one.role, one.scope) for one in grants))
    if not wanted:
        raise PersonRefused("no-role", "somebody without a role can do nothing: name one")
    return tuple(sorted(wanted, key=str))


async def write_grants(connection: Connection, person: UUID, grants: Sequence[Grant]) -> None:
    """Write a person's roles in the place of those they had."""
    roles = [grant.role.value for grant in grants]
    scopes = [grant.scope for grant in grants]
    await connection.execute(statement("delete_person_roles"), (person,))
    row = {"person": person, "roles": roles, "scopes": scopes}
    await connection.execute(statement("insert_person_roles"), row)


def told_roles(grants: Iterable[Grant]) -> View:
    """Say roles as the trail keeps them."""
    return {"roles": [str(grant) for grant in grants]}
