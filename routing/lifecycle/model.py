"""The values of a transfer's life: its state; with what happens and follows from `events.py`.

Everything here is immutable and JSON-free; `codec.py` writes and reads the stored form.
Instants are aware. Nothing here decides: `fold.py` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from routing.legaltime import DEFAULT_THRESHOLDS, FIRST_CALENDAR
from routing.lifecycle.events import (
    Act,
    Available,
    Context,
    Declined,
    Delivered,
    Entry,
    Event,
    Folded,
    HandOn,
    JsonObject,
    Operated,
    Said,
    Send,
    TimeReached,
    Undeliverable,
    Withdraw,
)

if TYPE_CHECKING:
    from routing.itinerary import Itinerary

__all__ = [
    "BEREFT",
    "DONE_HOPS",
    "NO_CLOCK",
    "OPEN_HOPS",
    "ORIGIN",
    "RUNNING_HOPS",
    "Act",
    "Available",
    "ClockRule",
    "ClosedPause",
    "Context",
    "Declined",
    "Delivered",
    "Entry",
    "Event",
    "Folded",
    "HandOn",
    "Hold",
    "Hop",
    "HopClock",
    "HopKey",
    "HopState",
    "JsonObject",
    "LimitName",
    "Operated",
    "Refusal",
    "Said",
    "Send",
    "TimeReached",
    "Transfer",
    "TransferState",
    "Undeliverable",
    "Withdraw",
]

ORIGIN = "origin"
"""The originator's own step: step 0, done when the transfer is submitted."""

BEREFT = frozenset({"successor-ambiguous", "successor-missing"})
"""Kinds of failure: the agency has closed, and several could take over, or nobody."""

HopKey = tuple[str, int]
ClockRule = Literal["budget", "notice-day", "same-day"]


class TransferState(StrEnum):
    """Where a transfer is; everything but `OPEN` is terminal."""

    OPEN = "open"
    COMPLETED = "completed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


class HopState(StrEnum):
    """Where one agency's turn is; `table.py` lists every legal way between them."""

    PLANNED = "planned"
    DISPATCHING = "dispatching"
    DELIVERED = "delivered"
    RECEIVED = "received"
    PAUSED = "paused"
    COMPLETED = "completed"
    REFUSED = "refused"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    LAPSED = "lapsed"


RUNNING_HOPS = frozenset(
    {HopState.DISPATCHING, HopState.DELIVERED, HopState.RECEIVED, HopState.PAUSED}
)
"""States in which an agency has, or is about to get, the dossier."""

OPEN_HOPS = RUNNING_HOPS | {HopState.PLANNED}
"""States that are not terminal."""

DONE_HOPS = frozenset({HopState.COMPLETED, HopState.SKIPPED, HopState.LAPSED})
"""Terminal states after which the steps that follow may begin."""


class LimitName(StrEnum):
    """What can be exceeded.

    `REFUSAL` is the time a sender has to acknowledge a refusal, `SUPPLEMENT` the time a citizen
    has to provide what is missing, `REQUEST` the time an agency has to say that it is, `RETURN`
    the time it has to return the dossier.
    """

    HANDOVER = "handover"
    RECEIPT = "receipt"
    DEADLINE = "deadline"
    OVERALL = "overall"
    REFUSAL = "refusal"
    SUPPLEMENT = "supplement"
    REQUEST = "request"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class ClosedPause:
    """A pause that has ended: [start, end), and what it rests on."""

    start: datetime
    end: datetime
    reason: str
    outage: UUID | None = None
    """The declared outage that held the clock; None for what somebody said of this hop."""
    legal_basis: str | None = None
    document: str | None = None
    """The number of the document that ordered it; never words."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A declared outage that holds the clock since `start`, and has not ended."""

    start: datetime
    outage: UUID
    legal_basis: str | None = None


