"""Plans of reorganisation: drafts to be previewed, and plans as they were applied.

Acts and entries name a plan by its digest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.operations import audit
from gateway.operations.audit import By
from gateway.store.pool import Pool
from gateway.store.sql import statement
from routing.reform import Plan, plan_text, read_plan


async def keep_plan(pool: Pool, plan: Plan, directory: str, applied_by: str) -> None:
    """Store a plan; the same plan again changes nothing."""
    row = {
        "digest": plan.digest,
        "title": plan.title,
        "effective": plan.effective,
        "legal_basis": plan.legal_basis,
        "document": plan_text(plan),
        "directory": directory,
        "applied_by": applied_by,
    }
    async with pool.connection() as connection:
        await connection.execute(statement("insert_reorganisation"), row)


async def plan_of(pool: Pool, details: Mapping[str, Any]) -> Plan | None:
    """Return the plan that an act carries out; None for an act that has none."""
    digest = details.get("plan")
    if digest is None:
        return None
    async with pool.connection() as connection:
        found = await connection.execute(statement("find_reorganisation"), (digest,))
        row = await found.fetchone()
    if row is None:
        raise LookupError(f"the plan {digest[:12]} is not stored")
    return read_plan(row[0])


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan in a line: what it is, who laid it before whom it concerns, and whether it rules."""

    digest: str
    title: str
    effective: datetime
    legal_basis: str
    drafted_by: str
    drafted_at: datetime
    applied_by: str | None
    applied_at: datetime | None


async def keep_draft(pool: Pool, plan: Plan, by: By) -> None:
    """Store a plan for others to look at; the same plan again changes nothing."""
    row = {
        "digest": plan.digest,
        "title": plan.title,
        "effective": plan.effective,
        "legal_basis": plan.legal_basis,
        "document": plan_text(plan),
        "drafted_by": by.actor,
    }
    async with pool.connection() as connection, connection.transaction():
        entered = await connection.execute(statement("insert_plan_draft"), row)
        if entered.rowcount:
            await audit.enter(connection, by, "plan.drafted", plan.digest)


async def find_draft(pool: Pool, digest: str) -> Plan | None:
    """Return a drafted plan."""
    async with pool.connection() as connection:
        found = await connection.execute(statement("find_plan_draft"), {"digest": digest})
        row = await found.fetchone()
    return None if row is None else read_plan(row[0])


async def list_drafts(pool: Pool, *, limit: int = 50) -> list[Draft]:
    """Return the newest drafts."""
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_plan_drafts"), {"limit": limit})
        return [Draft(*row) for row in await found.fetchall()]
