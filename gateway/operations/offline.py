"""The operators' use cases on a database alone, without a running gateway: for the command line.

Acts are committed by a committer of this process; what they owe to agencies is left to the
gateways that serve, which find it within a second.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.clock import SystemClock
from gateway.commit.group import GroupCommitter
from gateway.commit.memory import Memory
from gateway.commit.outbox import Roads
from gateway.commit.transaction import Desks
from gateway.dispatch.endpoints import EndpointBook
from gateway.duties.librarian import Librarian
from gateway.operations import acts, deliveries
from gateway.operations.acts import Order, Target
from gateway.operations.picture import picture_of
from gateway.operations.runner import ActRunner
from gateway.operations.stuck import (
    Asking,
    Stuck,
    StuckCount,
    StuckGroups,
    count_stuck,
    group_stuck,
    list_stuck,
)
from gateway.operations.stuck_filter import EVERYTHING, StuckFilter
from gateway.operations.time_view import time_view
from gateway.operations.transfer_view import find_transfer, read_ledger, transfer_view
from gateway.operations.verdict_view import verdict_view
from gateway.pictures.words import Language
from gateway.rulebook import Rulebook, load_rulebook
from gateway.store.pool import Pool, open_pool

View = dict[str, Any]

_LEASE_SECONDS = 30.0
_PATIENCE = 600.0
"""Seconds that a bulk act may take here; what is left then goes on in a gateway."""


@dataclass(frozen=True, slots=True)
class Offline:
    """The use cases, on one database. `now` is read once per command."""

    pool: Pool
    librarian: Librarian
    runner: ActRunner
    now: datetime

    @property
    def rulebook(self) -> Rulebook:
        return self.librarian.rulebook

    def asking(self, wanted: StuckFilter = EVERYTHING) -> Asking:
        return Asking.of(self.rulebook, self.now, wanted)

    async def counts(self, wanted: StuckFilter = EVERYTHING) -> list[StuckCount]:
        return await count_stuck(self.pool, self.asking(wanted))

    async def stuck(self, wanted: StuckFilter, *, limit: int) -> list[Stuck]:
        return await list_stuck(self.pool, self.asking(wanted), limit=limit)

    async def groups(self, wanted: StuckFilter) -> StuckGroups:
        return await group_stuck(self.pool, self.asking(wanted))

    async def show(self, transfer: UUID) -> View | None:
        """Return everything about a transfer but the citizen's own."""
        found = await find_transfer(self.pool, transfer)
        if found is None:
            return None
        why = await list_stuck(self.pool, self.asking(), transfer=transfer)
        return {
            **transfer_view(found),
            "time": time_view(found.transfer, self.now, self.rulebook.calendars, found.ours),
            "verdict": verdict_view(found.transfer, self.rulebook.calendars, self.now),
            "ledger": await read_ledger(self.pool, transfer, names_people=True),
            "deliveries": await deliveries.list_deliveries(self.pool, transfer),
            "stuck": [one.view() for one in why],
        }

    async def picture(self, transfer: UUID, language: Language) -> str | None:
        """Draw a transfer's way as of now; None if there is no such transfer."""
        return await picture_of(self.pool, self.rulebook, transfer, self.now, language)

    async def act(
        self,
        order: Order,
        targets: Sequence[Target],
        *,
        wanted: StuckFilter | None,
        dry_run: bool,
    ) -> View:
        """Freeze a list, work through it, and return the act with its outcomes."""
        if wanted is None:
            frozen = await acts.freeze(self.pool, order, targets, question={}, dry_run=dry_run)
        else:
            asking = self.asking(wanted)
            frozen = await acts.freeze_asked(self.pool, order, asking, dry_run=dry_run)
        if not dry_run:
            await self.runner.run(frozen.id, seconds=_PATIENCE)
        return await self._act(frozen.id)

    async def control(self, act: UUID, how: str) -> View | None:
        """Pause, resume or cancel an act; what is resumed is worked through. None: no such act."""
        if await acts.find_act(self.pool, act) is None:
            return None
        if not await acts.control(self.pool, act, how):
            raise acts.ActRefused(f"{how}: its state does not allow it")
        if how == "resume":
            await self.runner.run(act, seconds=_PATIENCE)
        return await self._act(act)

    async def _act(self, act: UUID) -> View:
        view = await acts.find_act(self.pool, act)
        items = await acts.list_items(self.pool, act, limit=acts.SAMPLE)
        return {**(view or {}), "items": items}


@asynccontextmanager
async def open_offline(database_url: str, broker: str | None = None) -> AsyncIterator[Offline]:
    """Connect, and run a committer for the length of the block; `broker` is for draining queues."""
    clock = SystemClock()
    async with open_pool(database_url, size=6, name="lienthong stuck") as pool:
        librarian = Librarian(load_rulebook("thai-binh-hung-yen", "vn"), pool)
        await librarian.refresh()
        endpoints = EndpointBook(pool, send_timeout=10)
        await endpoints.refresh()
        desks = Desks(
            librarian=librarian,
            clock=clock,
            roads=Roads(
                endpoints.is_mailbox,
                lambda _: False,
                _LEASE_SECONDS,
                endpoints.is_connected,
                endpoints.hears,
            ),
            memory=Memory(1000),
        )
        committer = GroupCommitter(
            pool,
            desks,
            size=100,
            wait=0.0,
            waiting=10_000,
            abreast=1,
            on_committed=lambda *_: None,
        )
        committing = asyncio.create_task(committer.run())
        try:
            yield Offline(pool, librarian, ActRunner(pool, committer, broker), clock.now())
        finally:
            committer.close()
            await committing
