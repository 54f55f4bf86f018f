"""What is stuck, and why: one question per cause, each served by an index, read page by page.

Stuck is never a state: it is asked anew each time, so what has moved on is gone from the list.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, Self
from uuid import UUID

from gateway.operations import questions
from gateway.operations.causes import Cause
from gateway.operations.stuck_filter import EVERYTHING, StuckFilter
from gateway.rulebook import Rulebook
from gateway.store.pool import Connection, Pool
from routing.directory import Directory
from routing.legaltime import Budget, CalendarUnknown, WorkCalendar, add

MOST_COUNTED = 10_000
MOST_GROUPED = 100_000
SOON = Budget.parse("0.5 wd")
FOUR_HOURS = timedelta(hours=4)
LETTER_AHEAD = Budget.parse("1 wd")
"""How long before its last chance a letter of apology is asked for (ours)."""
LETTER_NOTICE = timedelta(hours=24)
"""Its last chance: so long before the promised date (policies: extension.notice)."""
_NO_ID = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Place:
    """How far a list has been read; the beginning by default."""

    at: datetime | None = None
    id: UUID = _NO_ID
    step: str = ""
    round: int = 0


BEGINNING = Place()


@dataclass(frozen=True, slots=True)
class Stuck:
    """One thing that is stuck: where, since when, whose turn it is. No personal data."""

    cause: Cause
    place: Place
    since: datetime | None
    due: datetime | None
    """Its deadline; of what is no turn, the date promised to the citizen."""
    transfer: UUID | None
    step: str | None
    round: int | None
    agency: str | None
    issuer: str | None
    code: str | None
    procedure: str | None
    delivery: UUID | None
    message: UUID | None
    failure: str | None
    """What failed, as groups have it: a code, or the step it stands at."""
    detail: str | None
    person: str | None
    """Who works on it."""
    version: str | None
    """Of the procedure."""
    notes: int
    """How many there are; the words are elsewhere."""

    @property
    def subject(self) -> UUID | None:
        """What assignments and notes are kept under; endpoints have none."""
        return self.transfer or self.delivery or self.message

    @property
    def whose(self) -> str:
        """Whose it is: the agency where it is one's, else the gateway's or an operator's."""
        side = self.cause.entry.whose
        return self.agency if side in ("receiver", "sender") and self.agency else side

    def view(self) -> dict[str, Any]:
        """Write it for people and programs, with whose it is and what to do."""
        entry = self.cause.entry
        return {
            "cause": self.cause.value,
            "title": {"vi": entry.title_vi, "en": entry.title_en},
            "since": self.since,
            "due": self.due,
            "transfer": self.transfer,
            "issuer": self.issuer,
            "dossier": self.code,
            "procedure": self.procedure,
            "step": self.step,
            "round": self.round,
            "agency": self.agency,
            "delivery": self.delivery,
            "message": self.message,
            "failure": self.failure,
            "detail": self.detail,
            "assigned": self.person,
            "side": entry.whose,
            "whose": self.whose,
            "todo": {"vi": entry.todo_vi, "en": entry.todo_en},
            "acts": list(entry.acts),
        }


@dataclass(frozen=True, slots=True)
class StuckCount:
    """How many there are of one cause; `capped` when there are more than were counted."""

    cause: Cause
    count: int
    capped: bool

    def view(self) -> dict[str, Any]:
        entry = self.cause.entry
        return {
            "cause": self.cause.value,
            "count": self.count,
            "capped": self.capped,
            "title": {"vi": entry.title_vi, "en": entry.title_en},
            "whose": entry.whose,
        }


@dataclass(frozen=True, slots=True)
class StuckGroup:
    """What fails alike at one agency; `filter` asks for exactly this."""

    cause: Cause
    agency: str | None
    failure: str | None
    count: int
    oldest: datetime | None
    most_urgent: datetime | None
    filter: StuckFilter
    procedures: tuple[str, ...] = ()
    """The first and the last by code of those that it is about."""

    def view(self) -> dict[str, Any]:
        entry = self.cause.entry
        return {
            "cause": self.cause.value,
            "title": {"vi": entry.title_vi, "en": entry.title_en},
            "agency": self.agency,
            "failure": self.failure,
            "count": self.count,
            "oldest": self.oldest,
            "most_urgent": self.most_urgent,
            "acts": list(entry.acts),
            "filter": self.filter.view(),
        }


