"""The roster: which agencies are not live, as the database last said (at most 1 s ago).

Everybody else is live, or no member at all and without credentials. What is asked on the way of
every message is answered from here, without a query.
"""

from collections.abc import Mapping

from gateway.joining.states import MemberState
from gateway.store.pool import Pool
from gateway.store.sql import statement


class Roster:
    """A read-only view of the members table, refreshed as a duty."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._not_live: Mapping[str, MemberState] = {}

    def __repr__(self) -> str:
        return f"<Roster {len(self._not_live)} not live>"

    async def refresh(self) -> bool:
        """Read the table again."""
        async with self._pool.connection() as connection:
            found = await connection.execute(statement("load_members_not_live"), prepare=True)
            self._not_live = {row[0]: MemberState(row[1]) for row in await found.fetchall()}
        return False

    def state(self, agency: str) -> MemberState:
        """Return where an agency stands; live for everybody of whom nothing else is known."""
        return self._not_live.get(agency, MemberState.LIVE)
