"""The lookout: sees the last known day of the calendar come, long before anything needs it.

Raises the alarm `calendar-missing-soon` when the base calendar ends before what is received today
may end, with a lead; clears it when a version that reaches further is approved.
"""

from datetime import datetime

from gateway.clock import LegalClock
from gateway.duties.librarian import Librarian
from gateway.operations.alarm_kinds import AlarmKind
from gateway.operations.alarms import Detail, clear_alarm, raise_alarm
from gateway.store.pool import Pool
from gateway.store.sql import statement
from routing.reach import Reach, reach_of


class Lookout:
    """Looks, raises, clears. `reach` is what metrics, readiness and operators are shown."""

    def __init__(self, pool: Pool, librarian: Librarian, clock: LegalClock) -> None:
        self._pool = pool
        self._librarian = librarian
        self._clock = clock
        self._told: Reach | None = None
        self.reach = self._reach(None)

    def __repr__(self) -> str:
        return f"<Lookout {self.reach.calendar} until {self.reach.known_until}>"

    async def look(self) -> bool:
        """Look once; what has not changed since is not told again."""
        async with self._pool.connection() as connection:
            found = await connection.execute(statement("find_latest_deadline"), prepare=True)
            row = await found.fetchone()
        reach = self.reach = self._reach(row[0] if row else None)
        if reach == self._told:
            return False
        kind, subject = AlarmKind.CALENDAR_MISSING_SOON, reach.calendar.partition("@")[0]
        if reach.is_short:
            detail: Detail = {
                "calendar": reach.calendar,
                "known_until": reach.known_until.isoformat(),
                "needed_until": reach.needed_until.isoformat(),
                "days_left": reach.days_left,
            }
            await raise_alarm(self._pool, kind, subject, detail)
        else:
            await clear_alarm(self._pool, kind, subject)
        self._told = reach
        return False

    def _reach(self, latest: datetime | None) -> Reach:
        book = self._librarian.rulebook
        return reach_of(book.calendar, book.catalogue, book.policies, self._clock.now(), latest)
