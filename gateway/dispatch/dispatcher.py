"""The dispatcher: sends what is owed, and reports what became of every try.

Two ways in: deliveries that a commit leased for this very process (`take`), and those it claims
from the table: retries, and whatever another process left behind. Queue deliveries go out in
mixed, confirmed batches; calls agency by agency, each within its own concurrency, so that one
dead partner slows nobody else.
"""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence

import structlog

from connectors.amqp_queue import AmqpQueue
from connectors.catalogue import QUEUE
from connectors.protocol import Caller, Endpoint, Parcel, Refused
from gateway.clock import LegalClock
from gateway.commit.group import GroupCommitter
from gateway.commit.items import Owed
from gateway.crash_points import Crash, CrashPoint, unarmed
from gateway.dispatch.breaker import Breakers
from gateway.dispatch.calls import Calls
from gateway.dispatch.claimed import read_owed
from gateway.dispatch.endpoints import EndpointBook
from gateway.dispatch.parcels import ParcelMaker
from gateway.dispatch.reporting import Pace, Reporter
from gateway.duties.witness import Witness
from gateway.store.pool import Pool
from gateway.store.sql import statement

log = structlog.get_logger()

SOON = 0.05
"""Seconds between room for an agency's backlog and the claim that fills it, one for all of them."""
BATCH = 250
QUEUED = 4000


