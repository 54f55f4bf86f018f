"""The sentry: watches the timekeeper from outside, and keeps the count of open alarms.

A timekeeper that runs but handles nothing looks well from within. What counts is the store: the
oldest instant that has come and is not handled. `alarms` is what metrics and readiness show.
Late at one look may be a start after a standstill; late at two in a row is an alarm.
"""

from datetime import timedelta

from gateway.clock import LegalClock
from gateway.operations.alarm_kinds import AlarmKind
from gateway.operations.alarms import clear_alarm, count_alarms, raise_alarm
from gateway.store.pool import Pool
from gateway.store.sql import statement

LATE = timedelta(seconds=60)
"""A timer that is due for longer is an alarm; under heavy load it is fractions of a second."""


class Sentry:
    """Looks, raises, clears; decides nothing."""

    def __init__(self, pool: Pool, clock: LegalClock) -> None:
        self._pool = pool
        self._clock = clock
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
        self.alarms = await count_alarms(self._pool)
        return False

    async def _lag(self) -> timedelta:
        async with self._pool.connection() as connection:
            found = await connection.execute(statement("find_oldest_timer"), prepare=True)
            row = await found.fetchone()
        oldest = row[0] if row else None
        return timedelta() if oldest is None else max(timedelta(), self._clock.now() - oldest)
