"""Credentials: what an agency's software signs in with, issued, rotated, revoked, expiring.

A secret is returned once, by the act that makes it, and stored hashed: a client's as argon2, a
broker password in RabbitMQ's own salted form, which the doorkeeper hands to the broker. Rotation
leaves the former one good for a while: a client has two secrets meanwhile, the broker two users of
one agency (RabbitMQ knows one password per user), a webhook two signing keys.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from gateway.identity.broker_users import hash_for_broker
from gateway.identity.endpoints import new_webhook_secret
from gateway.identity.secrets import SecretKeeper, new_secret
from gateway.joining.members import change_state, hold_present, tell
from gateway.joining.states import JoiningRefused, MemberState, NotNow
from gateway.joining.views import View
from gateway.operations.audit import By
from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement

GOOD_FOR: Final = timedelta(days=365)
OVERLAP: Final = timedelta(hours=24)
LONGEST: Final = timedelta(days=1826)
"""Five years; what never ends is never changed (ours)."""
MOST_OVERLAP: Final = timedelta(days=30)

_NAMES = ("road", "name", "created_at", "expires_at", "former_until", "revoked_at", "good")


class Road(StrEnum):
    """Where a credential is good."""

    HTTP = "http"
    """An OAuth 2 client: id and secret."""
    AMQP = "amqp"
    """A user of the broker: name and password."""
    WEBHOOK = "webhook"
    """What we sign with when we call the agency; it belongs to the endpoint."""


@dataclass(frozen=True, slots=True)
class NewCredential:
    """A credential as it is shown, once. The secret is nowhere else."""

    road: Road
    name: str
    secret: str = field(repr=False)
    expires_at: datetime | None
    former: str | None = None
    """The name that it takes over from, where that is another one."""
    former_until: datetime | None = None

    def view(self) -> View:
        return {
            "road": self.road.value,
            "name": self.name,
            "secret": self.secret,
            "expires_at": self.expires_at,
            "former": self.former,
            "former_until": self.former_until,
        }


async def issue(
    pool: Pool,
    code: str,
    by: By,
    *,
    roads: Iterable[Road],
    good_for: timedelta = GOOD_FOR,
    keeper: SecretKeeper | None = None,
) -> list[NewCredential]:
    """Make a credential on each road; who was registered only is now testing."""
    wanted = sorted(set(roads))
    if not wanted or Road.WEBHOOK in wanted:
        raise JoiningRefused(
            "credentials are issued for http or amqp; a webhook's with its endpoint"
        )
    _check(good_for, timedelta())
    async with pool.connection() as connection, connection.transaction():
        before = await hold_present(connection, code)
        name = await _next_name(connection, code)
        made = [await _make(connection, code, road, name, good_for, keeper) for road in wanted]
        if before["state"] == MemberState.REGISTERED:
            await change_state(connection, code, MemberState.TESTING)
        issued = [_for_trail(one) for one in made]
        await tell(connection, by, "credentials.issued", code, before, credentials=issued)
    return made


async def rotate(
    pool: Pool,
    code: str,
    by: By,
    *,
    road: Road,
    name: str | None = None,
    overlap: timedelta = OVERLAP,
    good_for: timedelta = GOOD_FOR,
    keeper: SecretKeeper | None = None,
) -> NewCredential:
    """Make the next secret of a credential; the former one stays good for `overlap`.

    Without a name it is the agency's only good credential on that road.
    """
    _check(good_for, overlap)
    async with pool.connection() as connection, connection.transaction():
        before = await hold_present(connection, code)
        match road:
            case Road.WEBHOOK:
                made = await _renew_webhook(connection, code, overlap)
            case Road.HTTP:
                name = name or await _only(connection, code, road)
                made = await _renew_client(connection, code, name, overlap, good_for, keeper)
            case Road.AMQP:
                name = name or await _only(connection, code, road)
                made = await _renew_user(connection, code, name, overlap, good_for, keeper)
        told = _for_trail(made)
        await tell(connection, by, "credentials.rotated", code, before, credentials=[told])
    return made


async def revoke(pool: Pool, code: str, by: By, *, road: Road, name: str) -> None:
    """Make a credential good for nothing, at once."""
    async with pool.connection() as connection, connection.transaction():
        before = await hold_present(connection, code)
        asked = {"agency": code, "name": name, "road": road}
        found = await connection.execute(statement("revoke_credential"), asked)
        if await found.fetchone() == (0,):
            raise NotNow(f"{code} has no good {road} credential {name[:64]!r}")
        told = [{"road": road.value, "name": name}]
        await tell(connection, by, "credentials.revoked", code, before, credentials=told)


async def list_credentials(pool: Pool, code: str) -> list[View]:
    """Return an agency's credentials, newest first, without any secret."""
    async with pool.connection() as connection:
        return await credentials_of(connection, code)


