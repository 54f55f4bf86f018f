"""Legal time passing on a stage: the same in every process, whatever day is today."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

MONDAY: Final = datetime(2026, 3, 2, 8, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class PassingClock:
    """`speed` legal seconds pass per second since the stage was set, from `start`.

    It is what gateways read and what simulated agencies wait by.
    """

    set_at: float
    start: datetime = MONDAY
    speed: float = 1.0

    @classmethod
    def set_now(cls, *, speed: float = 1.0) -> "PassingClock":
        return cls(time.time(), speed=speed)

    @classmethod
    def read(cls, text: str) -> "PassingClock":
        """Return the clock that `str()` wrote."""
        set_at, start, speed = text.split(";")
        return cls(float(set_at), datetime.fromisoformat(start), float(speed))

    def __str__(self) -> str:
        return f"{self.set_at!r};{self.start.isoformat()};{self.speed!r}"

    def now(self) -> datetime:
        return self.start + timedelta(seconds=(time.time() - self.set_at) * self.speed)

    def mark(self, instant: datetime) -> datetime:
        return instant

    async def until(self, instant: datetime) -> None:
        left = (instant - self.now()).total_seconds() / self.speed
        await asyncio.sleep(max(0.0, left))
