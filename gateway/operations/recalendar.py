"""What a calendar version would move, and moving what is approved.

`find_moves` asks the store for the clocks that run over the days on which the versions differ,
and computes only those by both. `apply_moves` freezes the list as an act with an outcome per
clock; each goes through the committer, as a message does.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from gateway.operations import acts
from gateway.operations.acts import Order, Target
from gateway.operations.calendars import CalendarRefused, differing_days
from gateway.operations.runner import ActRunner
from gateway.store.pool import Pool
from gateway.store.sql import statement
from routing.legaltime import CalendarNotLoaded, Calendars, WorkCalendar
from routing.lifecycle.clocks import start_clock
from routing.lifecycle.codec import clock_from_document
from routing.lifecycle.model import Act

View = dict[str, Any]

PAGE = 10_000
"""Clocks that are read at a time: some megabytes; each page is sorted anew."""
_NO_ID = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Move:
    """One open deadline that a version moves; without a step it is the statutory total's."""

    transfer: UUID
    issuer: str
    dossier: str
    step: str | None
    round: int | None
    agency: str | None
    calendar_before: str
    calendar_after: str
    before: datetime
    after: datetime

    def view(self) -> View:
        """Write it for people and programs."""
        return {
            "transfer": self.transfer,
            "issuer": self.issuer,
            "dossier": self.dossier,
            "step": self.step,
            "round": self.round,
            "agency": self.agency,
            "before": {"calendar": self.calendar_before, "deadline_at": self.before},
            "after": {"calendar": self.calendar_after, "deadline_at": self.after},
        }

    def target(self) -> Target:
        return Target(self.transfer, self.step, self.round)


@dataclass(slots=True)
class Comparison:
    """The days on which two calendars differ, by the pair of them; each pair is compared once."""

    zone: Any
    _days: dict[tuple[str, str], list[date] | None] = field(default_factory=dict)

    def touches(self, before: WorkCalendar, after: WorkCalendar, span: tuple[date, date]) -> bool:
        """Say whether they differ on a day of the span, both ends included."""
        days = self.days(before, after)
        if days is None:
            return True
        place = bisect_left(days, span[0])
        return place < len(days) and days[place] <= span[1]

    def days(self, before: WorkCalendar, after: WorkCalendar) -> list[date] | None:
        """Return the days; None where a working day has another length, which moves everything."""
        pair = (before.pin, after.pin)
        if pair not in self._days:
            same = before.nominal_day == after.nominal_day
            self._days[pair] = differing_days(before, after) if same else None
        return self._days[pair]


async def find_moves(
    pool: Pool,
    calendars: Calendars,
    to: str,
    *,
    agencies: Sequence[str] | None = None,
    transfers: Sequence[UUID] | None = None,
) -> AsyncIterator[Move]:
    """Yield every open deadline that version `to` would move, hops first; `calendars` must know it.

    `agencies` are those of hops, and the originators of totals.
    """
    compared = Comparison(calendars.base.zone)
    days = _all_days(calendars, to, compared)
    if not days:
        return
    asked = {
        "since": datetime.combine(days[0], time(), compared.zone),
        "until": datetime.combine(days[1], time(), compared.zone) + timedelta(days=1),
        "agencies": None if agencies is None else list(agencies),
        "transfers": None if transfers is None else list(transfers),
    }
    for name in ("list_clocks_of_hops", "list_clocks_of_transfers"):
        async for row in _rows(pool, name, asked):
            move = _move(row, calendars, to, compared)
            if move is not None:
                yield move


async def list_moves(
    pool: Pool,
    calendars: Calendars,
    to: str,
    *,
    agencies: Sequence[str] | None = None,
    transfers: Sequence[UUID] | None = None,
) -> list[Move]:
    """Return all of them; CalendarRefused where a version is not known."""
    try:
        found = find_moves(pool, calendars, to, agencies=agencies, transfers=transfers)
        return [move async for move in found]
    except CalendarNotLoaded as unknown:
        raise CalendarRefused(f"there is no version {unknown.args[0][:60]!r}") from None


