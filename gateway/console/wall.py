"""The last look at each board: however many screens show it, a process asks every few seconds."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.operations.boards import Row, read_board
from gateway.services import Services

FRESH_SECONDS: Final = 5.0
"""A board that was taken back is dark within so long, and its screen's next question."""
_MOST_KEPT: Final = 512


@dataclass(frozen=True, slots=True)
class Look:
    """What a board shows, and when that was so."""

    rows: tuple[Row, ...]
    looked_at: datetime


class Wall:
    """The boards that this process was asked for."""

    def __init__(
        self, services: Services, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._services = services
        self._monotonic = monotonic
        self._kept: OrderedDict[tuple[str, str], tuple[float, Look]] = OrderedDict()

    def __repr__(self) -> str:
        return f"<Wall of {len(self._kept)} boards>"

    async def look(self, agency: str, token: str) -> Look | None:
        """Return a board as of a few seconds; None if the address is none's."""
        kept = self._kept.get((agency, token))
        if kept is not None and kept[0] > self._monotonic():
            return kept[1]
        now = self._services.clock.now()
        rows = await read_board(self._services.pool, agency, token, now)
        if rows is None:
            self._kept.pop((agency, token), None)
            return None
        look = Look(tuple(rows), now)
        self._kept[agency, token] = (self._monotonic() + FRESH_SECONDS, look)
        self._kept.move_to_end((agency, token))
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return look
