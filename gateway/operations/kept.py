"""Counts and groups for one reader: from a look that all share where there is one, else asked for.

A look knows every cause by agency and failure. So it answers for itself whoever narrows by nothing
but their scope, a cause, agencies and a failure; and whoever narrows further is at least not made
to wait for causes of which nothing is stuck there at all, nor for groups of more than the longest
stuck.
"""

from gateway.operations.causes import Cause
from gateway.operations.situation import MANY, Situation
from gateway.operations.stuck import Asking, StuckCount, StuckGroups, count_stuck, group_stuck
from gateway.store.pool import Pool


async def counted(
    pool: Pool, asking: Asking, look: Situation | None, *, most: int
) -> list[StuckCount]:
    """Count every cause within a question, up to so many each."""
    if look is None:
        return await count_stuck(pool, asking, most=most)
    counts = look.counts(asking, most)
    if asking.filter.is_by_agency:
        return counts
    none_of = [one.cause for one in counts if not one.count]
    return await count_stuck(pool, asking, most=most, none_of=none_of)


async def grouped(
    pool: Pool, cause: Cause, asking: Asking, look: Situation | None, *, limit: int
) -> StuckGroups:
    """Group what is stuck for one cause within a question; the largest groups."""
    if look is not None and asking.filter.is_by_agency:
        return look.groups(cause, asking, limit)
    if look is not None:
        return await group_stuck(pool, asking, limit=limit, most=MANY)
    return await group_stuck(pool, asking, limit=limit)
