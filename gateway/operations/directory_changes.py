"""What a version of the directory would change, or did: for the review before it is approved.

Counts first: a decree's change has tens of thousands of details.
"""

import asyncio
from collections import Counter
from dataclasses import asdict
from datetime import datetime
from typing import Any

from gateway.operations.directories import read_ruling, read_version
from gateway.store.pool import Pool
from routing.directory.difference import Difference, compare
from routing.units import Units

View = dict[str, Any]


async def changes_of(pool: Pool, version: str, against: str | None, units: Units) -> Difference:
    """Compare a version with another, or with the one that rules."""
    after = await read_version(pool, version, units)
    if against is None:
        before = await read_ruling(pool, units)
    else:
        before = await read_version(pool, against, units)
    return await asyncio.to_thread(compare, before, after, units)


def difference_view(found: Difference, now: datetime, limit: int | None = None) -> View:
    """Write counts, then details; `retroactive` counts changes that begin before now."""
    begins = [one.begin for one in found.agencies] + [one.begin for one in found.competence]
    return {
        "before": found.before,
        "after": found.after,
        "counts": {
            "agencies": dict(Counter(one.kind.value for one in found.agencies)),
            "competence": len(found.competence),
            "places": sum(len(one.units) for one in found.competence),
            "retroactive": sum(1 for begin in begins if begin is not None and begin < now),
        },
        "agencies": [asdict(one) for one in found.agencies[:limit]],
        "competence": [asdict(one) for one in found.competence[:limit]],
    }
