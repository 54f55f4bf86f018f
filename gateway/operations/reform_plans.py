"""Plans of reorganisation, stored as they were applied; acts and entries name their digest."""

from collections.abc import Mapping
from typing import Any

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
