"""Replay: every clock of a transfer derived again from its ledger alone, and compared.

`replay` reads the entries of one transfer in order and keeps, for the total and for every hop, the
facts that they tell: arrivals, pauses, outages, extensions, what was warned of and breached. From
those each clock follows by the same arithmetic and the same pinned calendar. `compare` names what
is stored otherwise. Nothing here reads the stored state while it derives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from routing.legaltime import DEFAULT_THRESHOLDS, FIRST_CALENDAR, Calendars
from routing.lifecycle.breaches import forget
from routing.lifecycle.clocks import (
    carry_clock,
    carry_standing,
    extend_clock,
    pause_clock,
    ready_clock,
    recompute_clock,
    release_clock,
    restart_clock,
    resume_clock,
    stop_clock,
)
from routing.lifecycle.events import Entry
from routing.lifecycle.model import (
    NO_CLOCK,
    ClosedPause,
    Hold,
    HopClock,
    HopKey,
    LimitName,
    Transfer,
)

OnResume = Literal["remainder", "restart"]
ClockKey = HopKey | None
"""A hop, or None for the total."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the ledger, as far as clocks are concerned."""

    seq: int
    act: str
    legal_at: datetime
    step: str | None
    round: int | None
    reason: str | None
    legal_basis: str | None
    facts: Mapping[str, Any]

    @property
    def key(self) -> ClockKey:
        return None if self.step is None or self.round is None else (self.step, self.round)


@dataclass(frozen=True, slots=True)
class Difference:
    """A clock that is not what its ledger gives; `ledger` and `stored` are the two values."""

    key: ClockKey
    field: str
    ledger: Any
    stored: Any
    seq: int | None = None
    """The entry that says otherwise itself; None where the stored clock does."""

    def __str__(self) -> str:
        where = "total" if self.key is None else f"{self.key[0]}/{self.key[1]}"
        entry = "" if self.seq is None else f" (entry {self.seq})"
        values = f"ledger {_told(self.ledger)}, stored {_told(self.stored)}"
        return f"{where} {self.field}{entry}: {values}"


def lines_of(entries: Iterable[Entry]) -> list[Line]:
    """Number entries as a ledger would."""
    return [
        Line(
            seq,
            one.act,
            one.legal_at,
            one.step,
            one.round,
            one.reason,
            one.legal_basis,
            one.facts,
        )
        for seq, one in enumerate(entries, 1)
    ]


def line_of(body: Mapping[str, Any]) -> Line:
    """Read a line from the sealed body of a ledger entry."""
    return Line(
        body["seq"],
        body["act"],
        datetime.fromisoformat(body["legal_at"]),
        body["step"],
        body["round"],
        body["reason"],
        body["legal_basis"],
        body["facts"],
    )


def replay(lines: Iterable[Line], calendars: Calendars) -> Replayed:
    """Derive every clock from the entries of one transfer, given in order."""
    replayed = Replayed(calendars)
    for line in lines:
        replayed.read(line)
    return replayed


def compare(transfer: Transfer, replayed: Replayed) -> list[Difference]:
    """Name every clock, and every number on it, that is not what the ledger gives."""
    stored: dict[ClockKey, HopClock] = {None: transfer.clock}
    stored |= {hop.key: hop.clock for hop in transfer.hops.values() if hop.offered_at is not None}
    found = list(replayed.contradictions)
    for key, clock in stored.items():
        found.extend(_differing(key, replayed.clocks.get(key, NO_CLOCK), clock))
    found.extend(
        Difference(key, "hop", "offered", "missing")
        for key in replayed.offered
        if key not in transfer.hops
    )
    return found


