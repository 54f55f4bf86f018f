"""Whose account it is when an identity provider vouches for somebody.

Found by issuer and subject alone, which are one person's for good; never by a name or an e-mail
address, which whoever runs the provider can give to somebody else. A digest of both is what is
kept. An account either follows the provider's groups, whose roles it has anew at each sign-in, or
an administrator made it, bound it, and gives its roles as those of any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from gateway.ids import new_id
from gateway.operations import audit
from gateway.operations.audit import By
from gateway.people.accounts import (
    PersonRefused,
    checked_names,
    hold,
    must_be_theirs_to_give,
    told_roles,
    write_grants,
)
from gateway.people.rights import Grant, Role
from gateway.people.sessions import end_sessions_of
from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement

EVERYTHING = tuple(Grant(role) for role in Role)
_MARK = 12
_LONGEST_SUBJECT = 255


@dataclass(frozen=True, slots=True)
class Linked:
    """The account that an identity is linked with."""

    name: str
    follows_groups: bool
    is_off: bool


def identity_hash(issuer: str, subject: str) -> bytes:
    """Return what is kept of an identity."""
    return sha256(f"{issuer}\0{subject}".encode()).digest()


def mark_of(issuer: str, subject: str) -> str:
    """Return what the audit trail calls an identity that nobody's account is linked with."""
    return f"identity:{identity_hash(issuer, subject).hex()[:_MARK]}"


async def find_linked(connection: Connection, issuer: str, subject: str) -> Linked | None:
    """Return the account that an identity is linked with."""
    asked = (identity_hash(issuer, subject),)
    found = await connection.execute(statement("find_provider_identity"), asked)
    row = await found.fetchone()
    return None if row is None else Linked(*row)


async def make_linked(
    connection: Connection,
    issuer: str,
    subject: str,
    names: tuple[str, str],
    grants: Sequence[Grant],
    by: By,
) -> Linked:
    """Make the account of somebody who signs in for the first time; it follows the groups.

    Raise PersonRefused: a name that is taken is somebody else's until an administrator says that
    it is not.
    """
    name, display_name = checked_names(*names)
    person = new_id()
    row = {
        "id": person,
        "name": name,
        "display_name": display_name,
        "password_hash": None,
        "must_change": False,
    }
    added = await connection.execute(statement("insert_person"), row)
    if added.rowcount == 0:
        # Perhaps the same person at the same moment, in another window.
        linked = await find_linked(connection, issuer, subject)
        if linked is None:
            raise PersonRefused("name-taken", "this sign-in name is taken")
        return linked
    await write_grants(connection, person, grants)
    identity = {
        "identity_hash": identity_hash(issuer, subject),
        "issuer": issuer,
        "person": person,
        "follows_groups": True,
    }
    await connection.execute(statement("insert_provider_identity"), identity)
    after = {**told_roles(grants), "identity": mark_of(issuer, subject), "follows_groups": True}
    await audit.enter(connection, by, "person.added", name, after=after)
    return Linked(name, True, False)


async def bind(
    pool: Pool, name: str, issuer: str, subject: str, by: By, *, follows_groups: bool = False
) -> None:
    """Say whom the provider means by a subject; raise PersonRefused.

    To let an account follow groups is to give it whatever roles the place's mapping has: nobody
    does so whose own say ends at some agencies. Its password, which somebody else may know, ends
    with that: the roles are for who comes by the provider.
    """
    if follows_groups:
        must_be_theirs_to_give(by, EVERYTHING)
    subject = subject.strip()
    if not 0 < len(subject) <= _LONGEST_SUBJECT or not subject.isprintable():
        raise PersonRefused("subject-form", "a subject has 1 to 255 characters")
    async with pool.connection() as connection, connection.transaction():
        held = await hold(connection, name, by)
        row = {
            "identity_hash": identity_hash(issuer, subject),
            "issuer": issuer,
            "person": held.id,
            "follows_groups": follows_groups,
        }
        bound = await connection.execute(statement("insert_provider_identity"), row)
        if bound.rowcount == 0:
            raise PersonRefused("is-bound", "the subject or the account is bound already")
        if follows_groups:
            change = {"id": held.id, "password_hash": None, "must_change": False}
            await connection.execute(statement("set_person_password"), change)
            await end_sessions_of(connection, held.id, "password-reset")
        after = {"identity": mark_of(issuer, subject), "follows_groups": follows_groups}
        await audit.enter(connection, by, "person.bound", held.name, after=after)


async def unbind(pool: Pool, name: str, by: By) -> None:
    """Let the provider vouch for an account no more; its sessions end, its roles stay."""
    async with pool.connection() as connection, connection.transaction():
        held = await hold(connection, name, by)
        unbound = await connection.execute(statement("delete_provider_identity"), (held.id,))
        if unbound.rowcount == 0:
            raise PersonRefused("not-bound", f"{held.name} is bound to no provider")
        await end_sessions_of(connection, held.id, "unbound")
        await audit.enter(connection, by, "person.unbound", held.name)
