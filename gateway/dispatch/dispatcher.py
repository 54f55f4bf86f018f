"""The dispatcher: sends what is owed, and reports what became of every try.

Two ways in: deliveries that a commit leased for this very process (`take`), and those it claims
from the table: retries, and whatever another process left behind. Queue deliveries go out in
mixed, confirmed batches; webhooks agency by agency, each within its own concurrency, so that one
dead partner slows nobody else. Outcomes go through the group committer like messages do.
"""

import asyncio
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from connectors.amqp_queue import AmqpQueue
from connectors.protocol import Connector, Delivered, Endpoint, Parcel, Parked, Refused, Unreachable
from connectors.protocol import Outcome as Sent
from gateway.clock import LegalClock
from gateway.commit.group import GroupCommitter
from gateway.commit.items import Outcome, Owed, Settlement
from gateway.crash_points import Crash, CrashPoint, unarmed
from gateway.dispatch.backoff import wait_before_retry
from gateway.dispatch.breaker import Breakers
from gateway.dispatch.endpoints import EndpointBook, Reach
from gateway.dispatch.parcels import ParcelMaker
from gateway.dispatch.urgency import HandoverLimit, is_overtaken, seconds_left
from gateway.store.pool import Pool
from gateway.store.sql import statement

log = structlog.get_logger()

