"""The census: how every agency stands, in one look at the small tables and what waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from gateway.joining.states import MemberState
from gateway.operations.agency_standing import Condition, Standing
from gateway.store.pool import Pool
from gateway.store.sql import statement

MOST_WAITING: Final = 1_000
"""Deliveries counted of each agency: more is "1.000+"."""


@dataclass(frozen=True)
class Census:
    """What one look found, by agency."""

    at: datetime
    """Machine time."""
    standings: Mapping[str, Standing]

    def of(self, agency: str) -> Standing:
        """Return how an agency stands; one that nobody has heard of takes no part."""
        return self.standings.get(agency) or Standing(agency, None)

    def condition(self, agency: str) -> Condition:
        """Return how an agency's connection is, found out once per look."""
        return self._conditions.get(agency, Condition.UNREACHED)

    @cached_property
    def _conditions(self) -> Mapping[str, Condition]:
        return {code: one.condition(self.at) for code, one in self.standings.items()}


async def take_census(pool: Pool) -> Census:
    """Look once at everybody."""
    async with pool.connection() as connection:
        found = await connection.execute(
            statement("take_census"), {"most": MOST_WAITING + 1}, prepare=True
        )
        rows = await found.fetchall()
    standings = {
        row[0]: Standing(row[0], None if row[1] is None else MemberState(row[1]), *row[2:])
        for row in rows
    }
    return Census(datetime.now(UTC), standings)
