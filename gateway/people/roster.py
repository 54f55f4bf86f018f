"""The roster: who has an account, in the order of sign-in names; read whole, by pages, or one.

Whom an administrator has no say over is not in what they read: the statement leaves them out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from gateway.people.accounts import View, read_grants
from gateway.people.rights import Ability, reach
from gateway.people.signed_in import SignedIn
from gateway.people.tries import list_waiting
from gateway.store.pool import Pool
from gateway.store.sql import statement

_LISTED: Final = (
    "id",
    "name",
    "display_name",
    "language",
    "roles",
    "must_change",
    "created_at",
    "disabled_at",
    "seen_at",
    "has_factor",
    "follows_groups",
    "has_password",
)
_ASKED: Final[View] = dict.fromkeys(("only", "after", "text", "reach", "reader", "limit"))
_TAKEN_LITERALLY: Final = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Some of the people, and after whom the next ones come, if there are any."""

    people: Sequence[View]
    following: UUID | None


async def list_people(pool: Pool) -> list[View]:
    """Return everybody, those switched off too."""
    return await _read(pool)


async def page_of_people(
    pool: Pool, reader: SignedIn, *, after: UUID | None = None, text: str = "", limit: int = 50
) -> PeoplePage:
    """Return whom a reader has a say over, and themselves; by a part of either name, if given."""
    wanted = f"%{text.translate(_TAKEN_LITERALLY)}%" if text else None
    found = await _read(pool, **_within(reader), after=after, text=wanted, limit=limit + 1)
    following = found[limit - 1]["id"] if len(found) > limit else None
    return PeoplePage(found[:limit], following)


async def find_person(pool: Pool, reader: SignedIn, person: UUID) -> View | None:
    """Return an account, if its reader has a say over it or it is their own."""
    found = await _read(pool, **_within(reader), only=person)
    return found[0] if found else None


def _within(reader: SignedIn) -> View:
    reached = reach(reader, Ability.MANAGE_PEOPLE)
    return {"reader": reader.person, "reach": None if reached is None else sorted(reached)}


async def _read(pool: Pool, **asked: Any) -> list[View]:
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_people"), {**_ASKED, **asked})
        people = [_listed(row) for row in await found.fetchall()]
    waiting = await list_waiting(pool, [one["name"] for one in people])
    return [{**one, "waits_until": waiting.get(one["name"])} for one in people]


def _listed(row: Sequence[Any]) -> View:
    view = dict(zip(_LISTED, row, strict=True))
    return {**view, "roles": [str(grant) for grant in read_grants(view["roles"])]}
