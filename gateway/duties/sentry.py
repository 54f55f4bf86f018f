"""The sentry: watches the timekeeper from outside, and keeps the count of open alarms.

A timekeeper that runs but handles nothing looks well from within. What counts is the store: the
oldest instant that has come and is not handled. `alarms` is what metrics and readiness show.
Late at one look may be a start after a standstill; late at two in a row is an alarm.
"""

from datetime import datetime, timedelta

from gateway.clock import LegalClock
from gateway.operations.alarm_kinds import AlarmKind
from gateway.operations.alarms import clear_alarm, count_alarms, raise_alarm
from gateway.selftest.examinations import last_pass
from gateway.store.pool import Pool
from gateway.store.sql import statement

LATE = timedelta(seconds=60)
"""A timer that is due for longer is an alarm; under heavy load it is fractions of a second."""


OVERDUE = 3
"""Intervals of the self-test without one that passed."""


class Sentry:
    """Looks, raises, clears; decides nothing."""

    def __init__(
        self, pool: Pool, clock: LegalClock, *, selftest_every: timedelta = timedelta()
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._selftest_every = selftest_every
        self._began_at = clock.now()
        self.selftest_passed_at: datetime | None = None
        """When the self-test of legal time last passed (legal time)."""
        self.alarms: dict[str, int] = {kind.value: 0 for kind in AlarmKind}
        self._was_late = False
        self.lag = timedelta()
        """For how long the oldest due timer has waited, in legal time."""

    async def look(self) -> bool:
        """Look once at what is due, and at what is open."""
        self.lag = await self._lag()
        late, was_late = self.lag > LATE, self._was_late
        self._was_late = late
        if late and was_late:
            seconds = round(self.lag.total_seconds())
            await raise_alarm(
                self._pool, AlarmKind.TIMEKEEPER_LAG, "timekeeper", {"seconds": seconds}
            )
        elif not late:
            await clear_alarm(self._pool, AlarmKind.TIMEKEEPER_LAG, "timekeeper")
        await self._look_at_selftest()
        self.alarms = await count_alarms(self._pool)
        return False

    @property
    def selftest_age(self) -> timedelta:
        """For how long no self-test has passed; while none ever has, since this process began."""
        since = self.selftest_passed_at or self._began_at
        return max(timedelta(), self._clock.now() - since)

    async def _look_at_selftest(self) -> None:
        self.selftest_passed_at = await last_pass(self._pool)
        if not self._selftest_every:
            return
        # After a standstill of the whole gateway the first one has its time.
        age = min(self.selftest_age, self._clock.now() - self._began_at)
        if age > OVERDUE * self._selftest_every:
            minutes = round(age.total_seconds() / 60)
            await raise_alarm(
                self._pool, AlarmKind.SELFTEST_OVERDUE, "examiner", {"minutes": minutes}
            )
        else:
            await clear_alarm(self._pool, AlarmKind.SELFTEST_OVERDUE, "examiner")

    async def _lag(self) -> timedelta:
        async with self._pool.connection() as connection:
            found = await connection.execute(statement("find_oldest_timer"), prepare=True)
            row = await found.fetchone()
        oldest = row[0] if row else None
        return timedelta() if oldest is None else max(timedelta(), self._clock.now() - oldest)