async def apply_moves(
    pool: Pool,
    runner: ActRunner,
    order: Order,
    moves: Sequence[Move],
    *,
    dry_run: bool,
    seconds: float,
) -> list[View]:
    """Freeze the moves as acts and carry them out; return the acts with their outcomes so far."""
    if not moves:
        raise CalendarRefused(f"{order.calendar} moves none of these deadlines")
    views: list[View] = []
    for first in range(0, len(moves), acts.MOST_ITEMS):
        targets = [move.target() for move in moves[first : first + acts.MOST_ITEMS]]
        question = {"calendar": order.calendar}
        frozen = await acts.freeze(pool, order, targets, question=question, dry_run=dry_run)
        if not dry_run:
            await runner.run(frozen.id, seconds=seconds)
        views.append(await acts.find_act(pool, frozen.id) or {})
    return views


def ordered(actor: str, reason: str, pin: str, calendars: Calendars) -> Order:
    """Write the order of an act; CalendarRefused for a version that is not approved."""
    if pin not in calendars.versions:
        raise CalendarRefused(f"{pin[:60]!r} is not an approved version")
    return Order(Act.RECALENDAR, actor, reason, code="calendar-applied", calendar=pin)


def summed_up(moves: Iterable[Move]) -> View:
    """Count moves: later, earlier, and by agency; totals stand under no agency."""
    moves = list(moves)
    return {
        "moves": len(moves),
        "later": sum(1 for move in moves if move.after > move.before),
        "earlier": sum(1 for move in moves if move.after < move.before),
        "transfers": len({move.transfer for move in moves}),
        "totals": sum(1 for move in moves if move.step is None),
        "by_agency": dict(
            Counter(move.agency for move in moves if move.step is not None).most_common()
        ),
    }


def _all_days(calendars: Calendars, to: str, compared: Comparison) -> tuple[date, date] | None:
    """Return the first and the last day on which the version differs from what it would replace."""
    found: list[date] = []
    for before, after in calendars.pairs(to):
        days = compared.days(before, after)
        if days is None:
            return after.known_from, after.known_until
        if days:
            found += (days[0], days[-1])
    return (min(found), max(found)) if found else None


def _move(row: Sequence[Any], calendars: Calendars, to: str, compared: Comparison) -> Move | None:
    _, transfer, step, round_, agency, issuer, code, document = row
    # Only the deadline is asked for: what is warned of before it need not be computed.
    clock = clock_from_document({**document, "thresholds": [], "warn_at": []})
    arrived_at, deadline_at = clock.arrived_at, clock.deadline_at
    assert arrived_at is not None
    assert deadline_at is not None
    after = calendars.moved(clock.calendar, agency if step else None, arrived_at, to)
    if after is None:
        return None
    span = after.local_date(arrived_at), after.local_date(deadline_at)
    if not compared.touches(calendars.pinned(clock.calendar), after, span):
        return None
    moved = start_clock(after, clock, arrived_at)
    if moved.deadline_at is None or moved.deadline_at == deadline_at:
        return None
    return Move(
        transfer,
        issuer,
        code,
        step or None,
        round_ or None,
        agency,
        clock.calendar,
        after.pin,
        deadline_at,
        moved.deadline_at,
    )


async def _rows(pool: Pool, name: str, asked: View) -> AsyncIterator[Sequence[Any]]:
    """Read page by page, each in a transaction of its own: the gateways are not held up."""
    place: View = {"at": None, "id": _NO_ID, "step": "", "round": 0}
    while True:
        async with pool.connection() as connection:
            found = await connection.execute(statement(name), {**asked, **place, "limit": PAGE})
            rows = await found.fetchall()
        for row in rows:
            yield row
        if len(rows) < PAGE:
            return
        place = dict(zip(("at", "id", "step", "round"), rows[-1], strict=False))