async def credentials_of(connection: Connection, code: str) -> list[View]:
    """Return the same on a connection of the caller's."""
    found = await connection.execute(statement("list_credentials"), {"agency": code})
    return [_view(row) for row in await found.fetchall()]


def _view(row: Sequence[Any]) -> View:
    return {**dict(zip(_NAMES, row, strict=False)), "days_left": row[7], "successor": row[8]}


# One road each


async def _make(
    connection: Connection,
    code: str,
    road: Road,
    name: str,
    good_for: timedelta,
    keeper: SecretKeeper | None,
) -> NewCredential:
    secret = new_secret()
    if road is Road.HTTP:
        kept, query = await (keeper or SecretKeeper()).hash(secret), "issue_client"
    else:
        kept, query = hash_for_broker(secret), "issue_broker_credential"
    row = {"name": name, "agency": code, "hash": kept, "good_for": good_for}
    found = await connection.execute(statement(query), row)
    until = await found.fetchone()
    if until is None:
        raise JoiningRefused(f"the name {name} is taken on the road {road}")
    return NewCredential(road, name, secret, until[0])


async def _renew_client(
    connection: Connection,
    code: str,
    name: str,
    overlap: timedelta,
    good_for: timedelta,
    keeper: SecretKeeper | None,
) -> NewCredential:
    secret = new_secret()
    kept = await (keeper or SecretKeeper()).hash(secret)
    row = {"agency": code, "name": name, "hash": kept, "overlap": overlap, "good_for": good_for}
    found = await connection.execute(statement("renew_client"), row)
    renewed = await found.fetchone()
    if renewed is None:
        raise NotNow(f"{code} has no client {name[:64]!r}, or it is revoked")
    return NewCredential(Road.HTTP, name, secret, renewed[0], former_until=renewed[1])


async def _renew_user(
    connection: Connection,
    code: str,
    name: str,
    overlap: timedelta,
    good_for: timedelta,
    keeper: SecretKeeper | None,
) -> NewCredential:
    row = {"agency": code, "name": name, "overlap": overlap}
    found = await connection.execute(statement("end_broker_credential"), row)
    ended = await found.fetchone()
    if ended is None:
        raise NotNow(f"{code} has no broker user {name[:64]!r}, or it is revoked")
    following = await _next_name(connection, code)
    made = await _make(connection, code, Road.AMQP, following, good_for, keeper)
    followed = {"name": name, "successor": following}
    await connection.execute(statement("name_successor"), followed)
    return NewCredential(Road.AMQP, made.name, made.secret, made.expires_at, name, ended[0])


async def _renew_webhook(connection: Connection, code: str, overlap: timedelta) -> NewCredential:
    secret = new_webhook_secret()
    row = {"agency": code, "secret": secret, "overlap": overlap}
    found = await connection.execute(statement("renew_webhook_secret"), row)
    renewed = await found.fetchone()
    if renewed is None:
        raise NotNow(f"{code} is not reached by a webhook")
    return NewCredential(Road.WEBHOOK, code, secret, None, former_until=renewed[0])


# Names and checks


async def _next_name(connection: Connection, code: str) -> str:
    """Return `<code>-<number>`, above every number that the agency has had.

    A code has no dash: a name is never read as another agency's.
    """
    numbers = [0]
    for one in await credentials_of(connection, code):
        before, _, number = one["name"].rpartition("-")
        if before == code and number.isdecimal():
            numbers.append(int(number))
    return f"{code}-{max(numbers) + 1}"


async def _only(connection: Connection, code: str, road: Road) -> str:
    found = await credentials_of(connection, code)
    here = [one for one in found if one["road"] == road]
    good = [one["name"] for one in here if one["good"] and one["successor"] is None]
    if len(good) != 1:
        listed = ", ".join(good) or "none"
        raise JoiningRefused(f"say which {road} credential: {code} has {listed}")
    return str(good[0])


def _check(good_for: timedelta, overlap: timedelta) -> None:
    if not timedelta(days=1) <= good_for <= LONGEST:
        raise JoiningRefused(f"a credential is good for 1 to {LONGEST.days} days")
    if not timedelta() <= overlap <= MOST_OVERLAP:
        raise JoiningRefused(f"an overlap lasts 0 to {MOST_OVERLAP.days * 24} hours")


def _for_trail(one: NewCredential) -> View:
    until = None if one.expires_at is None else one.expires_at.isoformat()
    return {"road": one.road.value, "name": one.name, "expires_at": until, "former": one.former}