@dataclass(frozen=True, slots=True)
class HopClock:
    """The facts of one clock, and the deadline that follows from them.

    `deadline_at` is None before the start, while paused or held, without a budget, and where the
    calendar does not know (`calendar_missing`). `recompute_clock` gives the same numbers again.
    """

    arrived_at: datetime | None = None
    """The instant that starts it by the step's rule: offered, or received."""
    started_at: datetime | None = None
    budget: str | None = None
    cutoff: str | None = None
    deadline_at: datetime | None = None
    pauses: tuple[ClosedPause, ...] = ()
    paused_at: datetime | None = None
    pause_reason: str | None = None
    pause_basis: str | None = None
    pause_document: str | None = None
    held: tuple[Hold, ...] = ()
    """Outages that have not ended: it stands whatever its hop's state is."""
    extended_to: datetime | None = None
    extended_at: datetime | None = None
    """When the extension counted from: what stands still after that moves it."""
    thresholds: tuple[str, ...] = DEFAULT_THRESHOLDS
    """What it is warned of, as the policies said when it was made ready."""
    warned: tuple[str, ...] = ()
    """Thresholds that have fired."""
    breached: tuple[LimitName, ...] = ()
    warn_at: tuple[tuple[str, datetime], ...] = ()
    """Thresholds still to fire, in order; empty while paused."""
    rule: ClockRule = "budget"
    """`notice-day`: until the close of the working day of the notice (a correction).
    `same-day`: until the close of the working day on which it starts, by the step's cutoff."""
    restarted_from: tuple[datetime, ...] = ()
    """Earlier arrivals, where a pause's rule restarts the clock instead of going on."""
    waited: tuple[tuple[datetime, datetime], ...] = ()
    """From each of those that the law let wait: when it arrived, when its clock started."""
    calendar_missing: bool = False
    extensions: int = 0
    """How often the date promised to the citizen has moved (the overall clock's only)."""
    calendar: str = FIRST_CALENDAR
    """The calendar version it counts by, from its start to its end; nothing before it starts."""

    @property
    def held_since(self) -> datetime | None:
        """From when a declared outage holds it, without a break; None if none does."""
        return min([hold.start for hold in self.held], default=None)

    def instants(self, limit: LimitName, grace: timedelta) -> list[tuple[str, datetime]]:
        """What is still to come on this clock: its next warning, and its end after the grace."""
        found: list[tuple[str, datetime]] = []
        if self.paused_at is None:
            if self.warn_at:
                found.append(("warning", self.warn_at[0][1]))
            if self.deadline_at is not None and limit not in self.breached:
                found.append((limit, self.deadline_at + grace))
        return found


NO_CLOCK = HopClock()


