"""The group committer: gather what arrives, commit it together, tell everyone the outcome.

Callers `submit` an item and wait; one batch at a time goes to the database while the next one
gathers. A lost connection, deadlock or serialization failure retries the whole batch for as long
as it takes; only data errors split it, until the one that fails alone is poison. Nothing is
dropped. Memory is bounded: over `waiting` items the committer is busy, and says so.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import psycopg
import structlog
from psycopg_pool import PoolTimeout
from tenacity import AsyncRetrying, retry_if_exception_type, wait_random_exponential

from gateway.commit.items import Committed, Item, Judged, Owed
from gateway.commit.transaction import Desks, commit_due, commit_items
from gateway.store.pool import Pool
from schemas.problems import ProblemType, problem

log = structlog.get_logger()

TRANSIENT = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout)
"""Lost connections, deadlocks, serialization failures, timeouts: the batch is tried again."""

Sent = Callable[[Sequence[Owed], bool], None]


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
        on_committed: Sent,
    ) -> None:
        self._pool = pool
        self._desks = desks
        self._size = size
        self._wait = wait
        self._most = waiting
        self._on_committed = on_committed
        self._queue: deque[tuple[Item, asyncio.Future[Any]]] = deque()
        self._arrived = asyncio.Event()
        self._full = asyncio.Event()
        self._closing = False
        self._began: float | None = None
        self.batches = 0
        self.rows = 0
        self.items = 0

    @property
    def waiting(self) -> int:
        return len(self._queue)

    @property
    def is_idle(self) -> bool:
        """Nothing waits and nothing is under way."""
        return not self._queue and self._began is None

    def stalled_for(self) -> float:
        """Seconds for which the batch under way has not got through; 0 when none is."""
        return 0.0 if self._began is None else time.monotonic() - self._began

    async def submit(self, item: Item) -> Any:
        """Wait for the item's answer; raise Busy at once when too much waits already."""
        return await self.enqueue(item)

    def enqueue(self, item: Item, *, bounded: bool = True) -> asyncio.Future[Any]:
        """Put an item in and return the future of its answer."""
        if bounded and (self._closing or len(self._queue) >= self._most):
            raise Busy
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._queue.append((item, future))
        self._arrived.set()
        if len(self._queue) >= self._size:
            self._full.set()
        return future

    async def handle_due(self, limit: int) -> bool:
        """Handle transfers whose clocks are due, in one transaction; True if more wait."""
        async with self._pool.connection() as connection:
            committed = await commit_due(connection, self._desks, limit=limit)
        self._on_committed(committed.taken, committed.waiting)
        return committed.waiting

    def close(self) -> None:
        """Take nothing more; `run` ends when all that waits is committed."""
        self._closing = True
        self._arrived.set()
        self._full.set()

    async def run(self) -> None:
        while True:
            await self._arrived.wait()
            if not self._queue:
                if self._closing:
                    return
                self._arrived.clear()
                continue
            await self._gather()
            batch = [self._queue.popleft() for _ in range(min(self._size, len(self._queue)))]
            if not self._queue and not self._closing:
                self._arrived.clear()
            if len(self._queue) < self._size:
                self._full.clear()
            await self._commit(batch)

    async def _gather(self) -> None:
        if self._wait <= 0 or len(self._queue) >= self._size or self._closing:
            return
        try:
            async with asyncio.timeout(self._wait):
                await self._full.wait()
        except TimeoutError:
            return

    async def _commit(self, batch: Sequence[tuple[Item, asyncio.Future[Any]]]) -> None:
        self._began = time.monotonic()
        committed = await self._persist([item for item, _ in batch])
        self._began = None
        self.batches += 1
        self.items += len(batch)
        self.rows += committed.rows
        for (_, future), answer in zip(batch, committed.answers, strict=True):
            if not future.done():
                future.set_result(answer)
        self._on_committed(committed.taken, committed.waiting)

    async def _persist(self, items: Sequence[Item]) -> Committed:
        """Commit items whatever it takes: retry what is transient, halve what is not."""
        try:
            async for attempt in AsyncRetrying(
                retry=retry_if_exception_type(TRANSIENT),
                wait=wait_random_exponential(multiplier=0.05, max=2),
                before_sleep=_log_retry,
                reraise=True,
            ):
                with attempt:
                    async with self._pool.connection() as connection:
                        return await commit_items(connection, items, self._desks)
        except psycopg.Error as error:
            if len(items) > 1:
                half = len(items) // 2
                first = await self._persist(items[:half])
                second = await self._persist(items[half:])
                return _joined(first, second)
            return await self._set_aside(items[0], error)
        raise AssertionError("the retry loop either returns or raises")

    async def _set_aside(self, item: Item, error: psycopg.Error) -> Committed:
        """What fails alone is poison: a message is stored as such; anything else is only told."""
        log.error("item.poison", item=type(item).__name__, error=type(error).__name__)
        if isinstance(item, Judged) and not item.poison:
            found = problem(
                ProblemType.INTERNAL, "the gateway could not store this message's effect"
            )
            return await self._persist([replace(item, key=None, problem=found, poison=True)])
        return Committed(answers=[None])


def _joined(first: Committed, second: Committed) -> Committed:
    return Committed(
        answers=first.answers + second.answers,
        taken=first.taken + second.taken,
        waiting=first.waiting or second.waiting,
        rows=first.rows + second.rows,
    )


def _log_retry(state: Any) -> None:
    error = state.outcome.exception()
    log.warning(
        "commit.retried",
        attempt=state.attempt_number,
        error=type(error).__name__,
        detail=str(error),
    )
