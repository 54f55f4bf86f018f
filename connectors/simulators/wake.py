"""How simulated agencies wait: in legal time, which a test or a demo may make stand still."""

import asyncio
from datetime import UTC, datetime
from typing import Protocol


class Wake(Protocol):
    """Legal time, for whoever has to act at an instant of it."""

    def now(self) -> datetime:
        """Return the aware instant."""
        ...

    def mark(self, instant: datetime) -> datetime:
        """Return when somebody who waits for `instant` looks up: then, or a little later."""
        ...

    async def until(self, instant: datetime) -> None:
        """Return once legal time has reached `instant`; at once if it has."""
        ...


class SystemWake:
    """Legal time as it passes."""

    def mark(self, instant: datetime) -> datetime:
        return instant

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def until(self, instant: datetime) -> None:
        await asyncio.sleep(max(0.0, (instant - self.now()).total_seconds()))
