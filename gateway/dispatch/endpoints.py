"""The endpoint book: how each agency is reached, as the database last said (at most 1 s ago)."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog

from connectors.catalogue import MAILBOX, is_told_of_its_own
from connectors.protocol import Endpoint, Parcel, Refused
from gateway.joining.capabilities import NOTICES, Capabilities, stored_capabilities
from gateway.store.pool import Pool
from gateway.store.sql import statement
from routing.synthetic import UNREAD_MAILBOX
from schemas.kinds import Kind

log = structlog.get_logger()

STALE_AFTER: Final = 0.9
"""Seconds: what was read longer ago decides no call, so that sends stop within one of a switch."""
_READDRESS_EVERY = 6
"""Turns (about 5 s) between looks for deliveries whose agency is reached in another way by now."""


@dataclass(frozen=True, slots=True)
class Reach:
    """An agency's endpoint with its pace and the state of its breaker."""

    endpoint: Endpoint
    concurrency: int
    events: bool
    enabled: bool
    """Whether anything at all may go to it: switched on, and its agency not suspended."""
    breaker: str
    live: bool
    """Whether real work may go to it; until then it is sent tests alone."""
    is_paced: bool = False
    """It takes only so many calls a minute, of all processes together."""
    follows_own: bool = False
    """It is told where the dossiers stand that it sent, in the words of its dialect."""
    takes: Capabilities | None = None
    """What its software takes; None if nobody said so: everything."""

    def refusal(self, parcel: Parcel) -> Refused | None:
        """Say why the agency's software cannot take a parcel, as it was described; None if it can.

        It is then held as undeliverable, for a person: sent, it would be lost on the other side.
        """
        if self.takes is None:
            return None
        data = parcel.envelope["data"]
        has_documents = isinstance(data, dict) and bool(data.get("documents"))
        why = self.takes.refusal(parcel.kind, len(parcel.body), has_documents=has_documents)
        return None if why is None else Refused(why, "the agency's software does not take it")


class EndpointBook:
    """A read-only view of the endpoints table, refreshed as a duty.

    Only what changed since the last look is read (decision 0200): a country has thousands of
    endpoints, and every process looks more than once a second.
    """

    def __init__(
        self, pool: Pool, *, send_timeout: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._pool = pool
        self._now = now
        self._send_timeout = send_timeout
        self._reach: Mapping[str, Reach] = {}
        self._server: datetime | None = None
        self._mark: str | None = None
        self._looking = asyncio.Lock()
        self._looked_at = -STALE_AFTER
        self.turn = 0
        """How often it was looked at: whoever changes the table can wait for the next time."""
        self.rows_read = 0
        """Rows of endpoints that all looks together had to read."""

    def __repr__(self) -> str:
        return f"<EndpointBook of {len(self._reach)}, turn {self.turn}>"

    async def refresh(self) -> bool:
        """Read what changed since the last time.

        One look after another: none puts what it saw earlier in the place of what is newer.
        """
        async with self._looking:
            await self._look()
        return False

    async def keep_fresh(self) -> None:
        """Look now if the duty that does is late: what was read too long ago decides no call."""
        if self._now() - self._looked_at <= STALE_AFTER:
            return
        async with self._looking:
            if self._now() - self._looked_at > STALE_AFTER:  # nobody did so meanwhile
                await self._look()

    async def _look(self) -> None:
        async with self._pool.connection() as connection:
            began = self._now()
            since = {"server": self._server, "mark": self._mark}
            found = await connection.execute(statement("load_endpoints"), since, prepare=True)
            rows = await found.fetchall()
            mark, server = rows[0][:2]
            self._note(
                [row[2:] for row in rows if row[2] is not None], afresh=server != self._server
            )
            self._mark, self._server = mark, server
            self.turn += 1
            if self.turn % _READDRESS_EVERY == 0:
                await connection.execute(statement("readdress_deliveries"), prepare=True)
        self._looked_at = began

    def _note(self, changed: list[tuple[Any, ...]], *, afresh: bool) -> None:
        """Put what changed in its place, all at once: nobody sees half of it."""
        if not changed and not afresh:
            return
        reach = {} if afresh else dict(self._reach)
        for row in changed:
            agency, connector = row[:2]
            known = None if connector is None else self._read_or_say(row)
            if known is None:
                reach.pop(agency, None)
            else:
                reach[agency] = known
        self._reach = reach
        self.rows_read += len(changed)

    def _read_or_say(self, row: tuple[Any, ...]) -> Reach | None:
        """Read an endpoint; one that cannot be read is not called, and holds up no other's."""
        try:
            return self._read(row)
        except (KeyError, TypeError, ValueError) as error:
            log.error("endpoint.unreadable", agency=row[0], error=type(error).__name__)
            return None

    def _read(self, row: tuple[Any, ...]) -> Reach:
        agency, connector, address, secret, timeout_ms, concurrency, events, options = row[:8]
        endpoint = Endpoint(
            agency=agency,
            connector=connector,
            address=address,
            secret=secret,
            timeout=min(timeout_ms / 1000, self._send_timeout),
            options=options,
        )
        return Reach(
            endpoint,
            concurrency=concurrency,
            events=events,
            enabled=row[8] and row[11] != "none",
            breaker=row[9],
            live=row[11] == "all",
            is_paced=row[10] is not None,
            follows_own=is_told_of_its_own(endpoint),
            takes=stored_capabilities(row[12]),
        )

    def reach(self, agency: str) -> Reach | None:
        return self._reach.get(agency)

    def is_mailbox(self, agency: str) -> bool:
        """Say whether what is owed to the agency lies ready for it, instead of being sent."""
        if agency == UNREAD_MAILBOX:
            return True
        reach = self._reach.get(agency)
        return reach is not None and reach.live and reach.endpoint.connector == MAILBOX

    def is_connected(self, agency: str) -> bool:
        """Say whether the agency can be sent something, now or once it answers again."""
        reach = self._reach.get(agency)
        return reach is not None and reach.enabled and reach.live

    def hears(self, agency: str, kind: Kind) -> bool:
        """Say whether the agency is to be told; work that it cannot take is owed all the same."""
        if kind not in NOTICES:
            return True
        reach = self._reach.get(agency)
        return reach is None or reach.takes is None or kind in reach.takes.kinds

    def follows_own(self, agency: str) -> bool:
        """Say whether the agency is told where the dossiers stand that it sent."""
        reach = self._reach.get(agency)
        return reach is not None and reach.follows_own

    def all(self) -> Mapping[str, Reach]:
        return self._reach
