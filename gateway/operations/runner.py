"""The act runner: works through frozen lists, item by item, under a lease.

Any process may go on where another stopped. An item whose outcome was not recorded is looked up in
the ledger first, so that nothing is done to a transfer twice. Pausing and cancelling take effect
between two slices of at most `SLICE` items.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from gateway.commit.group import GroupCommitter
from gateway.commit.rows import encode
from gateway.ids import derived_id
from gateway.operations.acts import Target, read_act
from gateway.operations.deeds import DONE, FAILED, Came, Deed, carry_out
from gateway.operations.reform_plans import plan_of
from gateway.operations.second_person import end_overdue_proposals
from gateway.store.pool import Pool
from gateway.store.sql import statement
from routing.lifecycle.model import Act

log = structlog.get_logger()

SLICE = 24
AT_ONCE = 4
"""Items under way together: half of the smallest usual pool."""
SLICE_OF_REFORM = 1000
"""Of a reorganisation, which touches a country: all at once, for they take no connection each."""
LEASE_SECONDS = 30.0
SETTLE_EVERY = 60.0
"""Seconds between looks for acts whose second person did not come in time."""
_LOST = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout)


class ActRunner:
    """Carries out operators' acts. `round` is for a background duty, `run` for who waits.

    `broker` is where queues of closed agencies are drained; without it only the store is.
    """

    def __init__(self, pool: Pool, committer: GroupCommitter, broker: str | None = None) -> None:
        self._pool = pool
        self._committer = committer
        self._broker = broker
        self._settle_at = 0.0

    def __repr__(self) -> str:
        return "<ActRunner>"

    async def round(self) -> bool:
        """Go on with one act that nobody works on, for a slice; True if there may be more."""
        if time.monotonic() >= self._settle_at:
            self._settle_at = time.monotonic() + SETTLE_EVERY
            await end_overdue_proposals(self._pool)
        return await self._work(None, until=time.monotonic())

    async def run(self, act_id: UUID, *, seconds: float) -> None:
        """Work on one act, for so many seconds at most; what is left is the duty's."""
        await self._work(act_id, until=time.monotonic() + seconds)

    async def _work(self, act_id: UUID | None, *, until: float) -> bool:
        async with self._pool.connection() as connection:
            found = await connection.execute(
                statement("claim_operator_act"), {"id": act_id, "lease": LEASE_SECONDS}
            )
            row = await found.fetchone()
        if row is None:
            return False
        claimed, lease_no = row[0], row[4]
        if row[2] == Act.RETRY and lease_no == 1:
            async with self._pool.connection() as connection:
                await connection.execute(statement("probe_endpoints_of_act"), (claimed,))
        try:
            while await self._slice(row) and time.monotonic() < until:
                pass
        finally:
            async with self._pool.connection() as connection:
                held = {"act": claimed, "lease_no": lease_no}
                await connection.execute(statement("finish_operator_act"), held)
                await connection.execute(statement("release_operator_act"), held)
        return True

    async def _slice(self, claimed: Sequence[Any]) -> bool:
        act_id, actor, act, details, lease_no, asked_at = claimed
        plan = await plan_of(self._pool, details)
        size = SLICE if plan is None else SLICE_OF_REFORM
        async with self._pool.connection() as connection:
            taken = await connection.execute(
                statement("take_act_items"),
                {"act": act_id, "lease_no": lease_no, "lease": LEASE_SECONDS, "limit": size},
            )
            rows = await taken.fetchall()
        if not rows:
            return False
        acted = await self._acted_before(act_id, rows) if lease_no > 1 else frozenset()
        deeds = [
            (
                row[0],
                Deed(
                    read_act(act),
                    actor,
                    details,
                    Target(*row[1:]),
                    derived_id(act_id, row[0]),
                    asked_at,
                    plan,
                ),
            )
            for row in rows
        ]
        committed = plan is not None and all(row[1] is not None for row in rows)
        turns = asyncio.Semaphore(size if committed else AT_ONCE)
        came = await asyncio.gather(
            *(self._one(deed, turns, f"{act_id}/{no}", before=no in acted) for no, deed in deeds)
        )
        await self._record(act_id, [(no, one) for (no, _), one in zip(deeds, came, strict=True)])
        return True

    async def _one(
        self, deed: Deed, turns: asyncio.Semaphore, reference: str, *, before: bool
    ) -> Came:
        """Carry out one item; `reference` is what its reader and the log both call it."""
        if before:
            return Came(DONE, "recorded after an interruption")
        try:
            async with turns:
                came = await carry_out(deed, self._pool, self._committer, self._broker)
        except _LOST:
            raise
        except Exception as error:
            log.exception(
                "act.item_failed",
                act=deed.act.value,
                error=type(error).__name__,
                reference=reference,
            )
            return Came(FAILED, type(error).__name__)
        if came.outcome == FAILED:
            # What it was is in the log already, as item.set_aside with this `ref`.
            ref = str(deed.ref)
            log.error("act.item_failed", act=deed.act.value, reference=reference, ref=ref)
        return came

    async def _acted_before(self, act_id: UUID, rows: Sequence[tuple[Any, ...]]) -> frozenset[int]:
        asked = [
            {"no": row[0], "transfer_id": row[1], "cause": derived_id(act_id, row[0])}
            for row in rows
            if row[1] is not None
        ]
        if not asked:
            return frozenset()
        async with self._pool.connection() as connection:
            found = await connection.execute(statement("find_acted_transfers"), (encode(asked),))
            return frozenset(row[0] for row in await found.fetchall())

    async def _record(self, act_id: UUID, came: Sequence[tuple[int, Came]]) -> None:
        rows = [
            {"act_id": act_id, "no": no, "outcome": one.outcome, "detail": one.detail}
            for no, one in came
        ]
        async with self._pool.connection() as connection:
            await connection.execute(statement("record_act_outcomes"), (encode(rows),))
