"""The account of the statutory total: what each turn had, took, and left for those that follow.

All in the total's own measure (working time for `wd` and `wh`, clock time otherwise), and only
what its clock counts: what is used, what is still needed and the slack are the total, exactly. A
turn's share is what its own limit gives it from when it was offered, the night after the cutoff
included. What it takes beyond that, whoever is charged for it, is eaten from the next turn, then
from the one after, and at last from the slack, which nobody was given; what a turn saves gives the
oldest debt back first. No deadline moves by this: the law gives every turn its own limit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from routing.legaltime import (
    Budget,
    Calendars,
    CalendarUnknown,
    Pause,
    add,
    due,
    parse_cutoff,
    remainder,
)
from routing.legaltime.arithmetic import spent_micros
from routing.legaltime.instants import micros_of
from routing.lifecycle.charges import Party, charges, waited_for
from routing.lifecycle.model import ORIGIN, Hop, HopClock, HopKey, Transfer
from routing.procedures.conditions import holds

NOTHING = timedelta()
BEFORE, GATEWAY = "before", "gateway"
"""Who ate besides turns: the time before the submission, and ours."""

Eaten = tuple[tuple[str, timedelta], ...]


@dataclass(frozen=True, slots=True)
class Share:
    """One turn in the account."""

    step: str
    round: int
    agency: str | None
    share: timedelta | None
    """None where the law sets no limit of its own, or the total does not count it."""
    used: timedelta
    needed: timedelta
    """What it may still take inside its own limit; nothing once it is over."""
    eaten: Eaten = ()
    """Who had taken how much of its share before it could."""

    @property
    def overrun(self) -> timedelta:
        return max(self.used - self.share, NOTHING) if self.share is not None else NOTHING

    @property
    def left(self) -> timedelta:
        """What is left of its share once those before it have eaten and it has used."""
        eaten = sum((took for _, took in self.eaten), NOTHING)
        return max((self.share or NOTHING) - eaten - self.used, NOTHING)


@dataclass(frozen=True, slots=True)
class Account:
    """The total, and what became of it."""

    total: timedelta
    before: timedelta
    """Used between the counter and the submission to us."""
    waited: timedelta
    """Used by the gateway: a person had to name an agency, we decided late, we were away."""
    shares: tuple[Share, ...]
    """The turns on the way that counts, in order; those still to come at the end."""
    eaten: Eaten
    """What was eaten from the slack, since no turn was left to eat from."""

    @property
    def used(self) -> timedelta:
        return sum((one.used for one in self.shares), self.before + self.waited)

    @property
    def slack(self) -> timedelta:
        """What nobody needs if all keep their own limits; below zero, the total will be overrun."""
        return self.total - self.used - sum((one.needed for one in self.shares), NOTHING)


def account_of(
    transfer: Transfer, now: datetime, calendars: Calendars, ours: Collection[UUID] = ()
) -> Account | None:
    """Draw up the account as of `now`; None without a total, or where no calendar knows."""
    if transfer.clock.budget is None or transfer.clock.started_at is None:
        return None
    try:
        return _draw_up(transfer, transfer.ended_at or now, calendars, ours)
    except CalendarUnknown:
        return None


def _draw_up(
    transfer: Transfer, now: datetime, calendars: Calendars, ours: Collection[UUID]
) -> Account:
    meter = _Meter(transfer.clock, calendars, now)
    used: dict[HopKey, timedelta] = {}
    waited = NOTHING
    for one in charges(transfer, now, ours):
        took = meter.counted(one.start, one.end)
        if one.party is Party.GATEWAY or one.step is None or one.round is None:
            waited += took
        else:
            key = (one.step, one.round)
            used[key] = used.get(key, NOTHING) + took
    tip = waited_for(transfer, now)
    if tip.is_running:
        used.setdefault(tip.key, NOTHING)
    before = meter.counted(transfer.received_at, transfer.submitted_at)
    debts = _Debts()
    debts.grow(BEFORE, before)
    shares = []
    for key, took in used.items():
        hop = transfer.hops[key]
        share = _share(transfer, hop, meter)
        if hop.is_running:
            left = max((share or NOTHING) - took, NOTHING)
            debts.settle(hop.step, took - share if share is not None and took > share else NOTHING)
            eaten = debts.take(left)
            shares.append(Share(*key, hop.agency, share, took, left, eaten))
        else:
            shares.append(Share(*key, hop.agency, share, took, NOTHING, debts.shown(share)))
            debts.settle(hop.step, took - share if share is not None else NOTHING)
    debts.grow(GATEWAY, waited)
    if transfer.ended_at is None:
        for hop, share in _ahead(transfer, tip, now, meter):
            eaten = debts.take(share)
            shares.append(Share(hop.step, hop.round, hop.agency, share, NOTHING, share, eaten))
    return Account(meter.total(), before, waited, tuple(shares), debts.open())


class _Meter:
    """Counts as the total's clock does: its unit, its calendar, its pauses."""

    def __init__(self, clock: HopClock, calendars: Calendars, now: datetime) -> None:
        assert clock.budget is not None
        assert clock.started_at is not None
        self._clock = clock
        self._started = micros_of(clock.started_at)
        self._budget = Budget.parse(clock.budget)
        self._calendar = calendars.pinned(clock.calendar)
        self.calendars = calendars
        stands = [hold.start for hold in clock.held]
        if clock.paused_at is not None:
            stands.append(clock.paused_at)
        self._pauses = [Pause(one.start, one.end) for one in clock.pauses]
        self._pauses += [Pause(at, max(at, now)) for at in stands]

    def total(self) -> timedelta:
        """The budget; where the promised date moved, what lies before that."""
        clock = self._clock
        if clock.extended_to is not None and clock.deadline_at is not None:
            assert clock.started_at is not None
            return self.counted(clock.started_at, clock.deadline_at)
        return timedelta(microseconds=float(self._budget.micros(self._calendar.nominal)))

    def counted(self, start: datetime, end: datetime) -> timedelta:
        """Return how much of [start, end) the total's clock counted."""
        return self._spent(start, end, self._pauses)

    def would_count(self, start: datetime, end: datetime) -> timedelta:
        """Return how much of [start, end) it would count, did it never stand."""
        return self._spent(start, end, ())

    def _spent(self, start: datetime, end: datetime, pauses: Iterable[Pause]) -> timedelta:
        begins = max(micros_of(start), self._started)
        micros = spent_micros(self._calendar, begins, micros_of(end), self._budget.unit, pauses)
        return timedelta(microseconds=micros)


