"""The pruner: takes away what only mattered for a while, by its age and in portions.

Sessions that are long over (but each person's newest, which says when they were last here), tries
to sign in of more than a day ago, sign-ins by a provider that were ended, and the rows of uploads
that ended and were seen to. Nothing that is open or unresolved, no document, no proposal and not a
line of the audit. A portion is found by an index and skips what another process holds: any number
of processes prune side by side without a lease, and none waits for another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import structlog

from gateway.clock import LegalClock
from gateway.store.pool import Pool
from gateway.store.sql import statement

log = structlog.get_logger()

EACH: Final = 500
"""Rows per statement: milliseconds, each in a transaction of its own."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long rows are kept after they ended: ours, no rule of law."""

    sessions: timedelta = timedelta(days=90)
    uploads: timedelta = timedelta(days=90)


class Pruner:
    """Takes one portion of everything per round."""

    def __init__(
        self, pool: Pool, clock: LegalClock, keeping: Keeping | None = None, *, each: int = EACH
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._keeping = keeping or Keeping()
        self._each = each

    def __repr__(self) -> str:
        return f"<Pruner {self._each} at once>"

    async def prune(self) -> bool:
        """Take one portion of each kind; True if there is more of any."""
        gone = {name: await self._portion(name, asked) for name, asked in self._asked().items()}
        if any(gone.values()):
            log.info("rows.pruned", **{name.removeprefix("prune_"): n for name, n in gone.items()})
        return self._each in gone.values()

    def _asked(self) -> Mapping[str, dict[str, Any]]:
        return {
            "prune_sessions": {"kept": self._keeping.sessions},
            "prune_sign_in_tries": {},
            "prune_spent_rounds": {},
            "prune_document_uploads": {"before": self._clock.now() - self._keeping.uploads},
        }

    async def _portion(self, name: str, asked: dict[str, Any]) -> int:
        query = {**asked, "limit": self._each}
        async with self._pool.connection() as connection:
            pruned = await connection.execute(statement(name), query)
            return pruned.rowcount
