"""The circuit breaker: a partner that fails again and again is left alone for a while.

Failures are counted per process; that it opened, until when and for the how-manieth time in a row
is kept in the endpoints table, so that every process and every operator sees the same, and a
restart neither hammers a dead partner nor forgets how long it has been dead. While open nothing is
sent; then a single probe decides, of all processes together: whoever claims it says so in the same
statement. What was tried least goes first, so that a message which a partner cannot digest does not
keep it apart from all others. Once
a partner answers, what waits for it goes out at once. Only partners that we call ourselves have a
breaker: what becomes of the broker's road is nobody's failure.
"""

import time
from dataclasses import dataclass
from typing import Final

from gateway.dispatch.backoff import within_share
from gateway.store.pool import Pool
from gateway.store.sql import statement

LONGEST_PAUSE: Final = 60.0
"""Seconds between two probes at most: a partner that is back is found within a minute."""

SOONEST_PROBE: Final = 5.0
"""Seconds: however near a limit is, a dead partner is probed no more often than this."""


@dataclass(slots=True)
class _Count:
    failures: int = 0
    opened: int = 0
    """How often in a row it opened; each time for longer."""
    until: float = 0.0
    probing: bool = False


class Breakers:
    """Watches outcomes per agency and opens or closes the circuit in the database.

    `seconds` is how long it opens first, doubled each time, up to `longest` and to a minute.
    """

    def __init__(
        self,
        pool: Pool,
        *,
        failures: int,
        seconds: float,
        lease_seconds: float,
        longest: float = LONGEST_PAUSE,
    ) -> None:
        self._pool = pool
        self._most = failures
        self._seconds = seconds
        self._lease_seconds = lease_seconds
        self._longest = min(longest, LONGEST_PAUSE)
        self._counts: dict[str, _Count] = {}

    async def note(self, agency: str, *, reached: bool, left: float | None = None) -> None:
        """Count one outcome; write to the database only when the state changes.

        `left` is what remains, in seconds, until the limit of what could not be sent: the next
        probe comes well before it.
        """
        count = self._counts.get(agency)
        if reached:
            if count is not None:
                del self._counts[agency]
                if count.opened:
                    await self._write(agency, "closed", None, _Count())
                    await self._hurry(agency)
            return
        if count is None:
            count = self._counts[agency] = _Count()
        now = time.monotonic()
        if now < count.until:
            return  # it was under way when the circuit opened, and says nothing new
        if count.opened and not count.probing:
            count.failures = count.opened = 0  # another process has closed it since
        count.failures += 1
        if count.failures >= self._most or count.opened:
            count.opened += 1
            count.probing = False
            pause = min(self._seconds * 2.0 ** min(count.opened - 1, 30), self._longest)
            if left is not None:
                pause = within_share(pause, left, soonest=SOONEST_PROBE)
            count.until = now + pause
            await self._write(agency, "open", pause, count)

    def begin_probe(self, agency: str, *, level: int) -> None:
        """Note that this process probes; that nobody else does meanwhile stands in the table.

        `level` is how often the breaker has opened in a row, whichever processes opened it.
        """
        count = self._counts.setdefault(agency, _Count())
        count.opened = max(1, level)
        count.until, count.probing = 0.0, True

    async def _write(self, agency: str, state: str, seconds: float | None, count: _Count) -> None:
        asked = {
            "agency": agency,
            "state": state,
            "seconds": seconds,
            "failures": count.failures,
            "level": count.opened,
        }
        async with self._pool.connection() as connection:
            await connection.execute(statement("write_breaker"), asked)

    async def _hurry(self, agency: str) -> None:
        """Let what waits for its next try go now: what it waited for has come about."""
        async with self._pool.connection() as connection:
            await connection.execute(statement("hurry_deliveries"), (agency, self._lease_seconds))
