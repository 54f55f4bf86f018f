"""Calls to agencies' own systems: each agency within its own concurrency, each dossier in order.

An agency that is slow, silent or dead holds up its own calls and nobody else's. What may have
arrived already is not simply sent again: where the partner can be asked, it is asked first; where
it cannot, and might act twice, a person decides (decision 0184).
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from enum import Enum, auto
from typing import Final
from uuid import UUID

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from connectors.protocol import (
    Asked,
    Asks,
    Caller,
    Delivered,
    Missing,
    Outcome,
    Parcel,
    Refused,
    Unreachable,
)
from gateway.commit.items import Owed
from gateway.dispatch.breaker import Breakers
from gateway.dispatch.endpoints import EndpointBook, Reach
from gateway.dispatch.parcels import ParcelMaker
from gateway.dispatch.reporting import Reporter
from gateway.dispatch.unlisted import Unlisted
from gateway.store.pool import Pool
from gateway.store.sql import statement

log = structlog.get_logger()


MOST_OF_A_LEASE: Final = 4
"""A call waits for its turn at a paced partner for a quarter of its lease at most."""


class Turn(Enum):
    """What became of a delivery's turn."""

    SETTLED = auto()
    """The dossier's next one may follow."""
    WAITS = auto()
    """It was tried and will be tried again: what follows in its dossier waits with it."""
    UNUSED = auto()
    """Nothing was sent: the lease is given back."""


