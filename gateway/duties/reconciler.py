"""The reconciler: compares our dossiers with what each follower shows of them, now and then.

A page of dossiers at a time, one question after another, under a lease: of several processes one
works, and after a crash another goes on with the next page. It asks only what the follower's
endpoint lets be asked: switched on, breaker closed, within its pace. What differs is an alarm with
numbers, closed by a whole run without differences; the dossiers are listed by `lienthong dvcqg
reconcile`. It mends nothing: which side is right is not for it to say.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import structlog
from psycopg.types.json import Jsonb

from connectors.protocol import Caller, Unreachable
from gateway.clock import LegalClock
from gateway.dispatch.endpoints import EndpointBook, Reach
from gateway.duties.librarian import Librarian
from gateway.operations.alarm_kinds import AlarmKind
from gateway.operations.alarms import clear_alarm, raise_alarm
from gateway.operations.reconciling import (
    BEGINNING,
    Followed,
    Looks,
    Reconciled,
    compare_page,
    followed_procedures,
    read_followed,
)
from gateway.store.pool import Pool
from gateway.store.sql import statement

log = structlog.get_logger()

PAGE: Final = 50
LEASE: Final = 60.0
ROUND_WITHIN: Final = 20.0
"""Seconds of a page; what is left then is asked again, under another lease."""
AGAIN: Final = 600.0
"""Seconds until a follower that did not answer is asked again."""
_AGREED: Final = frozenset({"same", "on-its-way", "in-doubt", "no-answer"})


class Reconciler:
    """Claims, asks, notes; `every` 0 compares nothing."""

    def __init__(
        self,
        pool: Pool,
        librarian: Librarian,
        clock: LegalClock,
        endpoints: EndpointBook,
        callers: Mapping[str, Caller],
        *,
        every: timedelta,
        back: timedelta,
        page: int = PAGE,
    ) -> None:
        self._pool = pool
        self._librarian = librarian
        self._clock = clock
        self._endpoints = endpoints
        self._callers = callers
        self._every = every
        self._back = back
        self._page = page
        self.differing: dict[str, int] = {}
        """By follower: dossiers shown otherwise, when this process last ended a comparison."""

    def __repr__(self) -> str:
        return f"<Reconciler every {self._every}, {self.differing}>"

    async def look(self) -> bool:
        """Do one page for each follower that is due; True if there are more."""
        if not self._every:
            return False
        policies = self._librarian.rulebook.policies
        followers = sorted({who for all_ in policies.followers.values() for who in all_})
        more = [await self._go_on(agency) for agency in followers if self._reach(agency)]
        return any(more)

    def _reach(self, agency: str) -> Reach | None:
        """Return how to ask an agency now; None if it is not to be asked, or cannot be."""
        reach = self._endpoints.reach(agency)
        if reach is None or not (reach.enabled and reach.live) or reach.breaker != "closed":
            return None
        return reach if isinstance(self._callers.get(reach.endpoint.connector), Looks) else None

    async def _go_on(self, agency: str) -> bool:
        asked = {"agency": agency, "every": self._every.total_seconds(), "lease": LEASE}
        async with self._pool.connection() as connection:
            claimed = await connection.execute(statement("claim_reconciliation"), asked)
            row = await claimed.fetchone()
        if row is None or row[0] == 0:
            return False
        lease_no, after, counts = row
        procedures = followed_procedures(self._librarian.rulebook.policies, agency)
        page = await read_followed(
            self._pool,
            agency,
            procedures,
            since=self._clock.now() - self._back,
            after=after,
            limit=self._page,
        )
        found = Reconciled(agency, counts=Counter(counts))
        is_through = await self._compare(agency, page, found)
        if not found.is_whole or (found.reached is None and page):
            # The same page again, later: what was asked of it is counted then.
            await self._note(agency, lease_no, after, counts, wait=AGAIN)
            return False
        if found.reached is not None and (len(page) == self._page or not is_through):
            return await self._note(agency, lease_no, found.reached, found.counts)
        every = self._every.total_seconds()
        if await self._note(agency, lease_no, BEGINNING, {}, wait=every, whole=found.counts):
            await self._tell(agency, found.counts)
        return False

    async def _compare(self, agency: str, page: Sequence[Followed], found: Reconciled) -> bool:
        """Compare a page; False if time ran out before its end."""
        try:
            async with asyncio.timeout(ROUND_WITHIN):
                await compare_page(page, lambda code: self._ask(agency, code), found)
        except TimeoutError:
            return False
        return True

    async def _ask(self, agency: str, code: str) -> Any:
        """Put one question as the endpoint stands now; off or open in between is no answer."""
        reach = self._reach(agency)
        if reach is None:
            return Unreachable("not-attempted", "the endpoint is not to be asked at present")
        if reach.is_paced and not await self._has_turn(agency):
            return Unreachable("not-attempted", "the agency's pace leaves no turn")
        caller = self._callers[reach.endpoint.connector]
        assert isinstance(caller, Looks)
        return await caller.look_up(reach.endpoint, code)

    async def _has_turn(self, agency: str) -> bool:
        async with self._pool.connection() as connection:
            asked = {"agency": agency, "most": ROUND_WITHIN / 2}
            taken = await connection.execute(statement("take_call_turn"), asked, prepare=True)
            row = await taken.fetchone()
        if row is None:
            return False
        await asyncio.sleep(row[0])
        return True

    async def _note(
        self,
        agency: str,
        lease_no: int,
        after: Any,
        counts: Mapping[str, int],
        *,
        wait: float = 0.0,
        whole: Mapping[str, int] | None = None,
    ) -> bool:
        """Write down how far it has come; False if the lease is another's by now."""
        row = {
            "agency": agency,
            "lease_no": lease_no,
            "after": after,
            "counts": Jsonb(dict(counts)),
            "wait": wait,
            "whole": None if whole is None else Jsonb(dict(whole)),
        }
        async with self._pool.connection() as connection:
            noted = await connection.execute(statement("settle_reconciliation"), row)
            return await noted.fetchone() is not None

    async def _tell(self, agency: str, counts: Mapping[str, int]) -> None:
        differing = sum(number for what, number in counts.items() if what not in _AGREED)
        self.differing[agency] = differing
        log.info("follower.reconciled", agency=agency, **_named(counts))
        if differing or counts.get("in-doubt"):
            detail = {"differing": differing, **_named(counts)}
            await raise_alarm(self._pool, AlarmKind.FOLLOWER_DIFFERS, agency, detail)
        else:
            await clear_alarm(self._pool, AlarmKind.FOLLOWER_DIFFERS, agency)


def _named(counts: Mapping[str, int]) -> dict[str, int]:
    return {what.replace("-", "_"): number for what, number in sorted(counts.items())}