class Dispatcher:
    """Owns every delivery that this process has under lease."""

    def __init__(
        self,
        pool: Pool,
        committer: GroupCommitter,
        endpoints: EndpointBook,
        breakers: Breakers,
        parcels: ParcelMaker,
        clock: LegalClock,
        pace: Pace,
        *,
        queue: AmqpQueue | None,
        callers: Mapping[str, Caller],
        witness: Witness,
        crash: Crash = unarmed,
    ) -> None:
        self._pool = pool
        self._endpoints = endpoints
        self._breakers = breakers
        self._parcels = parcels
        self._pace = pace
        self._queue = queue
        self._crash = crash
        self._reporter = Reporter(committer, endpoints, clock, pace, crash, witness)
        self._calls = Calls(
            pool,
            endpoints,
            breakers,
            parcels,
            self._reporter,
            callers=callers,
            lease_seconds=pace.lease_seconds,
        )
        self._for_queue: deque[tuple[Owed, float]] = deque()
        self._queue_wanted = asyncio.Event()
        self._publishing = 0
        self._closing = False
        self._backlogged: set[str] = set()
        self._waking: asyncio.TimerHandle | None = None
        self._wake: Callable[[], None] = lambda: None
        self._calls.tell_of_room(self._room_for)

    def wakes(self, claiming: Callable[[], None]) -> None:
        """Say how whoever calls `claim` is woken: a backlog goes on as soon as there is room."""
        self._wake = claiming

    async def prepare(self) -> None:
        """Do what comes before the first call."""
        await self._calls.prepare()

    @property
    def in_flight(self) -> int:
        """Deliveries that this process holds: queued or being sent."""
        return len(self._for_queue) + self._publishing + self._calls.in_flight

    def may_take(self, agency: str) -> bool:
        """Whether a new delivery to this agency may be leased by this process at once."""
        reach = self._endpoints.reach(agency)
        if self._closing or reach is None or not reach.live or not reach.enabled:
            return False
        if reach.breaker != "closed":
            return False
        if reach.endpoint.connector == QUEUE:
            return self._queue is not None and len(self._for_queue) < QUEUED
        return self._calls.may_take(reach)

    def take(self, owed: Sequence[Owed]) -> None:
        """Send deliveries that are already leased to this process."""
        if owed:
            self._crash(CrashPoint.DISPATCH_LEASED)
        now = time.monotonic()
        unwanted: list[Owed] = []
        calls: dict[str, list[Owed]] = {}
        for one in owed:
            reach = self._endpoints.reach(one.agency)
            if reach is None or not reach.enabled:
                unwanted.append(one)  # it waits until the endpoint is back
                continue
            if reach.endpoint.connector == QUEUE:
                if self._queue is not None:
                    self._for_queue.append((one, now))
                    self._queue_wanted.set()
            else:
                calls.setdefault(one.agency, []).append(one)
        for agency, ones in calls.items():
            self._calls.take(agency, ones)
        self._calls.give_back(unwanted)

    async def claim(self) -> bool:
        """Lease what is due in the table and send it; True if there may be more."""
        if self._closing:
            return False
        async with self._pool.connection() as connection:
            found = await connection.execute(
                statement("claim_due_deliveries"),
                {
                    "each": BATCH,
                    "busy": self._calls.busy(),
                    "callers": self._calls.names,
                    "queue": self._queue is not None and len(self._for_queue) < QUEUED,
                    "most": BATCH * 2,
                    "lease": self._pace.lease_seconds,
                },
                prepare=True,
            )
            rows = await found.fetchall()
        owed = [read_owed(row) for row in rows]
        for one, level in zip(owed, (row[-1] for row in rows), strict=True):
            if level is not None:
                self._breakers.begin_probe(one.agency, level=level)
        self._backlogged |= self._filled(owed)
        self.take(owed)
        return len(owed) > 0

    def _filled(self, owed: Sequence[Owed]) -> set[str]:
        """Return the agencies of which a claim took as many as one may: there may be more."""
        return {
            agency
            for agency, claimed in Counter(one.agency for one in owed).items()
            if (reach := self._endpoints.reach(agency)) is not None
            and reach.endpoint.connector != QUEUE
            and not reach.is_paced
            and claimed >= reach.concurrency
        }

    def _room_for(self, agency: str) -> None:
        if agency not in self._backlogged or self._closing:
            return
        self._backlogged.discard(agency)
        if self._waking is None:
            self._waking = asyncio.get_running_loop().call_later(SOON, self._claim_soon)

    def _claim_soon(self) -> None:
        self._waking = None
        self._wake()

    async def run(self) -> None:
        """Send queue deliveries until drained after `close`."""
        while not (self._closing and not self._for_queue):
            if not self._for_queue:
                self._queue_wanted.clear()
                await self._queue_wanted.wait()
                continue
            batch = [self._for_queue.popleft() for _ in range(min(BATCH, len(self._for_queue)))]
            self._publishing = len(batch)
            try:
                await self._publish(batch)
            finally:
                self._publishing = 0
        await self._calls.drain(self._pace.send_timeout)

    def close(self) -> None:
        self._closing = True
        self._calls.close()
        self._queue_wanted.set()

    async def _publish(self, batch: Sequence[tuple[Owed, float]]) -> None:
        assert self._queue is not None
        # What waited here for most of its lease may already be another process's.
        fresh = time.monotonic() - self._pace.lease_seconds / 2
        owed = [one for one, since in batch if since > fresh]
        began = time.monotonic()
        try:
            parcels = await self._parcels.make(owed)
            await self._endpoints.keep_fresh()
        except Exception as error:
            log.error("dispatch.parcels_failed", error=type(error).__name__, owed=len(owed))
            return  # nothing was sent: the leases run out and the rows are claimed again
        addressed: list[tuple[Endpoint, Parcel]] = []
        going: list[Owed] = []
        unwanted: list[Owed] = []
        for one in owed:
            reach, parcel = self._endpoints.reach(one.agency), parcels.get(one.id)
            if parcel is None:
                self._reporter.report(
                    one, Refused("payload-purged", "the stored body is gone"), began
                )
            elif reach is None or not reach.enabled:
                unwanted.append(one)
            elif (refused := reach.refusal(parcel)) is not None:
                self._reporter.report(one, refused, began)
            elif not self._reporter.drop_overtaken(one, began):
                addressed.append((reach.endpoint, parcel))
                going.append(one)
        self._calls.give_back(unwanted)
        if not addressed:
            return
        outcomes = await self._queue.send_mixed(addressed, within=self._pace.send_timeout)
        for one, outcome in zip(going, outcomes, strict=True):
            self._reporter.report(one, outcome, began)
