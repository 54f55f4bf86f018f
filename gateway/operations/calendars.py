"""The calendars' use cases: import a reviewed file, approve it by another act, list, show.

An imported version decides nothing. Once approved, clocks that start count by it; those that run
keep theirs (`recalendar.py` moves them, one by one and only when asked). Nothing is ever replaced
or taken back: clocks name the versions they count by.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from gateway.operations import audit
from gateway.operations.audit import By
from gateway.operations.second_person import is_same_hand
from gateway.store.pool import Pool
from gateway.store.sql import statement
from routing.legaltime import (
    AgencyHours,
    CalendarInvalid,
    Calendars,
    WorkCalendar,
    read_calendar,
)

View = dict[str, Any]
MOST_BYTES = 256 * 1024


class CalendarRefused(ValueError):
    """A calendar that cannot be imported, approved or found as asked; the message says why."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An imported version, approved or not."""

    name: str
    version: str
    document: str
    imported_by: str
    imported_at: datetime
    approved_by: str | None
    approved_at: datetime | None

    @property
    def pin(self) -> str:
        return f"{self.name}@{self.version}"

    def read(self) -> WorkCalendar | AgencyHours:
        """Read the document again; CalendarRefused if this release cannot."""
        return read_document(self.document)

    def standing(self) -> View:
        """Say whether it decides, and who let it."""
        return {
            "state": "imported" if self.approved_at is None else "approved",
            "imported_by": self.imported_by,
            "imported_at": self.imported_at,
            "approved_by": self.approved_by,
            "approved_at": self.approved_at,
        }


def read_document(text: str) -> WorkCalendar | AgencyHours:
    """Read a calendar file; CalendarRefused in one line for anything that is not right."""
    if len(text.encode()) > MOST_BYTES:
        raise CalendarRefused(f"the file is larger than {MOST_BYTES // 1024} KiB")
    try:
        return read_calendar(text)
    except CalendarInvalid as error:
        raise CalendarRefused(str(error)) from None


def examine(found: WorkCalendar | AgencyHours, calendars: Calendars) -> View:
    """Say what a file would change, beside the newest version that is in force."""
    laid = found if isinstance(found, WorkCalendar) else found.laid_over(calendars.base)
    doubtful = () if isinstance(found, WorkCalendar) else found.doubtful_days(calendars.base)
    return {
        **describe(found),
        "differs": [day.isoformat() for day in differing_days(calendars.base, laid)],
        "doubtful": [day.isoformat() for day in doubtful],
    }


def describe(found: WorkCalendar | AgencyHours) -> View:
    """Write a version's head, without its days."""
    view: View = {"calendar": found.pin, "name": found.name, "version": found.version}
    if isinstance(found, WorkCalendar):
        known = {"known_from": found.known_from, "known_until": found.known_until}
        return {**view, "kind": "base", **known}
    return {
        **view,
        "kind": "agencies",
        "extends": found.extends,
        "agencies": list(found.agencies),
        "valid_from": found.valid_from,
    }


def differing_days(before: WorkCalendar, after: WorkCalendar) -> list[date]:
    """Return the dates that both know and on which they work other hours."""
    first = max(before.known_from, after.known_from)
    last = min(before.known_until, after.known_until)
    days = (first + timedelta(n) for n in range((last - first).days + 1))
    return [day for day in days if before.intervals_of(day) != after.intervals_of(day)]


def days_of(calendar: WorkCalendar, year: int) -> list[View]:
    """Return every known date of a year: its hours, and why it differs from an ordinary one."""
    first = max(date(year, 1, 1), calendar.known_from)
    last = min(date(year, 12, 31), calendar.known_until)
    return [_day(calendar, first + timedelta(n)) for n in range(max(0, (last - first).days + 1))]


async def list_calendars(pool: Pool | None, calendars: Calendars) -> list[View]:
    """Return every version, packaged and imported, by name, oldest first."""
    stored = [] if pool is None else await list_stored(pool)
    taken = {one.pin for one in stored}
    known: list[WorkCalendar | AgencyHours] = [*calendars.bases, *calendars.hours]
    views = [{**describe(one), "state": "packaged"} for one in known if one.pin not in taken]
    views += [{**describe(one.read()), **one.standing()} for one in stored]
    return sorted(views, key=lambda view: (view["kind"] != "base", view["name"], view["version"]))


async def list_stored(pool: Pool) -> list[Stored]:
    """Return every imported version."""
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_calendars"))
        return [Stored(*row) for row in await found.fetchall()]


async def find_stored(pool: Pool, pin: str) -> Stored:
    """Return an imported version by `name@version`; CalendarRefused if there is none."""
    name, _, version = pin.partition("@")
    async with pool.connection() as connection:
        found = await connection.execute(
            statement("find_calendar"), {"name": name, "version": version}
        )
        row = await found.fetchone()
    if row is None:
        raise CalendarRefused(f"no version {pin[:60]!r} was imported")
    return Stored(*row)


async def find_calendar(pool: Pool, name: str, calendars: Calendars) -> WorkCalendar:
    """Return a version by `name@version`, approved or not, or the newest in force of a name."""
    try:
        return known_calendar(name, calendars)
    except CalendarRefused:
        if "@" not in name:
            raise
    found = (await find_stored(pool, name)).read()
    return found if isinstance(found, WorkCalendar) else found.laid_over(calendars.base)


