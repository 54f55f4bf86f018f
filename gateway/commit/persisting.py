"""Persist a batch whatever it takes: retry what passes, halve what does not, set one aside.

Three kinds of trouble are told apart. What is the database's or the road's (lost connections,
deadlocks, a read-only standby, a missing table, a full disk) passes or is mended: the same batch is
tried again for as long as it takes, and readiness says so. What is in the data, or in our own code,
comes back each time: the batch is halved until one item fails alone. That one is set aside: a
message as stored poison, an outcome without its effect on the hop, a clock for a minute, an
operator's act with an answer that says so. Everything else in the batch is committed.
"""

import re
import traceback
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg
import structlog
from psycopg import errors
from psycopg_pool import PoolTimeout
from tenacity import AsyncRetrying, retry_if_exception, wait_random_exponential

from gateway.commit.items import Act, Committed, Due, Incoming, Item, Judged, Outcome
from gateway.commit.rows import encode
from gateway.commit.transaction import Attempt, Desks, commit_items, deferrals
from gateway.store.pool import Pool
from gateway.store.sql import statement
from routing.legaltime import CalendarNotLoaded
from schemas.problems import ProblemType, problem

log = structlog.get_logger()

_BLAMED = (psycopg.DataError, psycopg.IntegrityError, errors.ProgramLimitExceeded)
_PATIENCE = 3
"""Statements that run out of time this often are tried with half the batch."""


class Persister:
    """Commits batches; returns one answer per item, in order."""

    def __init__(self, pool: Pool, desks: Desks) -> None:
        self._pool = pool
        self._desks = desks

    async def persist(self, items: Sequence[Item]) -> Committed:
        """Commit every item, or set it aside; raises only on cancellation."""
        try:
            return await self._try(items)
        except Exception as error:
            if len(items) > 1:
                half = len(items) // 2
                first = await self.persist(items[:half])
                return _joined(first, await self.persist(items[half:]))
            return await self._set_aside(items[0], error)

    async def _try(self, items: Sequence[Item]) -> Committed:
        """Retry while the trouble may pass; raise what is the batch's own."""
        attempt = Attempt()

        def passes(error: BaseException) -> bool:
            number = retrying.statistics.get("attempt_number", 1)
            return may_pass(error, number, halvable=len(items) > 1)

        retrying = AsyncRetrying(
            retry=retry_if_exception(passes),
            wait=wait_random_exponential(multiplier=0.05, max=2),
            before_sleep=_log_retry,
            reraise=True,
        )
        async for step in retrying:
            with step:
                try:
                    async with self._pool.connection() as connection:
                        return await commit_items(connection, items, self._desks, attempt)
                except CalendarNotLoaded:
                    # Another process approved it and used it since we last looked.
                    await self._desks.librarian.refresh()
                    raise
        raise AssertionError("the retry loop either returns or raises")

    async def _set_aside(self, item: Item, error: Exception) -> Committed:
        log.error(
            "item.set_aside",
            item=type(item).__name__,
            error=type(error).__name__,
            where=_where(error),
            **_ref(item),
        )
        match item:
            case Judged(poison=False):
                return await self.persist([_as_poison(item)])
            case Judged():
                # Its cleaned record does not go in either: the caller must give it again.
                return Committed(answers=[None])
            case Outcome(owed=owed) if owed.transfer_id is not None:
                # It was sent, and must not be sent again; the hop's own limit calls a person.
                return await self.persist([replace(item, owed=replace(owed, transfer_id=None))])
            case Outcome():
                return Committed(answers=[None])
            case Due(transfer_id=transfer_id):
                await self._defer(transfer_id)
                return Committed(answers=[None])
            case Act():
                return Committed(answers=["internal: the gateway could not do this; see its log"])

    async def _defer(self, transfer_id: UUID) -> None:
        row = deferrals([transfer_id], self._desks.clock.now())
        try:
            async with self._pool.connection() as connection:
                await connection.execute(statement("defer_timers"), (encode(row),))
        except psycopg.Error as error:
            # Not even that: it is due again in the next round, and does not hold up the others.
            log.error("timer.not_deferred", transfer=str(transfer_id), error=type(error).__name__)


def may_pass(error: BaseException, attempt: int, *, halvable: bool) -> bool:
    """Whether the same batch may succeed later: the database's trouble, not the data's or ours."""
    if isinstance(error, _BLAMED):
        return False
    if isinstance(error, errors.QueryCanceled):
        return attempt < _PATIENCE or not halvable
    if isinstance(error, CalendarNotLoaded):
        return attempt < _PATIENCE
    return isinstance(error, (psycopg.Error, PoolTimeout, OSError))


def _ref(item: Item) -> dict[str, str]:
    """Name the item of an operators' act, as the act's own entry in the log does."""
    return {"ref": str(item.event.ref)} if isinstance(item, Act) else {}


def _where(error: Exception) -> str:
    """Name the place it was raised at; its text and its locals may hold personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "unknown"


def _as_poison(item: Judged) -> Judged:
    """A record of the message that can be stored whatever was in it: bytes, and plain words."""
    incoming = item.incoming
    found = problem(ProblemType.INTERNAL, "the gateway could not store this message's effect")
    plain = Incoming(
        id=incoming.id,
        road=incoming.road,
        agency=re.sub(r"[^A-Z0-9.]", "", incoming.agency)[:35],
        media="application/octet-stream",
        body=incoming.body,
        headers={},
        message_id=item.key or _printable(incoming.message_id),
        recorded_at=incoming.recorded_at,
    )
    return Judged(
        plain,
        item.body_digest,
        problem=found,
        keep_body=item.keep_body,
        size=item.size,
        poison=True,
    )


def _printable(text: str | None) -> str | None:
    return text if text is not None and text.isprintable() else None


def _joined(first: Committed, second: Committed) -> Committed:
    return Committed(
        answers=first.answers + second.answers,
        taken=first.taken + second.taken,
        waiting=first.waiting or second.waiting,
        rows=first.rows + second.rows,
    )


def _log_retry(state: Any) -> None:
    error = state.outcome.exception()
    log.warning("commit.retried", attempt=state.attempt_number, error=type(error).__name__)
