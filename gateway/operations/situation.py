"""The situation: how much is stuck for each cause, looked at once and narrowed for each reader.

One look counts for everybody: it keeps a tally per agency and failure, so what a scope holds, and
in which groups, is a sum here and no question of its own. What it says is as old as `looked_at`,
which is shown with it.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from gateway.operations import questions
from gateway.operations.causes import Cause
from gateway.operations.stuck import Asking, StuckCount, StuckGroup, StuckGroups
from gateway.rulebook import Rulebook
from gateway.store.pool import Pool

MANY: Final = 5_000
"""From here on counts and groups are as old as the last look (docs/console.md)."""
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
    agency: str | None = None
    """At which agency, if at one; mostly the one within whose scope it lies."""
    failure: str | None = None
    procedures: tuple[str, ...] = ()
    """The first and the last by code of those that it is about."""


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

    @property
    def many(self) -> bool:
        """Whether so much is stuck that nobody should count it for one reader alone."""
        return sum(one.count for one in self.tallies) >= MANY

    def counts(self, asking: Asking, most: int) -> list[StuckCount]:
        """Count every cause as `count_stuck` does; of the filter, agencies and failure matter."""
        found = dict.fromkeys(Cause, 0)
        for one in self._asked(asking):
            found[one.cause] += one.count
        return [
            StuckCount(cause, min(count, most), capped=count > most)
            for cause, count in found.items()
        ]

    def groups(self, cause: Cause, asking: Asking, limit: int) -> StuckGroups:
        """Group one cause as `group_stuck` does, by the same of the filter."""
        alike: dict[tuple[str | None, str | None], list[Tally]] = {}
        for one in self._asked(asking):
            if one.cause is cause:
                alike.setdefault((one.agency, one.failure), []).append(one)
        groups = [
            StuckGroup(
                cause,
                agency,
                failure,
                sum(one.count for one in some),
                _earliest(one.oldest for one in some),
                _earliest(one.most_urgent for one in some),
                asking.filter.group(cause, agency, failure),
                _first_and_last(some),
            )
            for (agency, failure), some in alike.items()
        ]
        groups.sort(key=lambda one: (-one.count, one.agency or "", one.failure or ""))
        return StuckGroups(groups[:limit], cause in self.capped or len(groups) > limit)

    def _asked(self, asking: Asking) -> Iterator[Tally]:
        """Narrow as narrow_stuck.sql does."""
        asked = asking.parameters()
        agencies = None if asked["agencies"] is None else frozenset(asked["agencies"])
        failure: str | None = asked["failure"]
        for one in self._seen(asking.reach):
            if (
                (agencies is None or one.agency in agencies)
                and not (asked["nobodys"] and one.agency is not None)
                and (failure is None or (one.failure or "") == failure)
            ):
                yield one

    def _seen(self, reach: Collection[str] | None) -> Iterator[Tally]:
        return (one for one in self.tallies if reach is None or one.within in reach)

    def _cause(self, cause: Cause, reach: Collection[str] | None) -> CauseNow:
        seen = [one for one in self._seen(reach) if one.cause is cause]
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
            found_here = [_tally(cause, row) for row in rows]
            tallies += found_here
            if sum(one.count for one in found_here) >= MOST_TALLIED:
                capped.add(cause)
    return Situation(now, tuple(tallies), frozenset(capped))


def _tally(cause: Cause, row: Sequence[Any]) -> Tally:
    within, agency, failure, count, oldest, most_urgent, *procedures = row
    about = tuple(one for one in procedures if one)
    return Tally(cause, within, count, oldest, most_urgent, agency, failure, about)


def _first_and_last(some: Iterable[Tally]) -> tuple[str, ...]:
    codes = sorted({code for one in some for code in one.procedures})
    return (codes[0], codes[-1]) if codes else ()


def _earliest(instants: Iterable[datetime | None]) -> datetime | None:
    return min((one for one in instants if one is not None), default=None)
