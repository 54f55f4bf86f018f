"""The group committer: gather what arrives, commit it together, tell everyone the outcome.

Callers `enqueue` an item and await its answer. A few batches are under way at once, so that this
process decides about one while the database works on another; row locks keep them apart where they
meet. Memory is bounded: over `waiting` items the committer is busy, and says so.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import structlog

from gateway.commit.items import Due, Item, Judged, Owed
from gateway.commit.persisting import Persister, may_pass
from gateway.commit.transaction import Desks, commit_due
from gateway.store.pool import Pool
from gateway.store.sql import statement

log = structlog.get_logger()

Sent = Callable[[Sequence[Owed], bool], None]
Admit = Callable[[Judged], Judged]
"""The last look at a message before it waits to be committed: whoever may not speak is refused."""


def _everything(said: Judged) -> Judged:
    return said


class Busy(Exception):
    """Too much is waiting to be committed: try again later."""


class GroupCommitter:
    """Commits items in batches of at most `size`, waiting at most `wait` seconds for company."""

    def __init__(
        self,
        pool: Pool,
        desks: Desks,
        *,
        size: int,
        wait: float,
        waiting: int,
        abreast: int,
        on_committed: Sent,
        admit: Admit = _everything,
    ) -> None:
        self._pool = pool
        self._desks = desks
        self._persister = Persister(pool, desks)
        self._size = size
        self._wait = wait
        self._most = waiting
        self._on_committed = on_committed
        self._admit = admit
        self._queue: deque[tuple[Item, asyncio.Future[Any]]] = deque()
        self._arrived = asyncio.Event()
        self._full = asyncio.Event()
        self._closing = False
        self._slots = asyncio.Semaphore(abreast)
        self._under_way: dict[int, float] = {}
        self.batches = 0
        self.rows = 0
        self.items = 0

    @property
    def waiting(self) -> int:
        return len(self._queue)

    @property
    def is_idle(self) -> bool:
        """Nothing waits and nothing is under way."""
        return not self._queue and not self._under_way

    def now(self) -> datetime:
        """Legal time, as the items of the next batch will be judged by."""
        return self._desks.clock.now()

    def stalled_for(self) -> float:
        """Seconds for which the oldest batch under way has not got through; 0 when none is."""
        if not self._under_way:
            return 0.0
        return time.monotonic() - min(self._under_way.values())

    async def submit(self, item: Item) -> Any:
        """Wait for the item's answer; raise Busy at once when too much waits already."""
        return await self.enqueue(item)

    def enqueue(self, item: Item, *, bounded: bool = True) -> asyncio.Future[Any]:
        """Put an item in and return the future of its answer."""
        if bounded and (self._closing or len(self._queue) >= self._most):
            raise Busy
        if isinstance(item, Judged):
            item = self._admit(item)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._queue.append((item, future))
        self._arrived.set()
        if len(self._queue) >= self._size:
            self._full.set()
        return future

    async def handle_due(self, limit: int) -> bool:
        """Handle transfers whose clocks are due, in one transaction; True if more wait.

        If one of them cannot be handled, they are handled as items, so that it alone is put off.
        """
        try:
            async with self._pool.connection() as connection:
                committed = await commit_due(connection, self._desks, limit=limit)
        except Exception as error:
            if may_pass(error, 1, halvable=False):
                raise
            log.error("timers.halved", error=type(error).__name__)
            committed = await self._persister.persist(await self._due(limit))
            committed.waiting = committed.rows > 0
        self._on_committed(committed.taken, committed.waiting)
        return committed.waiting

    async def _due(self, limit: int) -> list[Due]:
        async with self._pool.connection() as connection:
            found = await connection.execute(
                statement("list_due_transfers"), (self._desks.clock.now(), limit)
            )
            return [Due(row[0]) for row in await found.fetchall()]

    def close(self) -> None:
        """Take nothing more; `run` ends when all that waits is committed."""
        self._closing = True
        self._arrived.set()
        self._full.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as batches:
            while True:
                await self._arrived.wait()
                if not self._queue:
                    if self._closing:
                        return
                    self._arrived.clear()
                    continue
                await self._slots.acquire()
                await self._gather()
                batch = [self._queue.popleft() for _ in range(min(self._size, len(self._queue)))]
                if not self._queue and not self._closing:
                    self._arrived.clear()
                if len(self._queue) < self._size:
                    self._full.clear()
                self._under_way[id(batch)] = time.monotonic()
                batches.create_task(self._commit(batch))

    async def _gather(self) -> None:
        if self._wait <= 0 or len(self._queue) >= self._size or self._closing:
            return
        try:
            async with asyncio.timeout(self._wait):
                await self._full.wait()
        except TimeoutError:
            return

    async def _commit(self, batch: Sequence[tuple[Item, asyncio.Future[Any]]]) -> None:
        try:
            committed = await self._persister.persist([item for item, _ in batch])
        finally:
            del self._under_way[id(batch)]
            self._slots.release()
        self.batches += 1
        self.items += len(batch)
        self.rows += committed.rows
        for (_, future), answer in zip(batch, committed.answers, strict=True):
            if not future.done():
                future.set_result(answer)
        self._on_committed(committed.taken, committed.waiting)
