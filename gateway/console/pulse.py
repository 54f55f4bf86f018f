"""The pulse: what the first screen shows, looked at once per process however many people watch.

Nothing is looked at while nobody reads. A page is answered with what is there, and its age is on
it; a look then begins in the background, at most every `PACE` seconds, and never for more than a
twentieth of the time: a database with much to count is counted less often.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from gateway.console.written_once import WrittenOnce
from gateway.operations.situation import Situation, look_at_situation
from gateway.operations.wellness import Physician, Wellness
from gateway.people.four_eyes import Proposal, list_waiting
from gateway.people.signed_in import SignedIn
from gateway.reports.books import Choice, Tally, read_state, sum_dossiers
from gateway.reports.period import Period
from gateway.reports.traffic import Quarter, last_day
from gateway.services import Services

log = structlog.get_logger()

PACE: Final = 3.0
BOOKS_EVERY: Final = 60.0
_SHARE: Final = 20.0
"""So many times as long as a look took, nothing is looked at."""
_GRACE: Final = 2.0
"""Seconds that a look may be overdue before what it found is asked for anew."""
_GLANCE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Beat:
    """One look at everything. Whoever was shown `number` has seen it."""

    number: int
    at: datetime
    """Machine time."""
    situation: Situation
    wellness: Wellness
    month: Period
    books: Mapping[str, Tally] = field(repr=False)
    """What the books say of this month, by the agency that received."""
    booked_until: datetime | None
    day: Sequence[Quarter] = field(repr=False)
    """Traffic of the last 24 hours, as far as it is booked."""
    proposals: Sequence[Proposal] = field(default=(), repr=False)
    """What waits for a second person."""

    def awaiting(self, who: SignedIn) -> int:
        """Count what somebody may decide."""
        return sum(one.may_be_decided_by(who) for one in self.proposals)


class Pulse:
    """Looks for whoever asks, and wakes whoever watches."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._physician = Physician(services)
        self._beat: Beat | None = None
        self._looking: asyncio.Task[None] | None = None
        self._again_at = 0.0
        self._good_until = 0.0
        self._books: tuple[float, Period, Mapping[str, Tally], datetime | None] | None = None
        self.written = WrittenOnce()
        self.looks = 0
        self.watchers = 0

    def __repr__(self) -> str:
        return f"<Pulse {self.looks} looks, {self.watchers} watch>"

    async def latest(self) -> Beat:
        """Return the last look; the first one is waited for, a newer one is begun if it is time."""
        self._look_if_it_is_time()
        if self._beat is None:
            assert self._looking is not None
            await asyncio.shield(self._looking)
        assert self._beat is not None
        return self._beat

    async def warm(self) -> None:
        """Look once before anybody reads, so that the first reader does not wait for it."""
        try:
            await self.latest()
        except Exception as error:  # the first reader is told; starting goes on
            log.warning("pulse.cold", error=type(error).__name__)

    def kept(self) -> Situation | None:
        """Return the last look's situation where asking anew would cost much, if it is fresh.

        None where little is stuck: that is asked for in a moment, and then as of now.
        """
        self._look_if_it_is_time()
        if self._beat is None or time.monotonic() >= self._good_until:
            return None
        return self._beat.situation if self._beat.situation.many else None

    def awaiting(self, who: SignedIn) -> int:
        """Count what waits for somebody's decision, as of the last look: no page asks for that."""
        self._look_if_it_is_time()
        return 0 if self._beat is None else self._beat.awaiting(who)

    def _look_if_it_is_time(self) -> None:
        if self._looking is None and time.monotonic() >= self._again_at:
            self._looking = asyncio.create_task(self._look(), name="pulse")

    async def watch(self, seen: int = 0) -> AsyncGenerator[Beat | None]:
        """Yield each new look, and None now and then while there is none: to look around."""
        self.watchers += 1
        try:
            while True:
                beat = await self.latest()
                if beat.number == seen:
                    yield None
                else:
                    seen = beat.number
                    yield beat
                await asyncio.sleep(_GLANCE)
        finally:
            self.watchers -= 1

    async def _look(self) -> None:
        began = time.monotonic()
        try:
            self._beat = await self._see()
        except Exception as error:
            log.warning("pulse.missed", error=type(error).__name__)
            if self._beat is None:
                raise
        finally:
            now = time.monotonic()
            self._again_at = now + max(PACE, (now - began) * _SHARE)
            if self._beat is not None and self._beat.wellness.reached:
                self._good_until = self._again_at + _GRACE
            self._looking = None

    async def _see(self) -> Beat:
        services = self._services
        now = services.clock.now()
        wellness = await self._physician.look(datetime.now(UTC))
        self.looks += 1
        if self._beat is not None and not wellness.reached:
            # What was known stays, with its own age; that the database is away is what is new.
            return replace(self._beat, number=self.looks, wellness=wellness)
        situation = await look_at_situation(services.pool, services.rulebook, now)
        _, month, books, booked_until = await self._of_books(now)
        async with services.pool.connection() as connection:
            day = await last_day(connection, now)
        proposals = await list_waiting(services.pool)
        return Beat(
            self.looks,
            datetime.now(UTC),
            situation,
            wellness,
            month,
            books,
            booked_until,
            day,
            proposals,
        )

    async def _of_books(
        self, now: datetime
    ) -> tuple[float, Period, Mapping[str, Tally], datetime | None]:
        if self._books is not None and time.monotonic() - self._books[0] < BOOKS_EVERY:
            return self._books
        today = now.astimezone(self._services.rulebook.calendar.zone).date()
        month = Period(min(today.replace(day=1), today - timedelta(days=6)), today)
        async with self._services.pool.connection() as connection:
            state = await read_state(connection)
            books = await sum_dossiers(connection, month, "agency", Choice())
        self._books = (time.monotonic(), month, books, state.booked_until)
        return self._books
