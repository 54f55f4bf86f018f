"""Legal time: the one instant that starts, pauses, deadlines and timers are reckoned from.

Machine time (leases, backoff, call timeouts) never comes from here: it is the database's clock
or the monotonic one.
"""

import asyncio
import heapq
from datetime import UTC, datetime
from typing import Protocol


class LegalClock(Protocol):
    """Where legal time is read; once per batch."""

    def now(self) -> datetime:
        """Return the aware UTC instant."""
        ...


class SystemClock:
    """Legal time as it passes."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SteppedClock:
    """Legal time that stands still while anything is in flight, then jumps to the next due instant.

    `until` is how simulated agencies wait: they park on an instant of legal time. `step` is called
    by whoever knows that all is still; it moves to the earliest of the parked instants and of the
    candidates it is given (the gateway's own timers), and never backwards.
    """

    def __init__(self, start: datetime, end: datetime) -> None:
        self._now = start.astimezone(UTC)
        self.end = end.astimezone(UTC)
        self._parked: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._count = 0

    def now(self) -> datetime:
        return self._now

    async def until(self, instant: datetime) -> None:
        """Wait until legal time reaches the instant; at once if it already has."""
        if instant <= self._now:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._parked, (instant.astimezone(UTC), self._count, future))
        await future

    def next_parked(self) -> datetime | None:
        while self._parked and self._parked[0][2].done():
            heapq.heappop(self._parked)
        return self._parked[0][0] if self._parked else None

    def step(self, *candidates: datetime | None) -> bool:
        """Jump to the next due instant; return False when there is none before the end."""
        parked = self.next_parked()
        due = [instant for instant in (parked, *candidates) if instant is not None]
        if not due:
            return False
        target = max(min(due), self._now)
        if target > self.end:
            return False
        self._now = target
        while self._parked and self._parked[0][0] <= target:
            _, _, future = heapq.heappop(self._parked)
            if not future.done():
                future.set_result(None)
        return True