class Replayed:
    """The clocks that a ledger gives, by hop, and where it contradicts itself."""

    def __init__(self, calendars: Calendars) -> None:
        self._calendars = calendars
        self.clocks: dict[ClockKey, HopClock] = {}
        self.offered: set[HopKey] = set()
        self.contradictions: list[Difference] = []

    def read(self, line: Line) -> None:
        """Let one entry act on the clock it is about."""
        before = self.clocks.get(line.key, NO_CLOCK)
        acts = _ACTS.get(line.act)
        if acts is None:
            return
        if line.reason == "outage" and "outage" in line.facts:
            acts = _outage
        after = acts(self, before, line)
        self.clocks[line.key] = after
        if line.act in _TELLS and line.reason != "outage":
            self.contradictions.extend(_contradictions(line, after))

    # What entries do

    def submitted(self, _: HopClock, line: Line) -> HopClock:
        return self.told(NO_CLOCK, line.facts["overall"])

    def opened(self, before: HopClock, line: Line) -> HopClock:
        carries = line.facts.get("carries")
        if carries is None:
            return before
        clock = self.clocks[carries[0], carries[1]]
        if line.facts.get("stands"):
            return carry_standing(self._calendars, clock)
        return carry_clock(clock)

    def dispatched(self, before: HopClock, line: Line) -> HopClock:
        assert line.key is not None
        self.offered.add(line.key)
        if before.arrived_at is None:
            # One that was carried over before it could start keeps what has stood of it.
            has_own_time = before.budget is not None or before.rule != "budget"
            return self.told(before if has_own_time else NO_CLOCK, line.facts)
        thresholds = tuple(line.facts.get("thresholds", DEFAULT_THRESHOLDS))
        return self.recomputed(replace(before, thresholds=thresholds))

    def started(self, before: HopClock, line: Line) -> HopClock:
        """A start, or a start anew, that the entry tells."""
        if "arrived_at" not in line.facts:
            return before
        return self.told(before, line.facts)

    def paused(self, before: HopClock, line: Line) -> HopClock:
        clock = self.started(before, line) if before.paused_at is None else before
        if clock.paused_at is not None and line.key is not None:
            clock = self.resumed(clock, line)
        return pause_clock(
            self._calendars,
            forget(clock, LimitName.SUPPLEMENT),
            line.legal_at,
            line.reason or "",
            line.legal_basis,
            line.facts.get("document"),
        )

    def resumed(self, before: HopClock, line: Line) -> HopClock:
        if before.paused_at is None:
            return before
        arrived_at = _instant(line.facts.get("arrived_at"))
        restarts = arrived_at is not None and arrived_at != before.arrived_at
        on_resume: OnResume = "restart" if restarts else "remainder"
        clock = resume_clock(self._calendars, before, line.legal_at, on_resume)
        calendar = line.facts.get("calendar", FIRST_CALENDAR)
        if "started_at" in line.facts and calendar != clock.calendar:
            clock = self.recomputed(replace(clock, calendar=calendar))
        return clock

    def over(self, before: HopClock, line: Line) -> HopClock:
        """The turn of the hop ends: what was implied, what outages held, a pause."""
        clock = self.started(before, line) if before.paused_at is None else before
        clock = release_clock(self._calendars, clock, line.legal_at)
        return self.resumed(clock, line)

    def extended(self, before: HopClock, line: Line) -> HopClock:
        until = _instant(line.facts["until"])
        assert until is not None
        clock = self.started(before, line)
        clock = extend_clock(self._calendars, clock, until, line.legal_at)
        return clock if line.key is not None else replace(clock, extensions=clock.extensions + 1)

    def warned(self, before: HopClock, line: Line) -> HopClock:
        fired = (*line.facts.get("with", ()), line.facts["threshold"])
        return self.recomputed(replace(before, warned=(*before.warned, *fired)))

    def breached(self, before: HopClock, line: Line) -> HopClock:
        return replace(before, breached=(*before.breached, LimitName(line.reason or "")))

    def corrected(self, before: HopClock, line: Line) -> HopClock:
        if line.reason == "warning":
            early = line.facts["thresholds"]
            left = tuple([name for name in before.warned if name not in early])
            return self.recomputed(replace(before, warned=left))
        if line.reason == "start":
            if "arrived_at" in line.facts:
                return self.told(before, line.facts)
            return stop_clock(before)
        if line.reason == "outage":
            return self.started(before, line)  # what holds the clock is as it was: limits moved
        return forget(before, LimitName(line.reason or ""))

    def outage(self, before: HopClock, line: Line) -> HopClock:
        """An outage holds the clock, lets it go, or never held it."""
        outage = UUID(line.facts["outage"])
        start, end = _instant(line.facts["from"]), _instant(line.facts.get("until"))
        assert start is not None
        pauses = [one for one in before.pauses if (one.outage, one.start) != (outage, start)]
        held = [one for one in before.held if (one.outage, one.start) != (outage, start)]
        if end is not None:
            pauses.append(ClosedPause(start, end, "outage", outage, line.legal_basis))
        elif line.facts.get("held", True):
            held.append(Hold(start, outage, line.legal_basis))
        clock = replace(
            before,
            pauses=tuple(sorted(pauses, key=lambda one: (one.start, one.end))),
            held=tuple(sorted(held, key=lambda one: (one.start, one.outage))),
            calendar=line.facts.get("calendar", before.calendar),
        )
        return self.recomputed(clock)

    # How a clock follows from what was told

    def told(self, before: HopClock, facts: Mapping[str, Any]) -> HopClock:
        """Return the clock with what an entry tells of how it started."""
        fresh = ready_clock(
            facts.get("budget"),
            facts.get("cutoff"),
            facts.get("rule", "budget"),
            tuple(facts.get("thresholds", DEFAULT_THRESHOLDS)),
        )
        clock = replace(
            before,
            budget=fresh.budget,
            cutoff=fresh.cutoff,
            rule=fresh.rule,
            thresholds=fresh.thresholds,
            calendar=facts.get("calendar", FIRST_CALENDAR),
        )
        arrived_at = _instant(facts.get("arrived_at"))
        return clock if arrived_at is None else restart_clock(self._calendars, clock, arrived_at)

    def recomputed(self, clock: HopClock) -> HopClock:
        return recompute_clock(clock, self._calendars)