BATCH = 250
QUEUED = 4000
LONGEST_OFF_OUR_ROAD = 20.0
"""Seconds between tries over the broker. Its failures are our own road's and nobody is spared by
waiting longer: however long it was away, what is owed leaves soon after it is back."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast, how long, how often: seconds."""

    lease_seconds: float
    send_timeout: float
    backoff_base: float
    backoff_cap: float
    handover_limit: HandoverLimit


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
        webhook: Connector,
        crash: Crash = unarmed,
    ) -> None:
        self._pool = pool
        self._committer = committer
        self._endpoints = endpoints
        self._breakers = breakers
        self._parcels = parcels
        self._clock = clock
        self._pace = pace
        self._queue = queue
        self._webhook = webhook
        self._crash = crash
        self._for_queue: deque[tuple[Owed, float]] = deque()
        self._queue_wanted = asyncio.Event()
        self._publishing = 0
        self._calls: dict[str, int] = {}
        self._turns: dict[str, asyncio.Semaphore] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self.sent = 0
        self.on_leftover = asyncio.Event()

    @property
    def in_flight(self) -> int:
        """Deliveries that this process holds: queued or being sent."""
        return len(self._for_queue) + self._publishing + sum(self._calls.values())

    def may_take(self, agency: str) -> bool:
        """Whether a new delivery to this agency may be leased by this process at once."""
        reach = self._endpoints.reach(agency)
        if self._closing or reach is None or not reach.enabled or reach.breaker != "closed":
            return False
        match reach.endpoint.connector:
            case "amqp":
                return self._queue is not None and len(self._for_queue) < QUEUED
            case "webhook":
                return self._calls.get(agency, 0) < reach.concurrency
            case _:
                return False

    def take(self, owed: Sequence[Owed]) -> None:
        """Send deliveries that are already leased to this process."""
        if owed:
            self._crash(CrashPoint.DISPATCH_LEASED)
        now = time.monotonic()
        webhooks: dict[str, list[Owed]] = {}
        for one in owed:
            reach = self._endpoints.reach(one.agency)
            if reach is None or not reach.enabled:
                continue  # its lease runs out, and it waits until the endpoint is back
            if reach.endpoint.connector == "amqp" and self._queue is not None:
                self._for_queue.append((one, now))
                self._queue_wanted.set()
            elif reach.endpoint.connector == "webhook":
                webhooks.setdefault(one.agency, []).append(one)
        for agency, ones in webhooks.items():
            self._calls[agency] = self._calls.get(agency, 0) + len(ones)
            self._spawn(self._call(agency, ones, now))

    async def claim(self) -> bool:
        """Lease what is due in the table and send it; True if there may be more."""
        if self._closing:
            return False
        self.on_leftover.clear()
        busy = [
            agency
            for agency, calls in self._calls.items()
            if (reach := self._endpoints.reach(agency)) and calls >= reach.concurrency
        ]
        async with self._pool.connection() as connection:
            found = await connection.execute(
                statement("claim_due_deliveries"),
                {
                    "each": BATCH,
                    "busy": busy,
                    "queue": self._queue is not None and len(self._for_queue) < QUEUED,
                    "most": BATCH * 2,
                    "lease": self._pace.lease_seconds,
                },
                prepare=True,
            )
            owed = [_owed(row) for row in await found.fetchall()]
        for agency in {one.agency for one in owed}:
            reach = self._endpoints.reach(agency)
            if reach is not None and reach.breaker != "closed":
                await self._breakers.probe(agency, within=self._pace.lease_seconds)
        self.take(owed)
        return len(owed) > 0

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
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self._pace.send_timeout)

    def close(self) -> None:
        self._closing = True
        self._queue_wanted.set()

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _publish(self, batch: Sequence[tuple[Owed, float]]) -> None:
        assert self._queue is not None
        # What waited here for most of its lease may already be another process's.
        fresh = time.monotonic() - self._pace.lease_seconds / 2
        owed = [one for one, since in batch if since > fresh]
        began = time.monotonic()
        try:
            parcels = await self._parcels.make(owed)
        except Exception as error:
            log.error("dispatch.parcels_failed", error=type(error).__name__, owed=len(owed))
            return  # nothing was sent: the leases run out and the rows are claimed again
        addressed: list[tuple[Endpoint, Parcel]] = []
        going: list[Owed] = []
        for one in owed:
            reach, parcel = self._endpoints.reach(one.agency), parcels.get(one.id)
            if parcel is None:
                self._report(one, Refused("payload-purged", "the stored body is gone"), began)
            elif reach is not None:
                addressed.append((reach.endpoint, parcel))
                going.append(one)
        if not addressed:
            return
        outcomes = await self._queue.send_mixed(addressed, within=self._pace.send_timeout)
        for one, outcome in zip(going, outcomes, strict=True):
            self._report(one, outcome, began)

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
                *(self._call_in_order(reach, d, parcels, ahead, since) for d in dossiers.values())
            )
        except Exception as error:
            log.error("dispatch.call_failed", agency=agency, error=type(error).__name__)
        finally:
            self._calls[agency] -= len(owed)
            if not self._calls[agency]:
                del self._calls[agency]
                self._turns.pop(agency, None)
            self.on_leftover.set()

    async def _call_in_order(
        self,
        reach: Reach,
        dossier: Sequence[Owed],
        parcels: Mapping[UUID, Parcel],
        ahead: asyncio.Semaphore,
        since: float,
    ) -> None:
        """Send one dossier's deliveries one after another; none overtakes one that failed."""
        for one in dossier:
            if not await self._call_one(reach, one, parcels.get(one.id), ahead, since):
                return  # the leases of the others run out, and they wait for it in the table

    async def _call_one(
        self,
        reach: Reach,
        owed: Owed,
        parcel: Parcel | None,
        ahead: asyncio.Semaphore,
        since: float,
    ) -> bool:
        """Send one delivery; return whether the dossier's next one may follow."""
        if parcel is None:
            self._report(owed, Refused("payload-purged", "the stored body is gone"), since)
            return True
        async with ahead:
            began = time.monotonic()
            if began - since > self._pace.lease_seconds / 2:
                return False
            [outcome] = await self._webhook.send(reach.endpoint, [parcel])
        self._report(owed, outcome, began)
        # A refusal is an answer: the partner is there.
        await self._breakers.note(
            owed.agency,
            reached=not isinstance(outcome, Unreachable),
            left=self._left(owed) if isinstance(outcome, Unreachable) else None,
        )
        return isinstance(outcome, Delivered) or (
            isinstance(outcome, Refused) and outcome.permanent
        )

    def _report(self, owed: Owed, outcome: Sent, began: float) -> None:
        self._crash(CrashPoint.DISPATCH_SENT)
        latency = int((time.monotonic() - began) * 1000)
        now = self._clock.now()
        self.sent += 1
        match outcome:
            case Delivered(evidence=evidence):
                done = Outcome(owed, Settlement.DELIVERED, evidence, None, latency, now)
            case Refused(code=code, detail=detail, permanent=True):
                done = Outcome(owed, Settlement.REFUSED, code, detail, latency, now)
            case Refused(code=code, detail=detail):
                done = self._again(owed, code, detail, latency, now)
            case Unreachable(code=code, detail=detail, retry_after=asked, unknown=unknown):
                done = self._again(owed, code, detail, latency, now, asked=asked, unknown=unknown)
            case Parked():
                return
        self._committer.enqueue(done, bounded=False)

    def _again(
        self,
        owed: Owed,
        code: str,
        detail: str | None,
        latency: int,
        now: datetime,
        *,
        asked: float | None = None,
        unknown: bool = False,
    ) -> Outcome:
        """Say when to try again, or that nobody needs it any more."""
        return Outcome(
            owed,
            Settlement.UNREACHABLE,
            code,
            detail,
            latency,
            now,
            wait=self._wait(owed, asked),
            unknown=unknown,
            overtaken=is_overtaken(owed, now),
        )

    def _wait(self, owed: Owed, asked: float | None) -> float:
        cap = self._pace.backoff_cap
        reach = self._endpoints.reach(owed.agency)
        if reach is not None and reach.endpoint.connector == "amqp":
            cap = min(cap, LONGEST_OFF_OUR_ROAD)
        return wait_before_retry(
            owed.attempts + 1,
            base=self._pace.backoff_base,
            cap=cap,
            asked=asked,
            left=self._left(owed),
        )

    def _left(self, owed: Owed) -> float | None:
        return seconds_left(owed, self._clock.now(), self._pace.handover_limit)


def _owed(row: tuple[Any, ...]) -> Owed:
    (id_, agency, kind, transfer_id, step, round_, subject, data, splice) = row[:9]
    correlation, traceparent, lease_no, attempts, created_at = row[10:15]
    return Owed(
        id_,
        agency,
        kind,
        transfer_id,
        step,
        round_,
        subject,
        data,
        tuple(splice),
        correlation,
        traceparent,
        created_at,
        lease_no,
        attempts,
    )
