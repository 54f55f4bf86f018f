"""Tells a stepped clock when simulated agencies are still, so that time may jump."""

from collections.abc import Callable
from datetime import datetime

from connectors.simulators.wake import Wake


def _nobody() -> None:
    """Default listener."""


class Bustle:
    """Counts what is under way: messages without receipt, deliveries being handled.

    Work that waits for a later instant of legal time does not count. As soon as legal time
    reaches that instant it does, even before the waiting task has run again: whoever moves the
    clock sees the work that the move has woken.
    """

    def __init__(self, wake: Wake, on_change: Callable[[], None] = _nobody) -> None:
        self._wake = wake
        self._on_change = on_change
        self._busy = 0
        self._parked: dict[int, datetime] = {}
        self._earliest: datetime | None = None
        self._tokens = 0

    @property
    def in_flight(self) -> int:
        now = self._wake.now()
        if self._earliest is None or self._earliest > now:
            return self._busy
        return self._busy + sum(instant <= now for instant in self._parked.values())

    def begin(self) -> None:
        self._busy += 1
        self._on_change()

    def end(self) -> None:
        self._busy -= 1
        self._on_change()

    async def wait_until(self, instant: datetime) -> None:
        """Between `begin` and `end`: wait in legal time, and be still meanwhile."""
        if instant <= self._wake.now():
            return
        instant = self._wake.mark(instant)
        self._tokens += 1
        token = self._tokens
        self._parked[token] = instant
        if self._earliest is None or instant < self._earliest:
            self._earliest = instant
        self.end()
        try:
            await self._wake.until(instant)
        finally:
            del self._parked[token]
            if instant == self._earliest:
                self._earliest = min(self._parked.values(), default=None)
            self.begin()