@dataclass(frozen=True, slots=True)
class Refusal:
    """An agency's refusal of its hop, and whether its sender knows."""

    reason: str
    at: datetime
    acknowledged_at: datetime | None = None
    release_by: datetime | None = None
    """Unacknowledged until then, its consequence follows by itself."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One agency's turn at one step in one round."""

    step: str
    round: int
    agency: str | None
    state: HopState
    sender_step: str | None = None
    sender_round: int = 1
    deliver_by: datetime | None = None
    """The hand-over limit: offered + 10 min; None once met by a mailbox."""
    receive_by: datetime | None = None
    """The receipt limit: delivered (or available) + 2 working hours."""
    supplement_by: datetime | None = None
    """While paused for a supplement: when the time to provide it ends; None without a limit."""
    offered_at: datetime | None = None
    available_at: datetime | None = None
    """When a mailbox showed it; the agency's ack makes it delivered."""
    delivered_at: datetime | None = None
    received_at: datetime | None = None
    ended_at: datetime | None = None
    clock: HopClock = NO_CLOCK
    refusal: Refusal | None = None
    outcome: str | None = None
    results_ref: UUID | None = None
    """The inbox id of the message that completed it."""
    failure: Mapping[str, Any] | None = None
    """Why it waits for a person: {kind, detail, candidates}."""
    stale: bool = False
    """Finished, but a step before it was opened again since."""
    superseded_by: int | None = None
    """The round that took its place."""
    opened_by: HopKey | None = None
    """The hop that a later round was opened for (returned, refused, redirected), or that a join
    last waited for."""
    excluded: tuple[str, ...] = ()
    """Agencies that said they are not competent for this step."""
    last_event_at: datetime | None = None
    lapses: bool = False
    """Silence is consent: at its deadline, once delivered, it lapses."""
    chosen: bool = False
    """A person named the agency: its turn does not resolve it again."""
    stuck: bool = False
    """Its turn has come, and no agency could be named."""
    heirs: tuple[tuple[str, datetime], ...] = ()
    """Who has taken over from its agency, which closed, and since when; the last one answers."""

    @property
    def answers(self) -> str | None:
        """Who answers for this turn now: its agency, or whoever has taken over from it."""
        return self.heirs[-1][0] if self.heirs else self.agency

    @property
    def is_bereft(self) -> bool:
        """Its agency closed, and a person has to say who takes over."""
        return self.failure is not None and self.failure["kind"] in BEREFT

    @property
    def lasting_failure(self) -> Mapping[str, Any] | None:
        """What no delivery and no receipt mends: that nobody has taken over."""
        return self.failure if self.is_bereft else None

    @property
    def was_moved(self) -> bool:
        """Its agency closed while it had the dossier: the next round is the same turn."""
        return self.state is HopState.CANCELLED and bool(self.heirs)

    @property
    def is_undelivered(self) -> bool:
        """Offered, and not yet with the agency; one that was taken over paused may be so too."""
        if self.state is HopState.PAUSED:
            return self.delivered_at is None
        return self.state is HopState.DISPATCHING

    @property
    def key(self) -> HopKey:
        return (self.step, self.round)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_HOPS

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING_HOPS

    @property
    def is_done(self) -> bool:
        return self.state in DONE_HOPS

    def instants(self, grace: timedelta) -> list[tuple[str, datetime]]:
        """What is still to be decided about this hop by the passing of time, and when."""
        if self.state is HopState.REFUSED:
            refusal = self.refusal
            if refusal is None or refusal.release_by is None or not self.awaits_acknowledgement:
                return []
            return [(LimitName.REFUSAL, refusal.release_by)]
        if self.state not in RUNNING_HOPS:
            return []
        breached = self.clock.breached
        if self.supplement_by is not None and LimitName.SUPPLEMENT not in breached:
            found: list[tuple[str, datetime]] = [(LimitName.SUPPLEMENT, self.supplement_by + grace)]
        else:
            found = self.clock.instants(LimitName.DEADLINE, grace)
        if self.is_undelivered:
            if self.deliver_by is not None and LimitName.HANDOVER not in breached:
                found.append((LimitName.HANDOVER, self.deliver_by))
            if self.lapses:
                found = [one for one in found if one[0] != LimitName.DEADLINE]
        if (
            self.received_at is None
            and (self.delivered_at or self.available_at) is not None
            and self.receive_by is not None
            and LimitName.RECEIPT not in breached
        ):
            found.append((LimitName.RECEIPT, self.receive_by + grace))
        return found

    @property
    def awaits_acknowledgement(self) -> bool:
        """A refusal without an answer, whose step has not been taken up again."""
        return (
            self.refusal is not None
            and self.refusal.acknowledged_at is None
            and self.superseded_by is None
        )


@dataclass(frozen=True, slots=True)
class Transfer:
    """One run of a dossier through an itinerary: all that deciding needs to know."""

    id: UUID
    issuer: str
    code: str
    originator: str
    state: TransferState
    procedure: str
    procedure_version: str
    itinerary: Itinerary
    facts: Mapping[str, Any]
    places: Mapping[str, str]
    hops: Mapping[HopKey, Hop]
    """Ordered: the origin, the steps as planned, then later rounds as they came."""
    submitted_at: datetime
    received_at: datetime
    promised_at: datetime | None
    clock: HopClock
    """The overall clock; its budget is the itinerary's total."""
    submission_ref: UUID
    """The inbox id of the submission."""
    last_event_at: datetime
    """The legal instant of the last event."""
    grace: timedelta
    """How long after an instant what it breaches is decided."""
    ended_at: datetime | None = None
    outcome: str | None = None
    corrections: tuple[UUID, ...] = ()
    supplements: tuple[tuple[str, int, UUID], ...] = ()
    archived: str | None = None
    ended_by: HopKey | None = None
    """Where several branches led to the end: the one that it last waited for."""

    def current(self, step: str) -> Hop | None:
        """The hop of this step that no later round has taken the place of."""
        for hop in self.hops.values():
            if hop.step == step and hop.superseded_by is None:
                return hop
        return None

    def next_instant(self) -> datetime | None:
        """The earliest instant at which `TimeReached` has something to decide."""
        if self.state is not TransferState.OPEN:
            return None
        instants = [instant for _, instant in self.clock.instants(LimitName.OVERALL, self.grace)]
        for hop in self.hops.values():
            if hop.superseded_by is None:
                instants.extend(instant for _, instant in hop.instants(self.grace))
        return min(instants, default=None)
