"""The bell of the mailboxes: who waits for deliveries is woken when some lie ready.

However many agencies wait, one of the waiting requests asks the database for all of them: after
a commit of this process (`ring`), and every `interval` seconds for what other processes commit; but
not more often than every `pace` seconds. Nothing runs while nobody waits.
"""

import asyncio
import time
from contextlib import suppress

from gateway.store.pool import Pool
from gateway.store.sql import statement


class MailboxBell:
    """Wakes long polls."""

    def __init__(self, pool: Pool, *, interval: float = 0.5, pace: float = 0.01) -> None:
        self._pool = pool
        self._interval = interval
        self._pace = pace
        self._waiting: dict[str, list[asyncio.Event]] = {}
        self._asking = False
        self._ask_now = asyncio.Event()
        self.is_closed = False

    def __repr__(self) -> str:
        return f"<MailboxBell {len(self._waiting)} agencies wait>"

    def ring(self) -> None:
        """Something was committed: have the mailboxes looked at now."""
        self._ask_now.set()

    def wake(self, agency: str) -> None:
        """Let whoever waits for this agency look at how things stand."""
        for event in self._waiting.get(agency, ()):
            event.set()
        self._ask_now.set()

    def close(self) -> None:
        """Let everyone go who waits; from now on nobody waits."""
        self.is_closed = True
        for events in self._waiting.values():
            for event in events:
                event.set()
        self._ask_now.set()

    async def wait(self, agency: str, seconds: float) -> None:
        """Return when something may lie ready for the agency, or after so many seconds."""
        until = time.monotonic() + seconds
        woken = asyncio.Event()
        self._waiting.setdefault(agency, []).append(woken)
        try:
            while not (woken.is_set() or self.is_closed):
                left = until - time.monotonic()
                if left <= 0:
                    return
                await self._one_turn(woken, left)
        finally:
            self._waiting[agency].remove(woken)
            if not self._waiting[agency]:
                del self._waiting[agency]

    async def _one_turn(self, woken: asyncio.Event, left: float) -> None:
        """Wait one interval; as the one who asks for all, if nobody else does."""
        if self._asking:
            with suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), min(left, self._interval))
            return
        self._asking = True
        try:
            await asyncio.sleep(self._pace)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ask_now.wait(), min(left, self._interval))
            self._ask_now.clear()
            await self._ask()
        finally:
            self._asking = False

    async def _ask(self) -> None:
        async with self._pool.connection() as connection:
            found = await connection.execute(
                statement("find_ready_mailboxes"), (list(self._waiting),), prepare=True
            )
            for (agency,) in await found.fetchall():
                for event in self._waiting.get(agency, ()):
                    event.set()
