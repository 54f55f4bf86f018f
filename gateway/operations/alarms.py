"""Alarms: what the gateway itself noticed and a person should see.

One alarm is open per kind and subject: raised again it is only counted, so whoever notices may
raise it in every round, in every process. It stays open until whoever raised it sees that it is
over; that a person took note of it is kept beside it. Nothing is deleted.

Subject and detail are codes, instants and numbers: never personal data, never free text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from psycopg.types.json import Jsonb

from gateway.ids import new_id
from gateway.operations import audit
from gateway.operations.alarm_kinds import ALARMS, AlarmEntry, AlarmKind
from gateway.operations.audit import By
from gateway.store.pool import Pool
from gateway.store.sql import statement

log = structlog.get_logger()

View = dict[str, Any]
Detail = Mapping[str, str | int | float | bool | None]

_NEWEST = UUID(int=2**128 - 1)


async def raise_alarm(
    pool: Pool, kind: AlarmKind, subject: str, detail: Detail | None = None
) -> bool:
    """Open an alarm, or count it once more with its newest detail; True if it is a new one."""
    row = {"id": new_id(), "kind": kind.value, "subject": subject, "detail": Jsonb(detail or {})}
    async with pool.connection() as connection:
        raised = await connection.execute(statement("raise_alarm"), row)
        found = await raised.fetchone()
    assert found is not None
    is_new: bool = found[1] == 1
    if is_new:
        log.error("alarm.raised", alarm=kind.value, subject=subject, id=found[0], **(detail or {}))
    return is_new


async def clear_alarm(pool: Pool, kind: AlarmKind, subject: str) -> bool:
    """Close an alarm that is over; False if none was open."""
    asked = {"kind": kind.value, "subject": subject}
    async with pool.connection() as connection:
        cleared = await connection.execute(statement("clear_alarm"), asked)
        found = await cleared.fetchone()
    if found is not None:
        log.info("alarm.cleared", alarm=kind.value, subject=subject, id=found[0], count=found[1])
    return found is not None


async def acknowledge_alarm(pool: Pool, alarm: UUID, *, by: str) -> View | None:
    """Keep who took note of an open alarm first, and return it; None if no such alarm is open."""
    async with pool.connection() as connection:
        noted = await connection.execute(statement("acknowledge_alarm"), {"id": alarm, "by": by})
        row = await noted.fetchone()
    return None if row is None else _view(row)


async def acknowledge_alarms(pool: Pool, kind: str, newest: UUID, by: By) -> int:
    """Take note of every open alarm of a kind up to the newest one seen; return how many."""
    asked = {"kind": kind, "newest": newest, "by": by.actor}
    async with pool.connection() as connection, connection.transaction():
        noted = await connection.execute(statement("acknowledge_alarms"), asked)
        subjects = sorted(subject for (subject,) in await noted.fetchall())
        if subjects:
            after = {"subjects": subjects}
            await audit.enter(connection, by, "alarm.acknowledged", kind, after=after)
    return len(subjects)


@dataclass(frozen=True, slots=True)
class AlarmGroup:
    """The open alarms of one kind, the newest first."""

    kind: str
    alarms: Sequence[View]

    @property
    def entry(self) -> AlarmEntry | None:
        """What the kind is in words; None for one that this version does not know."""
        return ALARMS.get(AlarmKind(self.kind)) if self.kind in set(AlarmKind) else None

    @property
    def unnoted(self) -> int:
        return sum(one["acknowledged_at"] is None for one in self.alarms)

    @property
    def since(self) -> datetime:
        instants: list[datetime] = [one["first_raised_at"] for one in self.alarms]
        return min(instants)

    @property
    def newest(self) -> UUID:
        return max(UUID(str(one["alarm"])) for one in self.alarms)


def group_alarms(alarms: Sequence[View]) -> list[AlarmGroup]:
    """Put alarms of a kind together: first what nobody took note of, then what lasts longest."""
    kinds: dict[str, list[View]] = {}
    for one in alarms:
        kinds.setdefault(one["kind"], []).append(one)
    groups = [AlarmGroup(kind, found) for kind, found in kinds.items()]
    return sorted(groups, key=lambda one: (not one.unnoted, one.since))


async def list_alarms(
    pool: Pool,
    *,
    kind: AlarmKind | None = None,
    cleared: bool = False,
    before: UUID | None = None,
    limit: int = 100,
) -> list[View]:
    """Return open alarms, newest first; with `cleared` also those that are over."""
    asked = {"kind": kind, "cleared": cleared, "before": before or _NEWEST, "limit": limit}
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_alarms"), asked)
        return [_view(row) for row in await found.fetchall()]


async def count_alarms(pool: Pool) -> dict[str, int]:
    """Return how many alarms are open, by kind; every kind of this version is named."""
    async with pool.connection() as connection:
        found = await connection.execute(statement("count_alarms"), prepare=True)
        return {**{kind.value: 0 for kind in AlarmKind}, **dict(await found.fetchall())}


def _view(row: Sequence[Any]) -> View:
    """Write an alarm for people and programs; of a newer version's kind only the code is known."""
    names = ("alarm", "kind", "subject", "detail", "first_raised_at", "last_seen_at", "count")
    view = dict(zip(names, row, strict=False))
    entry = ALARMS[AlarmKind(row[1])] if row[1] in ALARMS else None
    return {
        **view,
        "acknowledged_at": row[7],
        "acknowledged_by": row[8],
        "cleared_at": row[9],
        "title": {"vi": entry.title_vi, "en": entry.title_en} if entry else None,
        "todo": {"vi": entry.todo_vi, "en": entry.todo_en} if entry else None,
    }
