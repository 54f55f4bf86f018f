"""The librarian: holds the rulebook that decides, and keeps its approved tables those in force.

Calendars and the directory of agencies may be approved while the gateway runs. Whoever decides
takes `rulebook` once per batch; a newer one is put in its place whole. Approvals are never taken
back, so that their numbers say whether there are new ones.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace

import structlog
from psycopg import AsyncConnection

from gateway.clock import LegalClock
from gateway.collector import keep_calm
from gateway.rulebook import Rulebook
from gateway.store.pool import Pool
from gateway.store.sql import statement
from routing.directory import Directory, DirectoryInvalid, Sheets, read_directory
from routing.legaltime import AgencyHours, CalendarInvalid, WorkCalendar, read_calendar
from routing.units import Units

log = structlog.get_logger()


class Librarian:
    """`refresh` is for a background duty, and for whoever meets a version that is not here.

    With a clock it wakes what waits for days that new calendars know: approval did so once, but a
    process that had not loaded them may have looked in vain meanwhile. Who wants to know when
    tables were loaded is told by `on_loaded`.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        pool: Pool,
        *,
        clock: LegalClock | None = None,
        on_loaded: Callable[[Rulebook], None] = lambda _: None,
    ) -> None:
        self.rulebook = rulebook
        self._packaged = rulebook.calendars
        self._pool = pool
        self._clock = clock
        self._calendars = 0
        self._directory = 0
        self._loading = asyncio.Lock()
        self._on_loaded = on_loaded

    def __repr__(self) -> str:
        return f"<Librarian {self.rulebook.calendars!r} {self.rulebook.directory!r}>"

    async def refresh(self) -> bool:
        """Load what was approved since; False: there is nothing more to do at once."""
        async with self._loading:
            async with self._pool.connection() as connection:
                found = await connection.execute(statement("look_for_approvals"), prepare=True)
                calendars, directory = await found.fetchone() or (0, 0)
                if (calendars, directory) == (self._calendars, self._directory):
                    return False
                book, newer = self.rulebook, calendars != self._calendars
                if newer:
                    book = await self._with_calendars(connection, book)
                read = None
                if directory != self._directory:
                    read = await self._ruling(connection)
            # Not while a connection is held: a country takes a second or two to read.
            if read is not None:
                book = await self._with_directory(book, *read)
            self.rulebook = book
            self._on_loaded(book)
            if newer and self._clock is not None:
                async with self._pool.connection() as connection:
                    now = self._clock.now()
                    await connection.execute(statement("wake_for_calendar"), {"now": now})
        return False

    async def _with_calendars(self, connection: AsyncConnection, book: Rulebook) -> Rulebook:
        found = await connection.execute(statement("load_approved_calendars"))
        rows = await found.fetchall()
        self._calendars = len(rows)
        return replace(book, calendars=self._packaged.joined(_read(rows)))

    async def _ruling(self, connection: AsyncConnection) -> tuple[str, Sheets]:
        """Fetch the version that was approved last; there is one, since its number was seen."""
        found = await connection.execute(statement("load_ruling_directory"))
        row = await found.fetchone()
        assert row is not None
        number, version, agencies, aliases = row
        self._directory = number
        return version, Sheets(agencies, aliases)

    async def _with_directory(self, book: Rulebook, version: str, sheets: Sheets) -> Rulebook:
        """Read it beside the loop; one that this release cannot read leaves the present one."""
        try:
            directory = await asyncio.to_thread(_directory, sheets, book.units)
        except DirectoryInvalid as error:
            log.error("directory.unreadable", directory=version, why=str(error))
            return book
        keep_calm()
        return book.ruled_by(directory)


def _directory(sheets: Sheets, units: Units) -> Directory:
    return read_directory(sheets, units).directory(units)


def _read(rows: Iterable[tuple[str, str, str]]) -> list[WorkCalendar | AgencyHours]:
    """Read stored documents; one that this release cannot read is left out, and said so."""
    read: list[WorkCalendar | AgencyHours] = []
    for name, version, document in rows:
        try:
            read.append(read_calendar(document))
        except CalendarInvalid as error:
            log.error("calendar.unreadable", calendar=f"{name}@{version}", why=str(error))
    return read
