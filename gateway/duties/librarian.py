"""The librarian: holds the rulebook that decides, and keeps its calendars those that are approved.

Whoever decides takes `rulebook` once per batch; a newer one is put in its place whole. Approved
versions are never taken back, so that their number says whether there are new ones.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

import structlog

from gateway.rulebook import Rulebook
from gateway.store.pool import Pool
from gateway.store.sql import statement
from routing.legaltime import (
    AgencyHours,
    CalendarInvalid,
    Calendars,
    WorkCalendar,
    read_calendar,
)

log = structlog.get_logger()


class Librarian:
    """`refresh` is for a background duty, and for whoever meets a version that is not here.

    Who wants to know when calendars were loaded is told by `on_loaded`.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        pool: Pool,
        *,
        on_loaded: Callable[[Calendars], None] = lambda _: None,
    ) -> None:
        self.rulebook = rulebook
        self._packaged = rulebook.calendars
        self._pool = pool
        self._approved = 0
        self._on_loaded = on_loaded

    def __repr__(self) -> str:
        return f"<Librarian {self.rulebook.calendars!r}>"

    async def refresh(self) -> bool:
        """Load what was approved since; False: there is nothing more to do at once."""
        async with self._pool.connection() as connection:
            counted = await connection.execute(statement("count_approved_calendars"), prepare=True)
            [approved] = await counted.fetchone() or (0,)
            if approved == self._approved:
                return False
            found = await connection.execute(statement("load_approved_calendars"))
            rows = await found.fetchall()
        calendars = self._packaged.joined(_read(rows))
        self.rulebook = replace(self.rulebook, calendars=calendars)
        self._approved = len(rows)
        self._on_loaded(calendars)
        return False


def _read(rows: Iterable[tuple[str, str, str]]) -> list[WorkCalendar | AgencyHours]:
    """Read stored documents; one that this release cannot read is left out, and said so."""
    read: list[WorkCalendar | AgencyHours] = []
    for name, version, document in rows:
        try:
            read.append(read_calendar(document))
        except CalendarInvalid as error:
            log.error("calendar.unreadable", calendar=f"{name}@{version}", why=str(error))
    return read
