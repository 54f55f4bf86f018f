"""Overviews that were just asked for: the books are summed once a minute, whoever looks.

Kept in this process by span, day and reach, and only so many: the oldest makes room.
"""

import asyncio
import time
from collections import OrderedDict
from datetime import date
from typing import Final

from gateway.reports.overview import Overview, look_over
from gateway.reports.spans import Grain
from gateway.store.pool import Pool

GOOD_FOR: Final = 60.0
MOST: Final = 64

_Key = tuple[Grain, date, frozenset[str] | None]


class Overviews:
    """Asks the books, or says what they said less than a minute ago."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._kept: OrderedDict[_Key, tuple[float, Overview]] = OrderedDict()
        self._asking = asyncio.Lock()

    def __repr__(self) -> str:
        return f"<Overviews {len(self._kept)} kept>"

    async def of(self, grain: Grain, today: date, reach: frozenset[str] | None) -> Overview:
        """Return a span so far, as far as somebody may see. One sum runs at a time."""
        key = (grain, today, reach)
        async with self._asking:
            kept = self._kept.get(key)
            if kept is not None and time.monotonic() - kept[0] < GOOD_FOR:
                return kept[1]
            made = await look_over(self._pool, grain, today, reach)
            self._kept[key] = (time.monotonic(), made)
            self._kept.move_to_end(key)
            if len(self._kept) > MOST:
                self._kept.popitem(last=False)
            return made