class Calls:
    """Owns the calls under way. `callers` are the connectors that call, by name."""

    def __init__(
        self,
        pool: Pool,
        endpoints: EndpointBook,
        breakers: Breakers,
        parcels: ParcelMaker,
        reporter: Reporter,
        *,
        callers: Mapping[str, Caller],
        lease_seconds: float,
    ) -> None:
        self._pool = pool
        self._endpoints = endpoints
        self._breakers = breakers
        self._parcels = parcels
        self._reporter = reporter
        self._callers = callers
        self._lease_seconds = lease_seconds
        self._unlisted = Unlisted(pool, callers)
        self._taken: dict[str, int] = {}
        self._turns: dict[str, asyncio.Semaphore] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self._on_room: Callable[[str], None] = lambda _: None

    def tell_of_room(self, on_room: Callable[[str], None]) -> None:
        """Call this with every agency for which calls have ended."""
        self._on_room = on_room

    @property
    def in_flight(self) -> int:
        """Deliveries that are being called, or wait here for their turn."""
        return sum(self._taken.values())

    @property
    def names(self) -> list[str]:
        """The connectors that this process can call by."""
        return list(self._callers)

    def busy(self) -> list[str]:
        """Agencies that have as many calls as they may."""
        return [
            agency
            for agency, calls in self._taken.items()
            if (reach := self._endpoints.reach(agency)) and calls >= reach.concurrency
        ]

    def may_take(self, reach: Reach) -> bool:
        """Whether one more call may begin at once; at a paced agency it waits for its turn."""
        endpoint = reach.endpoint
        return (
            endpoint.connector in self._callers
            and not reach.is_paced
            and self._taken.get(endpoint.agency, 0) < reach.concurrency
        )

    def take(self, agency: str, owed: Sequence[Owed]) -> None:
        """Call an agency for deliveries that are leased to this process."""
        self._taken[agency] = self._taken.get(agency, 0) + len(owed)
        self._spawn(self._call(agency, owed, time.monotonic()))

    async def prepare(self) -> None:
        """Look at what other versions left, before anything is called."""
        await self._unlisted.clear_listed()

    def give_back(self, owed: Sequence[Owed]) -> None:
        """Let go of leases under which nothing was sent and nothing will be."""
        if owed:
            self._spawn(self._give_back(owed))

    def close(self) -> None:
        """Begin no more calls: what waits for its turn here is given back."""
        self._closing = True

    async def drain(self, within: float) -> None:
        """Wait for the calls under way to end, and for what they give back."""
        loop = asyncio.get_running_loop()
        until = loop.time() + within
        while self._tasks and (left := until - loop.time()) > 0:
            await asyncio.wait(self._tasks, timeout=left)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _call(self, agency: str, owed: Sequence[Owed], since: float) -> None:
        try:
            reach = self._endpoints.reach(agency)
            if reach is None:
                return
            parcels = await self._parcels.make(owed)
            ahead = self._turns.setdefault(agency, asyncio.Semaphore(reach.concurrency))
            dossiers: dict[UUID, list[Owed]] = {}
            for one in owed:
                dossiers.setdefault(one.transfer_id or one.id, []).append(one)
            ends = await asyncio.gather(
                *(self._call_in_order(d, parcels, ahead, since) for d in dossiers.values()),
                return_exceptions=True,  # what goes wrong with one dossier cuts no other's call
            )
            for error in ends:
                if isinstance(error, Exception):
                    log.error("dispatch.call_failed", agency=agency, error=type(error).__name__)
        except Exception as error:
            log.error("dispatch.call_failed", agency=agency, error=type(error).__name__)
        finally:
            self._taken[agency] -= len(owed)
            if not self._taken[agency]:
                del self._taken[agency]
                self._turns.pop(agency, None)
            self._on_room(agency)

    async def _call_in_order(
        self,
        dossier: Sequence[Owed],
        parcels: Mapping[UUID, Parcel],
        ahead: asyncio.Semaphore,
        since: float,
    ) -> None:
        """Send one dossier's deliveries one after another; none overtakes one that failed."""
        for place, one in enumerate(dossier):
            match await self._call_one(one, parcels.get(one.id), ahead, since):
                case Turn.SETTLED:
                    continue
                case Turn.WAITS:
                    self.give_back(dossier[place + 1 :])
                case Turn.UNUSED:
                    self.give_back(dossier[place:])
            return

    async def _call_one(
        self, owed: Owed, parcel: Parcel | None, ahead: asyncio.Semaphore, since: float
    ) -> Turn:
        """Send one delivery, when it is its turn."""
        if parcel is None:
            purged = Refused("payload-purged", "the stored body is gone")
            self._reporter.report(owed, purged, since)
            return Turn.SETTLED
        if self._reporter.drop_overtaken(owed, since):
            return Turn.SETTLED
        async with ahead:
            # As it is now, not as it was when the delivery began to wait for its turn.
            reach = await self._reach_now(owed.agency, since)
            if reach is not None and (refused := reach.refusal(parcel)) is not None:
                self._reporter.report(owed, refused, since)
                return Turn.SETTLED
            if reach is not None and reach.is_paced and await self._wait_for_turn(owed.agency):
                reach = await self._reach_now(owed.agency, since)
            elif reach is not None and reach.is_paced:
                reach = None
            if reach is None:
                return Turn.UNUSED
            return await self._send_or_ask(reach, owed, parcel)

    async def _reach_now(self, agency: str, since: float) -> Reach | None:
        """Return how to call the agency, if it may still be called under a lease of `since`."""
        await self._endpoints.keep_fresh()
        reach = self._endpoints.reach(agency)
        if self._closing or reach is None or not reach.enabled or self._is_stale(since):
            return None
        return reach if reach.endpoint.connector in self._callers else None

    async def _wait_for_turn(self, agency: str) -> bool:
        """Take the agency's next free moment, and wait for it; False if it is too far off."""
        most = self._lease_seconds / MOST_OF_A_LEASE
        async with self._pool.connection() as connection:
            taken = await connection.execute(
                statement("take_call_turn"), {"agency": agency, "most": most}, prepare=True
            )
            row = await taken.fetchone()
        if row is None:
            return False
        await asyncio.sleep(row[0])
        return True

    def _is_stale(self, since: float) -> bool:
        """Whether the lease may run out before the call ends: then it is another's to send."""
        return time.monotonic() - since > self._lease_seconds / 2

    async def _send_or_ask(self, reach: Reach, owed: Owed, parcel: Parcel) -> Turn:
        """Try once: a question where it may have arrived already, else the delivery itself."""
        began = time.monotonic()
        caller = self._callers[reach.endpoint.connector]
        repeatable = caller.is_idempotent(reach.endpoint)
        if _is_in_doubt(owed, repeatable):
            asked = await caller.ask(reach.endpoint, parcel) if isinstance(caller, Asks) else None
            if asked is not None:
                return await self._answered(reach, owed, asked, began)
            if not repeatable:
                self._reporter.hold(owed, began)
                return Turn.WAITS
        if not repeatable and not await self._may_begin(owed):
            return Turn.UNUSED
        [outcome] = await caller.send(reach.endpoint, [parcel])
        self._reporter.report(owed, outcome, began, surely=not repeatable)
        await self._note_strange(reach, outcome)
        if not (isinstance(outcome, Unreachable) and outcome.ours):
            # A refusal is an answer: the partner is there.
            await self._note(owed, reached=not isinstance(outcome, Unreachable))
        return _turn_after(outcome)

    async def _answered(self, reach: Reach, owed: Owed, asked: Asked, began: float) -> Turn:
        """Settle a question, and with it perhaps the delivery."""
        match asked:
            case Missing() | Unreachable():
                self._reporter.report_question(owed, asked, began)
            case Delivered(evidence=evidence):
                found = Delivered(f"asked: {evidence}", asked.at_remote)
                self._reporter.report(owed, found, began, surely=True)
            case Refused():
                self._reporter.report(owed, asked, began, surely=True)
        await self._note_strange(reach, asked)
        await self._note(owed, reached=not isinstance(asked, Unreachable))
        return Turn.SETTLED if isinstance(asked, Delivered | Refused) else Turn.WAITS

    async def _note_strange(self, reach: Reach, outcome: Outcome | Asked) -> None:
        if isinstance(outcome, Unreachable) and outcome.unlisted:
            endpoint = reach.endpoint
            await self._unlisted.note(endpoint.connector, outcome.code, endpoint.agency)

    async def _note(self, owed: Owed, *, reached: bool) -> None:
        left = None if reached else self._reporter.left(owed)
        await self._breakers.note(owed.agency, reached=reached, left=left)

    async def _give_back(self, owed: Sequence[Owed]) -> None:
        asked = {"ids": [one.id for one in owed], "leases": [one.lease_no for one in owed]}
        try:
            async with self._pool.connection() as connection:
                await connection.execute(statement("give_back_deliveries"), asked, prepare=True)
        except (psycopg.Error, PoolTimeout) as error:
            # Not even that: the leases run out by themselves.
            log.warning("dispatch.not_given_back", error=type(error).__name__, owed=len(owed))

    async def _may_begin(self, owed: Owed) -> bool:
        """Write down that a call begins which must not be made twice; False if it may not."""
        asked = {"id": owed.id, "lease": owed.lease_no}
        async with self._pool.connection() as connection:
            begun = await connection.execute(statement("begin_call"), asked, prepare=True)
            return await begun.fetchone() is not None


def _is_in_doubt(owed: Owed, repeatable: bool) -> bool:
    """Whether an earlier attempt may have arrived.

    A lease that ended without an outcome may have been a call; where a call is written down
    before it is made, it is known whether it was.
    """
    return owed.in_doubt or (repeatable and owed.has_lost_lease)


def _turn_after(outcome: Outcome) -> Turn:
    if isinstance(outcome, Delivered) or (isinstance(outcome, Refused) and outcome.permanent):
        return Turn.SETTLED
    return Turn.WAITS
