"""Rehearse messages: judge them as a commit would, and throw everything away but the answers.

The same desk decides, on what a read-only snapshot shows: nothing is stored, no key is claimed and
no lock is taken. What it says holds as long as nothing else happens: a message that is really sent
is judged anew. Intake goes before: rehearsals wait for each other, and for it.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.clock import LegalClock
from gateway.commit.citations import load_cited
from gateway.commit.desk import Desk, Loaded
from gateway.commit.group import Busy
from gateway.commit.items import Answer, Judged
from gateway.commit.loading import look
from gateway.commit.outage_book import OutageBook
from gateway.commit.outbox import Roads
from gateway.commit.rows import Row
from gateway.dispatch.endpoints import EndpointBook
from gateway.documents.rules import DocumentRules
from gateway.duties.librarian import Librarian
from gateway.rulebook import Rulebook
from gateway.store.pool import Pool
from routing.legaltime import CalendarNotLoaded
from routing.lifecycle.model import Transfer

MOST_WAITING = 8
"""Rehearsals that may wait for the one under way; the next is told to come again."""
_AT_ONCE = 20
"""Messages decided before others get a turn: some 5 ms."""
_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What one message would come to.

    `before` and `after` are its transfer, if it would be accepted (`before` is None for a new
    one); `ledger` and `deliveries` what would be written and owed, `withdrawn` the offers that
    would be taken back.
    """

    answer: Answer
    before: Transfer | None = None
    after: Transfer | None = None
    ledger: Sequence[Row] = ()
    deliveries: Sequence[Row] = ()
    withdrawn: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class Rehearsals:
    """The outcomes in order, and the tables that decided them, as of `now`."""

    rehearsed: Sequence[Rehearsed]
    rulebook: Rulebook
    now: datetime


class Rehearsal:
    """Rehearses one request at a time."""

    def __init__(
        self,
        pool: Pool,
        librarian: Librarian,
        clock: LegalClock,
        endpoints: EndpointBook,
        *,
        gives_way: Callable[[], bool],
        documents: DocumentRules | None = None,
    ) -> None:
        self._pool = pool
        self._librarian = librarian
        self._clock = clock
        self._roads = Roads(
            endpoints.is_mailbox,
            _to_nobody,
            0.0,
            endpoints.is_connected,
            endpoints.hears,
            endpoints.follows_own,
        )
        self._gives_way = gives_way
        self._documents = documents
        self._outages = OutageBook()
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def rehearse(self, messages: Sequence[Judged]) -> Rehearsals:
        """Judge messages in order, each as if those before it had been taken.

        Raises Busy when too many wait, or while `gives_way` says that intake has enough to do.
        """
        if self._waiting >= MOST_WAITING or self._gives_way():
            raise Busy
        self._waiting += 1
        try:
            async with self._turn:
                return await self._rehearse(messages)
        except CalendarNotLoaded:
            # Another process approved it and used it since we last looked.
            await self._librarian.refresh()
            async with self._turn:
                return await self._rehearse(messages)
        finally:
            self._waiting -= 1

    async def _rehearse(self, messages: Sequence[Judged]) -> Rehearsals:
        rulebook, now = self._librarian.rulebook, self._clock.now()
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(_SNAPSHOT)
            loaded = await look(connection, messages)
            loaded.cited = await load_cited(connection, messages, self._documents, now, lock=False)
            outages = await self._outages.as_of(connection, loaded.epoch, now)
        context = rulebook.at(now, outages)
        desk = Desk(loaded, context, rulebook.versions(), self._roads)
        rehearsed: list[Rehearsed] = []
        for no, message in enumerate(messages):
            if no % _AT_ONCE == _AT_ONCE - 1:
                await asyncio.sleep(0)
            rehearsed.append(_decide(desk, loaded, message))
        return Rehearsals(rehearsed, rulebook, now)


def _decide(desk: Desk, loaded: Loaded, message: Judged) -> Rehearsed:
    """Decide one message; tell what it adds to what was there before."""
    named = getattr(message.data, "transfer", None)
    known = loaded.live.get(named) if named is not None else None
    before, written = (known.transfer, len(known.ledger)) if known else (None, 0)
    desk.rows.deliveries.clear()
    desk.rows.withdrawals.clear()
    answer = desk.judge(message)
    if answer.verdict != "accepted":
        return Rehearsed(answer)
    live = known or loaded.live[next(reversed(loaded.live))]
    return Rehearsed(
        answer,
        before,
        live.transfer,
        ledger=live.ledger[written:],
        deliveries=list(desk.rows.deliveries),
        withdrawn=list(desk.rows.withdrawals),
    )


def _to_nobody(_agency: str) -> bool:
    return False
