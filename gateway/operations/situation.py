"""The situation: how much is stuck for each cause, looked at once and narrowed for each reader.

One look counts for everybody: it keeps a tally per agency, so what a scope holds is a sum here
and no question of its own. What it says is as old as `looked_at`, which is shown with it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Final

from gateway.operations import questions
from gateway.operations.causes import Cause
from gateway.operations.stuck import Asking
from gateway.rulebook import Rulebook
from gateway.store.pool import Pool

MOST_TALLIED: Final = 100_000
"""Of each cause at most: counting more takes seconds, and helps nobody decide."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What is stuck for one cause within one agency's scope; None: within nobody's."""

    cause: Cause
    within: str | None
    count: int
    oldest: datetime | None
    most_urgent: datetime | None


@dataclass(frozen=True, slots=True)
class CauseNow:
    """What is stuck for one cause, as far as its reader may see."""

    cause: Cause
    count: int
    capped: bool
    agencies: int
    oldest: datetime | None
    most_urgent: datetime | None


@dataclass(frozen=True, slots=True)
class Situation:
    """What one look found."""

    looked_at: datetime
    """Legal time, by which everything was judged."""
    tallies: tuple[Tally, ...]
    capped: frozenset[Cause]

    def by_cause(self, reach: Collection[str] | None = None) -> list[CauseNow]:
        """Return the causes of which anything is stuck within reach, the most urgent first.

        Urgent is what is due first; what has no date comes after, the longest stuck first.
        """
        found = [self._cause(cause, reach) for cause in Cause]
        last = datetime.max.replace(tzinfo=self.looked_at.tzinfo)
        return sorted(
            (one for one in found if one.count),
            key=lambda one: (one.most_urgent or last, one.oldest or last, one.cause),
        )

    def _cause(self, cause: Cause, reach: Collection[str] | None) -> CauseNow:
        seen = [
            one
            for one in self.tallies
            if one.cause is cause and (reach is None or one.within in reach)
        ]
        return CauseNow(
            cause,
            count=sum(one.count for one in seen),
            capped=cause in self.capped,
            agencies=len({one.within for one in seen if one.within}),
            oldest=_earliest(map(attrgetter("oldest"), seen)),
            most_urgent=_earliest(map(attrgetter("most_urgent"), seen)),
        )


async def look_at_situation(pool: Pool, rulebook: Rulebook, now: datetime) -> Situation:
    """Count every cause; one question each, served by the indexes of the work-queues."""
    asked = {**Asking.of(rulebook, now).parameters(), "limit": MOST_TALLIED}
    tallies: list[Tally] = []
    capped: set[Cause] = set()
    async with pool.connection() as connection:
        for cause in Cause:
            found = await connection.execute(questions.tallies(cause), asked, prepare=True)
            rows = await found.fetchall()
            tallies += [Tally(cause, *row) for row in rows]
            if sum(row[1] for row in rows) >= MOST_TALLIED:
                capped.add(cause)
    return Situation(now, tuple(tallies), frozenset(capped))


def _earliest(instants: Iterable[datetime | None]) -> datetime | None:
    return min((one for one in instants if one is not None), default=None)
