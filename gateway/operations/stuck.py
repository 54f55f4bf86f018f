"""What is stuck, and why: one question per cause, each served by an index, read page by page.

Stuck is never a state: it is asked anew each time, so what has moved on is gone from the list.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gateway.operations.causes import Cause
from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement
from routing.legaltime import Budget, CalendarUnknown, WorkCalendar, add

MOST_COUNTED = 10_000
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
    since: datetime | None
    transfer: UUID | None
    issuer: str | None
    code: str | None
    step: str | None
    round: int | None
    agency: str | None
    delivery: UUID | None
    message: UUID | None
    detail: str | None
    place: Place

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
            "transfer": self.transfer,
            "issuer": self.issuer,
            "dossier": self.code,
            "step": self.step,
            "round": self.round,
            "agency": self.agency,
            "delivery": self.delivery,
            "message": self.message,
            "detail": self.detail,
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


async def count_stuck(
    pool: Pool, *, now: datetime, calendar: WorkCalendar | None = None
) -> list[StuckCount]:
    """Count every cause, up to 10,000 each."""
    asked = {**_asked(now, calendar), "agency": None, "transfer": None, **_from(BEGINNING)}
    async with pool.connection() as connection:
        return [await _count(connection, cause, asked) for cause in Cause]


async def list_stuck(
    pool: Pool,
    *,
    now: datetime,
    causes: Iterable[Cause] = tuple(Cause),
    calendar: WorkCalendar | None = None,
    agency: str | None = None,
    transfer: UUID | None = None,
    limit: int = 100,
) -> list[Stuck]:
    """Return up to `limit` of each cause; of all, of one agency, or of one transfer."""
    asked = {**_asked(now, calendar), "agency": agency, "transfer": transfer}
    found: list[Stuck] = []
    async with pool.connection() as connection:
        for cause in causes:
            found += await _page(connection, cause, {**asked, **_from(BEGINNING)}, limit)
    return found


async def page_of_stuck(
    pool: Pool,
    cause: Cause,
    *,
    now: datetime,
    calendar: WorkCalendar | None = None,
    agency: str | None = None,
    after: Place = BEGINNING,
    limit: int = 100,
) -> list[Stuck]:
    """Return the page of one cause that follows a place; longest stuck first where known."""
    asked = {**_asked(now, calendar), "agency": agency, "transfer": None, **_from(after)}
    async with pool.connection() as connection:
        return await _page(connection, cause, asked, limit)


async def _page(
    connection: Connection, cause: Cause, asked: Mapping[str, Any], limit: int
) -> list[Stuck]:
    found = await connection.execute(
        statement(cause.query), {**asked, "limit": limit}, prepare=True
    )
    return [_item(cause, row) for row in await found.fetchall()]


async def _count(connection: Connection, cause: Cause, asked: Mapping[str, Any]) -> StuckCount:
    counting = b"SELECT count(*) FROM (" + statement(cause.query) + b") listed"
    found = await connection.execute(counting, {**asked, "limit": MOST_COUNTED + 1}, prepare=True)
    row = await found.fetchone()
    assert row is not None
    return StuckCount(cause, min(row[0], MOST_COUNTED), capped=row[0] > MOST_COUNTED)


def _asked(now: datetime, calendar: WorkCalendar | None) -> dict[str, Any]:
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
    (since, transfer, step, round_, agency, issuer, code, delivery, message, detail) = row[:10]
    at, id_, key_step, key_round = row[10:14]
    return Stuck(
        cause=cause,
        since=since,
        transfer=transfer,
        issuer=issuer,
        code=code,
        step=step,
        round=round_,
        agency=agency,
        delivery=delivery,
        message=message,
        detail=detail,
        place=Place(at, id_ or _NO_ID, key_step, key_round),
    )
