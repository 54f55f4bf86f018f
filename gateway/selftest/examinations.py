"""Examinations as rows: begun, claimed under a lease, expected acts written down, finished."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from psycopg.types.json import Jsonb

from gateway.commit.rows import encode
from gateway.ids import new_id
from gateway.selftest.judging import Awaited, Entered, read_entry
from gateway.store.pool import Pool
from gateway.store.sql import statement

View = dict[str, Any]

LEASE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Claim:
    """An examination that this process works on; `due_at` is None until everything was sent."""

    id: UUID
    began_at: datetime
    due_at: datetime | None
    lease_no: int


async def begin(pool: Pool, *, now: datetime, since: datetime) -> UUID | None:
    """Begin an examination unless one is open or began after `since`; return its id."""
    row = {"id": new_id(), "now": now, "since": since}
    async with pool.connection() as connection:
        begun = await connection.execute(statement("begin_examination"), row)
        return row["id"] if begun.rowcount else None  # type: ignore[return-value]


async def claim(pool: Pool) -> Claim | None:
    """Claim the open examination, if there is one and nobody works on it."""
    async with pool.connection() as connection:
        found = await connection.execute(
            statement("claim_examination"), {"lease": LEASE_SECONDS}, prepare=True
        )
        row = await found.fetchone()
    return None if row is None else Claim(*row)


async def release(pool: Pool, claimed: Claim) -> None:
    """Give the lease back; whoever looks next may go on."""
    held = {"id": claimed.id, "lease_no": claimed.lease_no}
    async with pool.connection() as connection:
        await connection.execute(statement("release_examination"), held)


async def expect(
    pool: Pool, claimed: Claim, awaited: Iterable[Awaited], *, due_at: datetime
) -> None:
    """Write down what must happen; without effect if another process did it meanwhile."""
    rows = [
        {
            "no": one.no,
            "transfer_id": one.transfer,
            "rule": one.rule,
            "act": one.act,
            "step": one.step,
            "reason": one.reason,
            "threshold": one.threshold,
            "legal_at": one.legal_at,
        }
        for one in awaited
    ]
    said = {"id": claimed.id, "lease_no": claimed.lease_no, "due_at": due_at, "rows": encode(rows)}
    async with pool.connection() as connection:
        await connection.execute(statement("expect_acts"), said)


async def expected(pool: Pool, examination: UUID) -> list[Awaited]:
    """Return what an examination expects, with the verdicts so far."""
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_expected_acts"), (examination,))
        return [Awaited(*row) for row in await found.fetchall()]


async def entered(pool: Pool, transfers: Sequence[UUID]) -> list[Entered]:
    """Return every ledger entry of transfers, in order."""
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_ledger_of_transfers"), (list(transfers),))
        return [read_entry(row, orjson.loads(row[5])) for row in await found.fetchall()]


async def withdraw_owed(pool: Pool, transfers: Sequence[UUID]) -> None:
    """Take back what is still owed to the synthetic agencies."""
    ids = sorted(transfers)
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(statement("lock_transfers"), (ids,))
        await connection.execute(statement("withdraw_owed"), (ids,))


async def finish(
    pool: Pool,
    claimed: Claim,
    judged: Iterable[Awaited],
    faults: Mapping[str, str],
    *,
    now: datetime,
) -> None:
    """Keep the verdicts and the outcome, in one transaction."""
    rows = [{"no": one.no, "verdict": one.verdict, "found_at": one.found_at} for one in judged]
    result = {
        "id": claimed.id,
        "lease_no": claimed.lease_no,
        "now": now,
        "outcome": "failed" if faults else "passed",
        "faults": Jsonb(dict(faults)),
    }
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(
            statement("judge_expected_acts"), {"id": claimed.id, "rows": encode(rows)}
        )
        await connection.execute(statement("finish_examination"), result)


async def find(pool: Pool, examination: UUID | None = None) -> View | None:
    """Return an examination by its id, or the one that is under way, with what it expects."""
    async with pool.connection() as connection:
        found = await connection.execute(statement("find_examination"), {"id": examination})
        row = await found.fetchone()
    if row is None:
        return None
    names = ("examination", "began_at", "due_at", "finished_at", "outcome", "faults", "claims")
    acts = [
        {
            "rule": one.rule,
            "transfer": one.transfer,
            "legal_at": one.legal_at,
            "verdict": one.verdict,
            "found_at": one.found_at,
        }
        for one in await expected(pool, row[0])
    ]
    return {**dict(zip(names, row, strict=True)), "expected": acts}


async def last_pass(pool: Pool) -> datetime | None:
    """Return when an examination last passed (legal time)."""
    async with pool.connection() as connection:
        found = await connection.execute(statement("find_last_pass"), prepare=True)
        row = await found.fetchone()
    return row[0] if row else None