_outage = Replayed.outage

_ACTS: Final[Mapping[str, Callable[[Replayed, HopClock, Line], HopClock]]] = {
    "transfer.submitted": Replayed.submitted,
    "transfer.extended": Replayed.extended,
    "hop.opened": Replayed.opened,
    "hop.dispatched": Replayed.dispatched,
    "hop.delivered": Replayed.started,
    "hop.received": Replayed.started,
    "hop.paused": Replayed.paused,
    "hop.resumed": Replayed.resumed,
    "hop.extended": Replayed.extended,
    "hop.completed": Replayed.over,
    "hop.refused": Replayed.over,
    "hop.returned": Replayed.over,
    "hop.cancelled": Replayed.over,
    "hop.withdrawn": Replayed.over,
    "hop.stopped": Replayed.over,
    "hop.lapsed": Replayed.over,
    "clock.started": Replayed.started,
    "clock.known": Replayed.started,
    "clock.paused": Replayed.paused,
    "clock.resumed": Replayed.resumed,
    "clock.warned": Replayed.warned,
    "clock.breached": Replayed.breached,
    "clock.corrected": Replayed.corrected,
    "clock.recalendared": Replayed.started,
}

_TELLS: Final = frozenset(
    {"hop.dispatched", "hop.delivered", "hop.received", "hop.resumed", "clock.started"}
    | {"clock.known", "clock.resumed"}
)
"""Acts that tell the start and the deadline that followed: they must follow here too."""


def _contradictions(line: Line, clock: HopClock) -> Iterable[Difference]:
    if "arrived_at" not in line.facts:
        return
    for name in ("arrived_at", "started_at", "deadline_at"):
        told, derived = _instant(line.facts.get(name)), getattr(clock, name)
        if told != derived:
            yield Difference(line.key, name, derived, told, line.seq)


_COMPARED: Final = (
    "arrived_at",
    "started_at",
    "budget",
    "cutoff",
    "rule",
    "calendar",
    "calendar_missing",
    "pauses",
    "paused_at",
    "pause_reason",
    "pause_basis",
    "pause_document",
    "held",
    "restarted_from",
    "extended_to",
    "extensions",
    "deadline_at",
    "thresholds",
    "warned",
    "warn_at",
    "breached",
)


def _differing(key: ClockKey, derived: HopClock, stored: HopClock) -> Iterable[Difference]:
    for name in _COMPARED:
        ours, theirs = getattr(derived, name), getattr(stored, name)
        if name in ("pauses", "held", "breached"):
            ours, theirs = _in_any_order(ours), _in_any_order(theirs)
        if ours != theirs:
            yield Difference(key, name, ours, theirs)


def _in_any_order(values: Iterable[Any]) -> list[Any]:
    """Sort what has no order; an outage's article is its declaration's, which every entry names."""
    plain = [
        replace(one, legal_basis=None)
        if isinstance(one, Hold) or (isinstance(one, ClosedPause) and one.outage is not None)
        else one
        for one in values
    ]
    return sorted(plain, key=str)


def _instant(written: Any) -> datetime | None:
    return datetime.fromisoformat(written) if isinstance(written, str) else written


def _told(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_told(one) for one in value) + "]"
    if isinstance(value, ClosedPause):
        return f"{value.reason} {value.start.isoformat()}–{value.end.isoformat()}"
    return str(value)