@dataclass(frozen=True, slots=True)
class StuckGroups:
    """Groups, largest first; `capped` where a cause has more than were looked at."""

    groups: list[StuckGroup]
    capped: bool


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks what, when: a filter, as of now, by the tables that rule, within a reach.

    `reach` is the agencies that the asker may see; None is all of them.
    """

    now: datetime
    directory: Directory
    calendar: WorkCalendar | None = None
    filter: StuckFilter = EVERYTHING
    reach: Collection[str] | None = None

    @classmethod
    def of(
        cls,
        rulebook: Rulebook,
        now: datetime,
        wanted: StuckFilter = EVERYTHING,
        reach: Collection[str] | None = None,
    ) -> Self:
        """Ask by the tables of a rulebook."""
        return cls(now, rulebook.directory, rulebook.calendar, wanted, reach)

    def parameters(self) -> dict[str, Any]:
        """Return what every statement of the work-queues asks by; raise BadFilter."""
        return {
            **_instants(self.now, self.calendar),
            **self.filter.parameters(self.now, self.directory),
            "reach": None if self.reach is None else sorted(self.reach),
            "transfer": None,
            **_from(BEGINNING),
        }


async def count_stuck(
    pool: Pool,
    asking: Asking,
    *,
    most: int = MOST_COUNTED,
    none_of: Collection[Cause] = (),
) -> list[StuckCount]:
    """Count every cause that is asked for, up to so many each; of some one knows there is none."""
    asked = asking.parameters()
    async with pool.connection() as connection:
        return [
            StuckCount(cause, 0, capped=False)
            if cause in none_of
            else await _count(connection, cause, asked, most)
            for cause in asking.filter.asked
        ]


async def list_stuck(
    pool: Pool, asking: Asking, *, transfer: UUID | None = None, limit: int = 100
) -> list[Stuck]:
    """Return up to `limit` of each cause that is asked for; of all, or of one transfer."""
    asked = {**asking.parameters(), "transfer": transfer, "limit": limit}
    causes = asking.filter.asked
    async with pool.connection() as connection:
        found = await connection.execute(questions.listing(causes), asked, prepare=True)
        rows = await found.fetchall()
    # Stable: what is of one cause stays in its own order.
    return [_item(causes[row[0]], row[1:]) for row in sorted(rows, key=itemgetter(0))]


async def page_of_stuck(
    pool: Pool, cause: Cause, asking: Asking, *, after: Place = BEGINNING, limit: int = 100
) -> list[Stuck]:
    """Return the page of one cause that follows a place; longest stuck first where known."""
    asked = {**asking.parameters(), **_from(after), "limit": limit}
    async with pool.connection() as connection:
        return await _page(connection, cause, asked)


async def group_stuck(
    pool: Pool, asking: Asking, *, limit: int = 200, most: int = MOST_GROUPED
) -> StuckGroups:
    """Group what is asked for by cause, agency and failure; the `limit` largest groups.

    Of each cause `most` are looked at, the longest stuck first.
    """
    asked = {**asking.parameters(), "limit": most}
    found: list[StuckGroup] = []
    capped = False
    async with pool.connection() as connection:
        for cause in asking.filter.asked:
            rows = await (
                await connection.execute(questions.groups(cause), asked, prepare=True)
            ).fetchall()
            capped = capped or sum(row[2] for row in rows) >= most
            found += [_group(cause, asking.filter, row) for row in rows]
    found.sort(key=lambda one: (-one.count, one.cause, one.agency or "", one.failure or ""))
    return StuckGroups(found[:limit], capped or len(found) > limit)


def group_items(cause: Cause, within: StuckFilter, items: Sequence[Stuck]) -> StuckGroups:
    """Group one cause as `group_stuck` does, from a list that has all of it."""
    alike: dict[tuple[str | None, str | None], list[Stuck]] = {}
    for one in items:
        alike.setdefault((one.agency, one.failure), []).append(one)
    found = []
    for (agency, failure), some in alike.items():
        since = min((one.since for one in some if one.since), default=None)
        due = min((one.due for one in some if one.due), default=None)
        about = sorted(one.procedure for one in some if one.procedure)
        row = (agency, failure, len(some), since, due, *about[:1], *about[-1:])
        found.append(_group(cause, within, row))
    found.sort(key=lambda one: (-one.count, one.agency or "", one.failure or ""))
    return StuckGroups(found, capped=False)


def _group(cause: Cause, within: StuckFilter, row: Sequence[Any]) -> StuckGroup:
    agency, failure, count, oldest, most_urgent, *procedures = row
    exactly = within.group(cause, agency, failure)
    about = tuple(one for one in procedures if one)
    return StuckGroup(cause, agency, failure, count, oldest, most_urgent, exactly, about)


async def _page(connection: Connection, cause: Cause, asked: Mapping[str, Any]) -> list[Stuck]:
    found = await connection.execute(questions.page(cause), asked, prepare=True)
    return [_item(cause, row) for row in await found.fetchall()]


async def _count(
    connection: Connection, cause: Cause, asked: Mapping[str, Any], most: int
) -> StuckCount:
    asked = {**asked, "limit": most + 1}
    found = await connection.execute(questions.count(cause), asked, prepare=True)
    row = await found.fetchone()
    assert row is not None
    return StuckCount(cause, min(row[0], most), capped=row[0] > most)


def _instants(now: datetime, calendar: WorkCalendar | None) -> dict[str, Any]:
    """Say what is soon: half a working day ahead, or four hours where no calendar says.

    And for which promised dates the last chance of a letter comes within a working day, or a day.
    """
    last_chance = now + LETTER_NOTICE
    soon, letter_until = now + FOUR_HOURS, last_chance + LETTER_NOTICE
    if calendar is not None:
        with suppress(CalendarUnknown):
            soon = add(calendar, now, SOON)
            letter_until = add(calendar, now, LETTER_AHEAD) + LETTER_NOTICE
    return {"now": now, "soon": soon, "letter_from": last_chance, "letter_until": letter_until}


def _from(after: Place) -> dict[str, Any]:
    return {
        "at": after.at or "-infinity",
        "id": after.id,
        "step": after.step,
        "round": after.round,
    }


def _item(cause: Cause, row: Sequence[Any]) -> Stuck:
    at, id_, key_step, key_round = row[-4:]
    place = Place(at, id_ or _NO_ID, key_step, key_round)
    return Stuck(cause, place, *row[:-4])
