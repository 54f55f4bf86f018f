"""The trail as it is read: by person, act, object and period, within a scope, a page at a time.

Three tables are one trail: decisions (audit), operators' acts on dossiers, and documents that
operators were shown. Who may see the audit of some agencies sees what concerns one of them: that
agency itself, a dossier that it received or had a turn of, an act that touched one. What concerns
no agency (people, sign-ins, tables, clients of operators) needs the right everywhere.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from gateway.operations.acts import DeskAct
from gateway.operations.audit import By, View, enter
from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement
from routing.lifecycle.model import Act
from schemas.identifiers import is_agency_code

ON_DOSSIERS: Final = "act."
"""How acts begin that operators do to dossiers: each has a page with what came of it."""
SHOWN_DOCUMENT: Final = "document.shown"
EXPORTED: Final = "audit.exported"
MOST_EXPORTED: Final = 10_000

KINDS: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {
        "dossiers": tuple(f"{ON_DOSSIERS}{one}" for one in (*Act, *DeskAct)),
        "content": ("dossier.shown", SHOWN_DOCUMENT),
        "agencies": (
            "agency.registered",
            "agency.described",
            "agency.tested",
            "agency.went_live",
            "agency.suspended",
            "agency.resumed",
            "agency.removed",
            "endpoint.set",
            "endpoint.enabled",
            "endpoint.disabled",
            "endpoint.probed",
            "credentials.issued",
            "credentials.rotated",
            "credentials.revoked",
            "outage.declared",
            "outage.ended",
            "outage.withdrawn",
        ),
        "tables": (
            "calendar.imported",
            "calendar.approved",
            "directory.imported",
            "directory.approved",
            "plan.drafted",
        ),
        "approvals": (
            "proposal.proposed",
            "proposal.approved",
            "proposal.refused",
            "proposal.withdrawn",
            "proposal.expired",
            "proposal.failed",
        ),
        "people": (
            "person.added",
            "person.roles_set",
            "person.disabled",
            "person.enabled",
            "person.unlocked",
            "person.shut",
            "person.password_reset",
            "person.password_changed",
            "person.factor_added",
            "person.factor_removed",
            "person.recovered",
            "person.bound",
            "person.unbound",
            "operator.added",
            "operator.renewed",
            "operator.dropped",
        ),
        "boards": ("board.made", "board.revoked"),
        "alarms": ("alarm.acknowledged",),
        "sessions": ("session.opened", "session.ended", "sign_in.refused"),
        "audit": (EXPORTED,),
    }
)
"""What can be done, by what it is done to."""
_NAMES: Final = ("id", "at", "actor", "act", "subject", "reason", "before", "after")
_LEAST: Final = UUID(int=0)
_MOST: Final = UUID(int=2**128 - 1)
_SLACK: Final = timedelta(days=1)
"""Between an id's own clock and the database's, far more than there can be."""
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class TrailQuestion:
    """What is asked of the trail; None is everything.

    `about` is an agency's code, a dossier's code or a transfer's id, a sign-in name, a version.
    `since` and `until` bound [since, until). `reach` is whose audit the reader may see.
    """

    actor: str | None = None
    acts: Sequence[str] | None = None
    about: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    reach: frozenset[str] | None = None


async def read_trail(
    pool: Pool, question: TrailQuestion, *, before: UUID | None = None, limit: int = 100
) -> list[View]:
    """Return entries, newest first; those before an id, if one is given."""
    async with pool.connection() as connection:
        return await _read(connection, question, before, limit)


async def find_entry(pool: Pool, entry: UUID, reach: frozenset[str] | None) -> View | None:
    """Return one entry with its agencies, as far as somebody may see; None is not there for them.

    `whole` says whether the entry concerns no agency beyond their reach.
    """
    async with pool.connection() as connection:
        found = await connection.execute(statement("find_trail_entry"), {"id": entry})
        row = await found.fetchone()
        if row is None:
            return None
        view, agencies = dict(zip(_NAMES, row[:8], strict=True)), frozenset(row[8])
        if view["act"] == SHOWN_DOCUMENT:
            agencies |= await _originator(connection, view["subject"])
    if reach is not None and reach.isdisjoint(agencies):
        return None
    seen = agencies if reach is None else agencies & reach
    return {**view, "agencies": sorted(seen), "whole": seen == agencies}


async def export_trail(pool: Pool, question: TrailQuestion, by: By) -> list[View]:
    """Return up to `MOST_EXPORTED` entries, and put on record that they were taken away."""
    async with pool.connection() as connection, connection.transaction():
        found = await _read(connection, question, None, MOST_EXPORTED)
        after = {
            "entries": len(found),
            "actor": question.actor,
            "acts": None if question.acts is None else list(question.acts),
            "about": question.about,
            "since": question.since.isoformat() if question.since else None,
            "until": question.until.isoformat() if question.until else None,
        }
        told = {name: value for name, value in after.items() if value is not None}
        await enter(connection, by, EXPORTED, "audit", after=told)
    return found


async def _read(
    connection: Connection, question: TrailQuestion, before: UUID | None, limit: int
) -> list[View]:
    agencies, subjects, transfers = await _about(connection, question)
    acts, acts_on_dossiers, shown = _acts(question.acts)
    asked: dict[str, Any] = {
        "before": before or _MOST,
        "floor": _id_at(question.since, -_SLACK) or _LEAST,
        "ceiling": _id_at(question.until, _SLACK) or _MOST,
        "since": question.since,
        "until": question.until,
        "actor": question.actor,
        "acts": acts,
        "acts_on_dossiers": acts_on_dossiers,
        "shown": shown,
        "subjects": subjects,
        "transfers": transfers,
        "agencies": agencies,
        "limit": limit,
    }
    name = "list_trail" if agencies is None else "list_trail_within"
    # Planned for what is asked: a generic plan would use none of the indexes that it may need.
    found = await connection.execute(statement(name), asked, prepare=False)
    return [dict(zip(_NAMES, row, strict=True)) for row in await found.fetchall()]


async def _about(
    connection: Connection, question: TrailQuestion
) -> tuple[list[str] | None, list[str] | None, list[UUID]]:
    """Return which agencies, which subjects and which transfers entries must be about."""
    reach, about = question.reach, question.about
    if about is not None and is_agency_code(about):
        return ([about] if reach is None or about in reach else []), None, []
    agencies = None if reach is None else sorted(reach)
    if about is None:
        return agencies, None, []
    if _UUID.fullmatch(about):
        return agencies, [about], [UUID(about)]
    found = await connection.execute(statement("list_transfers_of_code"), (about,))
    transfers = [row[0] for row in await found.fetchall()]
    return agencies, [about, *map(str, transfers)], transfers


async def _originator(connection: Connection, transfer: str) -> frozenset[str]:
    if not transfer:
        return frozenset()
    found = await connection.execute(statement("find_originator"), (UUID(transfer),))
    row = await found.fetchone()
    return frozenset() if row is None else frozenset({row[0]})


def _acts(wanted: Sequence[str] | None) -> tuple[list[str] | None, list[str] | None, bool]:
    if wanted is None:
        return None, None, True
    on_dossiers = [one.removeprefix(ON_DOSSIERS) for one in wanted if one.startswith(ON_DOSSIERS)]
    return list(wanted), on_dossiers, SHOWN_DOCUMENT in wanted


def _id_at(instant: datetime | None, slack: timedelta) -> UUID | None:
    """Return the first id of an instant: ids begin with their milliseconds."""
    if instant is None:
        return None
    milliseconds = int((instant.astimezone(UTC) + slack).timestamp() * 1000)
    return UUID(int=max(0, milliseconds) << 80)