def known_calendar(name: str, calendars: Calendars) -> WorkCalendar:
    """Return a version that is in force; hours of agencies are laid over the newest base."""
    versions: list[WorkCalendar | AgencyHours] = [*calendars.bases, *calendars.hours]
    for one in reversed(versions):
        if name in (one.name, one.pin):
            return one if isinstance(one, WorkCalendar) else one.laid_over(calendars.base)
    raise CalendarRefused(f"there is no calendar {name[:60]!r}")


async def calendars_with(pool: Pool, pin: str, calendars: Calendars) -> Calendars:
    """Return the calendars with a version as if it were approved, to see what it would move."""
    try:
        known_calendar(pin, calendars)
    except CalendarRefused:
        return calendars.joined([(await find_stored(pool, pin)).read()])
    return calendars


async def import_calendar(pool: Pool, text: str, actor: str, calendars: Calendars) -> View:
    """Store a file as a version that waits for approval; the same file again changes nothing."""
    found = read_document(text)
    _may_come_in(found, calendars)
    async with pool.connection() as connection, connection.transaction():
        entered = await connection.execute(
            statement("insert_calendar"),
            {
                "name": found.name,
                "version": found.version,
                "document": text,
                "digest": sha256(text.encode()).digest(),
                "actor": actor,
            },
        )
        if entered.rowcount:
            await audit.enter(connection, By(actor), "calendar.imported", found.pin)
    stored = await find_stored(pool, found.pin)
    if stored.document != text:
        raise CalendarRefused(f"{found.pin} was imported before, and differs: give a new version")
    return {**examine(found, calendars), **stored.standing()}


async def approve_calendar(
    pool: Pool,
    pin: str,
    actor: str,
    calendars: Calendars,
    now: datetime,
    *,
    alone: bool = False,
    reason: str | None = None,
) -> View:
    """Put an imported version into force, and wake what waited for its days.

    Whoever imported it does not approve it, unless a command at the gateway's own machine says
    `alone`, which stands in the trail. `now` is legal time: transfers whose deadline no calendar
    knew are looked at from then on.
    """
    stored = await find_stored(pool, pin)
    if stored.approved_at is not None:
        raise CalendarRefused(f"{pin} was approved before, by {stored.approved_by}")
    if is_same_hand(stored.imported_by, actor) and not alone:
        raise CalendarRefused(f"{pin} was imported by {actor}: somebody else approves it")
    found = stored.read()
    _may_come_in(found, calendars)
    if isinstance(found, AgencyHours):
        _names_nobody_elses(found, calendars.hours)
    async with pool.connection() as connection, connection.transaction():
        changed = await connection.execute(
            statement("approve_calendar"),
            {"name": stored.name, "version": stored.version, "actor": actor},
        )
        if not changed.rowcount:
            raise CalendarRefused(f"{pin} was approved in the meantime")
        await connection.execute(statement("wake_for_calendar"), {"now": now})
        told = {"imported_by": stored.imported_by, "alone": alone}
        await audit.enter(connection, By(actor, reason), "calendar.approved", pin, after=told)
    return {**examine(found, calendars), **(await find_stored(pool, pin)).standing()}


def _may_come_in(found: WorkCalendar | AgencyHours, calendars: Calendars) -> None:
    """Refuse what would decide nothing: another country's base, or what is not newer."""
    base = calendars.base
    if isinstance(found, AgencyHours):
        if found.extends != base.name:
            raise CalendarRefused(f"extends: the base calendar here is {base.name}")
        if found.name == base.name:
            raise CalendarRefused(f"name: {base.name} is the base calendar")
        older: Iterable[str] = (one.version for one in calendars.hours if one.name == found.name)
    else:
        if found.name != base.name:
            raise CalendarRefused(
                f"name: the base calendar here is {base.name}; hours of agencies `extends` it"
            )
        if found.zone != base.zone:
            raise CalendarRefused(f"utc_offset_minutes: {base.pin} has another")
        older = (one.version for one in calendars.bases)
    newest = max(older, default="")
    if found.version <= newest:
        raise CalendarRefused(f"version: {found.name}@{newest} is in force; a new one is later")


def _names_nobody_elses(found: AgencyHours, in_force: Iterable[AgencyHours]) -> None:
    """Refuse hours that would leave open which of two files counts for an agency."""
    newest = {one.name: one for one in in_force if one.name != found.name}
    for one in newest.values():
        for agency in set(one.agencies) & set(found.agencies):
            raise CalendarRefused(f"agencies: {agency} is named by {one.pin} too")


def _day(calendar: WorkCalendar, day: date) -> View:
    note = calendar.notes.get(day)
    view: View = {
        "date": day.isoformat(),
        "intervals": [
            [f"{opening:%H:%M}", f"{close:%H:%M}"] for opening, close in calendar.intervals_of(day)
        ],
    }
    if note is not None:
        view |= {
            "kind": note.kind,
            "reason": note.reason,
            "source": note.source,
            "certainty": note.certainty,
        }
    return view
