"""What happens to a transfer, and what follows: the inputs and outputs of `fold`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from routing.outages import NO_OUTAGES, Outages

if TYPE_CHECKING:
    from routing.directory import Directory
    from routing.legaltime import Calendars, WorkCalendar
    from routing.lifecycle.model import Transfer
    from routing.policies import Policies
    from routing.procedures import Catalogue
    from routing.reform import Plan
    from routing.units import Units
    from schemas.kinds import Kind

JsonObject = dict[str, Any]


class Act(StrEnum):
    """What an operator can do to a transfer."""

    RETRY = "retry"
    REDIRECT = "redirect"
    RESOLVE = "resolve"
    ARCHIVE = "archive"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    RETURN = "return"
    RELEASE_REFUSAL = "release_refusal"
    STOP = "stop"
    RECALENDAR = "recalendar"
    REORGANISE = "reorganise"


@dataclass(frozen=True, slots=True)
class Said:
    """A message of an agency, validated; `sender` is who the gateway authenticated."""

    kind: Kind
    sender: str
    data: Any
    claimed_at: datetime | None
    recorded_at: datetime
    ref: UUID


@dataclass(frozen=True, slots=True)
class Delivered:
    """Our confirmed hand-over; `how` names the evidence as a code."""

    step: str
    round: int
    at: datetime
    how: str


@dataclass(frozen=True, slots=True)
class Available:
    """The handover lies in the agency's mailbox: its hand-over limit is met."""

    step: str
    round: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """A hand-over that did not succeed; `reason` is a code. Permanent ones wait for a person."""

    step: str
    round: int
    reason: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class TimeReached:
    """Legal time has come this far."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Operated:
    """An operator's act. `reason` is a code; free text belongs beside `ref`, not here."""

    act: Act | str
    actor: str
    reason: str
    step: str | None = None
    round: int | None = None
    agency: str | None = None
    until: datetime | None = None
    pause_reason: str | None = None
    legal_basis: str | None = None
    to_step: str | None = None
    """Of a return: the earlier step; without one, whoever fed the turn."""
    return_reason: str | None = None
    ref: UUID | None = None
    calendar: str | None = None
    plan: Plan | None = None
    """Of a reorganisation: who takes over from the agencies that have closed."""


Event = Said | Delivered | Available | Undeliverable | TimeReached | Operated


@dataclass(frozen=True, slots=True)
class Context:
    """The tables that decide, and now (legal, aware)."""

    catalogue: Catalogue
    directory: Directory
    units: Units
    calendars: Calendars
    policies: Policies
    now: datetime
    outages: Outages = NO_OUTAGES
    """What was declared: it holds the clocks of those concerned; a claim inside ours counts."""

    @property
    def calendar(self) -> WorkCalendar:
        """The base calendar: what counts where no agency's own hours do."""
        return self.calendars.base


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the ledger: an act and what it rests on. No personal data, no free text."""

    act: str
    legal_at: datetime
    actor: str
    """`agency:<code>`, `gateway` or `operator:<name>`."""
    step: str | None = None
    round: int | None = None
    reason: str | None = None
    legal_basis: str | None = None
    cause: UUID | None = None
    facts: JsonObject = field(default_factory=dict)
    calendar: str | None = None
    """The calendar version that decided, where it is not the newest of the base calendar."""


@dataclass(frozen=True, slots=True)
class Send:
    """A message owed to an agency; `splice` names whose stored payloads belong in it."""

    to: str
    kind: Kind
    data: JsonObject
    step: str | None = None
    round: int | None = None
    splice: tuple[UUID, ...] = ()
    cause: UUID | None = None
    optional: bool = False
    """For information only: an agency that is not connected is owed nothing."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """A handover that need not be sent any more, if it was not sent yet."""

    step: str
    round: int
    reason: str
    at_once: bool = False
    """Even if the agency may be about to get it, or may have it: it has closed."""


@dataclass(frozen=True, slots=True)
class HandOn:
    """What is still owed to one agency about this transfer is owed to another from now on.

    Handovers are not: the other one gets its own.
    """

    agency: str
    to: str
    reason: str


@dataclass(frozen=True, slots=True)
class Folded:
    """The event counted; `repeated`: it said again what was known, and nothing changed."""

    transfer: Transfer
    entries: tuple[Entry, ...] = ()
    sends: tuple[Send, ...] = ()
    withdraws: tuple[Withdraw, ...] = ()
    hands_on: tuple[HandOn, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Declined:
    """The event does not count: `slug` names the problem (schemas.problems)."""

    slug: str
    detail: str
    pointer: str | None = None