def _share(transfer: Transfer, hop: Hop, meter: _Meter) -> timedelta | None:
    """Return what a turn's own limit gives it of the total, from when it was offered."""
    clock = hop.clock
    step = transfer.itinerary.by_id.get(hop.step)
    if step is None or step.outside_total or clock.budget is None or hop.offered_at is None:
        return None
    calendar = meter.calendars.pinned(clock.calendar)
    arrived_at = clock.arrived_at or hop.offered_at
    found = due(calendar, arrived_at, Budget.parse(clock.budget), parse_cutoff(clock.cutoff))
    return meter.would_count(hop.offered_at, found.deadline_at)


def _ahead(
    transfer: Transfer, tip: Hop, now: datetime, meter: _Meter
) -> list[tuple[Hop, timedelta]]:
    """Return the turns to come on the longest way from here, with what each may need."""
    itinerary, by_id = transfer.itinerary, transfer.itinerary.by_id
    ends: dict[str, datetime] = {}
    needs: dict[str, timedelta] = {}
    for step in itinerary.steps:
        hop = transfer.current(step.id)
        arrived_at = max((ends[before] for before in step.after), default=now)
        ends[step.id] = arrived_at
        if hop is None or hop.is_done:
            continue
        if hop.is_running:
            ends[step.id] = max(arrived_at, _due_at(hop, now, meter))
        elif hop.is_open and step.budget is not None and holds(step.when, transfer.facts):
            calendar = meter.calendars.of(hop.agency, now)
            budget, cutoff = Budget.parse(step.budget), parse_cutoff(step.cutoff)
            ends[step.id] = due(calendar, arrived_at, budget, cutoff).deadline_at
            if not step.outside_total:
                needs[step.id] = meter.would_count(arrived_at, ends[step.id])
    ahead = (tip.step, *itinerary.descendants(tip.step))
    way: list[str] = []
    last: str | None = max(ahead, key=lambda one: ends.get(one, now))
    while last is not None and last != ORIGIN:
        way.append(last)
        before = [] if last == tip.step else [one for one in ahead if one in by_id[last].after]
        last = max(before, key=lambda one: ends[one], default=None)
    hops = [(transfer.current(one), needs[one]) for one in reversed(way) if one in needs]
    return [(hop, need) for hop, need in hops if hop is not None]


def _due_at(hop: Hop, now: datetime, meter: _Meter) -> datetime:
    """Return when a turn under way is due; were its pause to end now, if it is paused."""
    clock = hop.clock
    if clock.deadline_at is not None:
        return max(now, clock.deadline_at)
    if clock.budget is None or clock.started_at is None:
        return now
    calendar = meter.calendars.pinned(clock.calendar)
    stands = [hold.start for hold in clock.held] + ([clock.paused_at] if clock.paused_at else [])
    pauses = [Pause(one.start, one.end) for one in clock.pauses]
    pauses += [Pause(at, max(at, now)) for at in stands]
    budget = Budget.parse(clock.budget)
    return add(calendar, now, remainder(calendar, clock.started_at, budget, now, pauses))


class _Debts:
    """What was taken beyond its share and by whom, oldest first."""

    def __init__(self) -> None:
        self._debts: list[tuple[str, timedelta]] = []

    def grow(self, who: str, took: timedelta) -> None:
        if took > NOTHING:
            self._debts.append((who, took))

    def settle(self, who: str, beyond: timedelta) -> None:
        """Count a turn that is over: beyond its share it grows the debt, below it pays it back."""
        self.grow(who, beyond)
        if beyond < NOTHING:
            self.take(-beyond)

    def shown(self, share: timedelta | None) -> Eaten:
        """Return what is eaten of a share, without counting it as given back."""
        return tuple(_up_to(self._debts, share or NOTHING))

    def take(self, share: timedelta) -> Eaten:
        """Eat from a share, oldest debt first; what was eaten is owed no more."""
        eaten = tuple(_up_to(self._debts, share))
        left = sum((took for _, took in eaten), NOTHING)
        kept: list[tuple[str, timedelta]] = []
        for who, owed in self._debts:
            paid = min(owed, left)
            left -= paid
            if owed > paid:
                kept.append((who, owed - paid))
        self._debts = kept
        return eaten

    def open(self) -> Eaten:
        return tuple(self._debts)


def _up_to(
    debts: Iterable[tuple[str, timedelta]], share: timedelta
) -> Iterable[tuple[str, timedelta]]:
    for who, owed in debts:
        took = min(owed, share)
        if took <= NOTHING:
            return
        share -= took
        yield who, took
