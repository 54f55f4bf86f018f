"""Overviews answered at once: the books are summed in the background, whoever reads.

Each process keeps one look at the books for a month, a quarter and a year, of every agency; what a
reader may see is taken from it in memory, so a scope that nobody asked for before waits no longer
than any other. A page is answered with what is there, and when it was made is on it; where that is
a minute ago a new look begins meanwhile, and never for more than a twentieth of the time. The first
look of a process, and of a day, is waited for by whoever comes before `keep_warm` has made it.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import structlog

from gateway.reports.overview import Look, Overview
from gateway.reports.spans import Grain

log = structlog.get_logger()

GRAINS: Final = (Grain.MONTH, Grain.QUARTER, Grain.YEAR)
GOOD_FOR: Final = 60.0
MOST: Final = 64
"""So many scopes are kept of one look."""
_SHARE: Final = 20.0
"""So many times as long as a look took, none is taken."""
_WARM_EVERY: Final = 300.0

Looking = Callable[[Grain, date], Awaitable[Look]]
_Reach = frozenset[str] | None


@dataclass(slots=True)
class _Kept:
    """One look, the day it is of, until when it is good, and what was taken from it."""

    look: Look
    day: date
    good_until: float
    parts: OrderedDict[_Reach, Overview] = field(default_factory=OrderedDict)

    def of(self, reach: _Reach) -> Overview:
        if reach not in self.parts:
            self.parts[reach] = self.look.within(reach)
            if len(self.parts) > MOST:
                self.parts.popitem(last=False)
        return self.parts[reach]


class Overviews:
    """Keeps the looks, and begins new ones behind whoever reads."""

    def __init__(self, look: Looking) -> None:
        self._look = look
        self._kept: dict[Grain, _Kept] = {}
        self._looking: dict[Grain, asyncio.Task[None]] = {}
        self._one_at_a_time = asyncio.Lock()

    def __repr__(self) -> str:
        return f"<Overviews {len(self._kept)} kept>"

    async def of(self, grain: Grain, today: date, reach: _Reach) -> Overview:
        """Return a span so far, as far as somebody may see."""
        kept = self._kept.get(grain)
        is_of_today = kept is not None and kept.day == today
        if kept is None or not is_of_today or time.monotonic() >= kept.good_until:
            task = self._begin(grain, today)
            if not is_of_today:
                await asyncio.shield(task)
        return self._kept[grain].of(reach)

    async def keep_warm(self, today: Callable[[], date], stop: asyncio.Event) -> None:
        """Have a look of each span ready before anybody reads, and on each new day."""
        while not stop.is_set():
            for grain in GRAINS:
                kept = self._kept.get(grain)
                if kept is None or kept.day != today():
                    await asyncio.gather(self._begin(grain, today()), return_exceptions=True)
            try:
                await asyncio.wait_for(stop.wait(), _WARM_EVERY)
            except TimeoutError:
                continue

    def _begin(self, grain: Grain, today: date) -> asyncio.Task[None]:
        if grain not in self._looking:
            task = asyncio.create_task(self._renew(grain, today), name=f"overview {grain}")
            task.add_done_callback(_told)
            self._looking[grain] = task
        return self._looking[grain]

    async def _renew(self, grain: Grain, today: date) -> None:
        try:
            async with self._one_at_a_time:
                began = time.monotonic()
                look = await self._look(grain, today)
                now = time.monotonic()
            good_for = max(GOOD_FOR, (now - began) * _SHARE)
            self._kept[grain] = _Kept(look, today, now + good_for)
        finally:
            self._looking.pop(grain, None)


def _told(task: asyncio.Task[None]) -> None:
    """Say that a look failed: whoever waits is told, and who does not keeps the look there was."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.warning("overview.missed", error=type(error).__name__)
