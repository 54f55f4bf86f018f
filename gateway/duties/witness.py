"""The witness: notes signs of life of agencies as they come, and writes them down now and then.

To note one is a word in this process's memory: no row and no statement per message. What was noted
and not yet written is lost with the process, and comes again with the next message. Machine time.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import orjson

from gateway.store.pool import Pool
from gateway.store.sql import statement

EVERY: Final = 5.0
"""Seconds between two times that it writes."""
_WEIGHT: Final = 0.1
"""Of one answer in the moving mean of how long an agency takes."""


@dataclass(slots=True)
class _Signs:
    heard: float | None = None
    taken: float | None = None
    failed: float | None = None
    failure: str | None = None
    latency_ms: float | None = None


class Witness:
    """What this process saw of each agency since it wrote last."""

    def __init__(self, pool: Pool, *, now: Callable[[], float] = time.monotonic) -> None:
        self._pool = pool
        self._now = now
        self._heard: dict[str, float] = {}
        self._signs: dict[str, _Signs] = {}

    def __repr__(self) -> str:
        return f"<Witness {len(self._heard)} heard, {len(self._signs)} sent to>"

    def heard(self, agency: str) -> None:
        """Note that an agency is there: it sent something, called, or answered."""
        self._heard[agency] = self._now()

    def took(self, agency: str, latency_ms: int) -> None:
        """Note that it took a delivery, and how long that lasted."""
        signs = self._signs.setdefault(agency, _Signs())
        signs.taken = self._now()
        mean = signs.latency_ms
        signs.latency_ms = latency_ms if mean is None else mean + _WEIGHT * (latency_ms - mean)

    def failed(self, agency: str, code: str) -> None:
        """Note that a delivery could not be handed to it, and how that failed."""
        signs = self._signs.setdefault(agency, _Signs())
        signs.failed, signs.failure = self._now(), code

    async def write(self) -> bool:
        """Write down what was noted; what cannot be written now is not kept for later."""
        heard, self._heard = self._heard, {}
        signs, self._signs = self._signs, {}
        if not heard and not signs:
            return False
        now = self._now()
        rows = [_row(code, heard.get(code), signs.get(code), now) for code in {*heard, *signs}]
        async with self._pool.connection() as connection:
            asked = (orjson.dumps(rows).decode(),)
            await connection.execute(statement("write_agency_signs"), asked, prepare=True)
        return False


def _row(code: str, heard: float | None, signs: _Signs | None, now: float) -> dict[str, Any]:
    signs = signs or _Signs()
    return {
        "agency": code,
        "heard_ago": _ago(heard, now),
        "taken_ago": _ago(signs.taken, now),
        "failed_ago": _ago(signs.failed, now),
        "failure": signs.failure,
        "latency_ms": signs.latency_ms,
    }


def _ago(at: float | None, now: float) -> float | None:
    return None if at is None else max(0.0, now - at)
