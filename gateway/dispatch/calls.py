"""Calls to agencies' own systems: each agency within its own concurrency, each dossier in order.

An agency that is slow, silent or dead holds up its own calls and nobody else's. What may have
arrived already is not simply sent again: where the partner can be asked, it is asked first; where
it cannot, and might act twice, a person decides (decision 0184).
"""

import asyncio
import time
from collections.abc import Coroutine, Mapping, Sequence
from uuid import UUID

import structlog

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
        """Whether one more call to this agency may begin at once."""
        endpoint = reach.endpoint
        return (
            endpoint.connector in self._callers
            and self._taken.get(endpoint.agency, 0) < reach.concurrency
        )

    def take(self, agency: str, owed: Sequence[Owed]) -> None:
        """Call an agency for deliveries that are leased to this process."""
        self._taken[agency] = self._taken.get(agency, 0) + len(owed)
        self._spawn(self._call(agency, owed, time.monotonic()))

    async def prepare(self) -> None:
        """Look at what other versions left, before anything is called."""
        await self._unlisted.clear_listed()

    async def drain(self, within: float) -> None:
        """Wait for the calls under way to end."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within)

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
            await asyncio.gather(
                *(self._call_in_order(d, parcels, ahead, since) for d in dossiers.values())
            )
        except Exception as error:
            log.error("dispatch.call_failed", agency=agency, error=type(error).__name__)
        finally:
            self._taken[agency] -= len(owed)
            if not self._taken[agency]:
                del self._taken[agency]
                self._turns.pop(agency, None)

    async def _call_in_order(
        self,
        dossier: Sequence[Owed],
        parcels: Mapping[UUID, Parcel],
        ahead: asyncio.Semaphore,
        since: float,
    ) -> None:
        """Send one dossier's deliveries one after another; none overtakes one that failed."""
        for one in dossier:
            if not await self._call_one(one, parcels.get(one.id), ahead, since):
                return  # the leases of the others run out, and they wait for it in the table

    async def _call_one(
        self, owed: Owed, parcel: Parcel | None, ahead: asyncio.Semaphore, since: float
    ) -> bool:
        """Send one delivery; return whether the dossier's next one may follow."""
        if parcel is None:
            purged = Refused("payload-purged", "the stored body is gone")
            self._reporter.report(owed, purged, since)
            return True
        if self._reporter.drop_overtaken(owed, since):
            return True
        async with ahead:
            # As it is now, not as it was when the delivery began to wait for its turn.
            reach = self._endpoints.reach(owed.agency)
            if reach is None or not reach.enabled or self._is_stale(since):
                return False
            caller = self._callers.get(reach.endpoint.connector)
            if caller is None:
                return False
            return await self._send_or_ask(caller, reach, owed, parcel)

    def _is_stale(self, since: float) -> bool:
        """Whether the lease may run out before the call ends: then it is another's to send."""
        return time.monotonic() - since > self._lease_seconds / 2

    async def _send_or_ask(self, caller: Caller, reach: Reach, owed: Owed, parcel: Parcel) -> bool:
        """Try once: a question where it may have arrived already, else the delivery itself."""
        began = time.monotonic()
        repeatable = caller.is_idempotent(reach.endpoint)
        if _is_in_doubt(owed, repeatable):
            asked = await caller.ask(reach.endpoint, parcel) if isinstance(caller, Asks) else None
            if asked is not None:
                return await self._answered(reach, owed, asked, began)
            if not repeatable:
                self._reporter.hold(owed, began)
                return False
        if not repeatable and not await self._may_begin(owed):
            return False
        [outcome] = await caller.send(reach.endpoint, [parcel])
        self._reporter.report(owed, outcome, began, surely=not repeatable)
        await self._note_strange(reach, outcome)
        # A refusal is an answer: the partner is there.
        await self._note(owed, reached=not isinstance(outcome, Unreachable))
        return _is_settled(outcome)

    async def _answered(self, reach: Reach, owed: Owed, asked: Asked, began: float) -> bool:
        """Settle a question; return whether that settled the delivery too."""
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
        return isinstance(asked, Delivered | Refused)

    async def _note_strange(self, reach: Reach, outcome: Outcome | Asked) -> None:
        if isinstance(outcome, Unreachable) and outcome.unlisted:
            endpoint = reach.endpoint
            await self._unlisted.note(endpoint.connector, outcome.code, endpoint.agency)

    async def _note(self, owed: Owed, *, reached: bool) -> None:
        left = None if reached else self._reporter.left(owed)
        await self._breakers.note(owed.agency, reached=reached, left=left)

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
    return owed.in_doubt or (repeatable and owed.lease_no > owed.attempts + 1)


def _is_settled(outcome: Outcome) -> bool:
    """Whether the dossier's next delivery may follow."""
    return isinstance(outcome, Delivered) or (isinstance(outcome, Refused) and outcome.permanent)
