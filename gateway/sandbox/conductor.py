"""The conductor: lets legal time jump to the next due instant once everything is still.

Still means: no simulated agency is doing anything, nothing waits to be committed or sent, and no
delivery is due within the next second of machine time. Then time moves to the earliest instant
that anybody waits for: an agency, a citizen, or one of the gateway's own clocks.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from gateway.clock import SteppedClock
from gateway.store.pool import Pool
from gateway.store.sql import statement
from gateway.wiring import Gateway


class GridWake:
    """How simulated people wait: on a stepped clock, until the next mark of a grid."""

    def __init__(self, clock: SteppedClock, grid: timedelta) -> None:
        self._clock = clock
        self._grid = grid.total_seconds()

    def now(self) -> datetime:
        return self._clock.now()

    def mark(self, instant: datetime) -> datetime:
        past = instant.timestamp() % self._grid
        return instant + timedelta(seconds=self._grid - past) if past else instant

    async def until(self, instant: datetime) -> None:
        await self._clock.until(self.mark(instant))


class Conductor:
    """Moves a stepped clock through its span."""

    def __init__(
        self,
        clock: SteppedClock,
        gateway: Gateway,
        pool: Pool,
        in_flight: Callable[[], int],
    ) -> None:
        self._clock = clock
        self._gateway = gateway
        self._pool = pool
        self._in_flight = in_flight
        self.steps = 0

    async def conduct(self, on_step: Callable[[datetime], None]) -> None:
        """Step until nothing is due before the clock's end."""
        while True:
            timer = await self._wait_until_still()
            if not self._clock.step(timer):
                return
            self.steps += 1
            on_step(self._clock.now())
            self._gateway.loops["timekeeper"].wake()
            await asyncio.sleep(0)

    async def _wait_until_still(self) -> datetime | None:
        """Return the gateway's next timer, once all is still."""
        while True:
            while not self._quiet():  # noqa: ASYNC110  many parts must be still at once
                await asyncio.sleep(0.002)
            seen = self._gateway.committer.batches
            busy, timer = await self._look()
            if busy:
                self._gateway.loops["rescuer"].wake()
            if timer is not None and timer <= self._clock.now():
                self._gateway.loops["timekeeper"].wake()
                busy = True
            if not busy and self._quiet() and seen == self._gateway.committer.batches:
                return timer
            await asyncio.sleep(0.005)

    def _quiet(self) -> bool:
        gateway = self._gateway
        return (
            self._in_flight() == 0
            and gateway.committer.is_idle
            and gateway.dispatcher.in_flight == 0
            and (gateway.intake is None or gateway.intake.unacknowledged == 0)
        )

    async def _look(self) -> tuple[bool, datetime | None]:
        async with self._pool.connection() as connection:
            found = await connection.execute(statement("look_for_stillness"), prepare=True)
            row = await found.fetchone()
        assert row is not None
        return bool(row[0]), row[1]
