"""The values of policies: what acts on every transfer besides its procedure.

Read once from `routing/data/policies.toml` by `reading.py`; nothing here is decided late.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Literal

from routing.legaltime import Budget
from routing.policies.scopes import Scoped

OnResume = Literal["remainder", "restart"]
CorrectionLimit = Literal["notice-day", "budget"]
"""Until the close of the working day of the notice, or within the step's own budget."""


class Consequence(StrEnum):
    """What a refusal leads to."""

    RESOLVE_AGAIN = "resolve_again"
    BACK_TO_SENDER = "back_to_sender"
    END_TRANSFER = "end_transfer"


class Missed(StrEnum):
    """What follows when a supplement is not provided in time."""

    STOP_TRANSFER = "stop_transfer"
    """Dừng xử lý: the transfer ends stopped, as of the end of the limit."""
    TELL = "tell"
    """Whom the policies name is told; the agency that asked decides what follows."""


class Audience(StrEnum):
    """Who can be told of a warning or a breach.

    `OPERATIONS` is told by work-queues and metrics, never by a message.
    """

    AGENCY = "agency"
    SENDER = "sender"
    SUPERVISOR = "supervisor"
    ORIGINATOR = "originator"
    OPERATIONS = "operations"


@dataclass(frozen=True, slots=True)
class RefusalRule:
    """What follows a refusal for one reason, and whether its sender must take note first."""

    consequence: Consequence
    acknowledge: bool
    row: str = ""
    """Its name among the policies, for the ledger."""


@dataclass(frozen=True, slots=True)
class ReturnRule:
    """How long whom a dossier comes back to has, and how long its receiver had to return it."""

    answer: CorrectionLimit | Budget
    within: Budget | None = None
    """From the receipt; a later return holds, and is entered as exceeded."""
    legal_basis: str | None = None
    row: str = ""


@dataclass(frozen=True, slots=True)
class Lawful:
    """A rule of a supplement with its article: a budget, a number of times, a consequence."""

    legal_basis: str
    within: Budget | None = None
    times: int | None = None
    missed: Missed = Missed.TELL


@dataclass(frozen=True, slots=True)
class Supplements:
    """What the citizen's supplements are held to; None where no law was found."""

    limit: Scoped[Lawful | None]
    """How long there is to provide one, from when it is asked for."""
    missed: Scoped[Lawful]
    times: Scoped[Lawful | None]
    """How often one may be asked for in a transfer."""
    request: Scoped[Lawful | None]
    """How long an agency has, from its receipt, to say that something is missing."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long systems have between each other, as budgets without cutoff."""

    handover: Budget
    receipt: Budget
    refusal: Budget


@dataclass(frozen=True, slots=True)
class OutageRule:
    """What an outage of one kind stops, and what its declaration should keep to.

    `ahead`: the notice before a planned one. `same_day`: an incident is announced by the close of
    the working day it begins on. `mended`: how long an incident may last. `sources` says by which
    article, under the names of the rows: stops, notice, mended.
    """

    stops: frozenset[str]
    ahead: Budget | None
    same_day: bool
    mended: timedelta | None
    sources: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Policies:
    """One version of all policies."""

    version: str
    handover: Scoped[Budget]
    receipt: Scoped[Budget]
    refusal: Scoped[Budget]
    thresholds: Scoped[tuple[str, ...]]
    """When a deadline is warned of: shares of the budget ("80%") and remainders ("1wd")."""
    notices: Mapping[str, Scoped[tuple[Audience, ...] | None]]
    """What happened → who is told; `warning.<threshold>` goes before `warning`."""
    supplements: Supplements
    calendar_ahead: timedelta
    """How long before its days are needed a calendar has to be known."""
    grace: timedelta
    claim_window: timedelta
    overall_cutoff: Scoped[str | None]
    extension_times: int
    extension_notice: timedelta
    extension_basis: str
    """The article that allows it so often, and so late."""
    refusals: Mapping[str, RefusalRule]
    returns: Mapping[str, Scoped[ReturnRule]]
    """Reason → rule, asked for the step that returns (or refuses)."""
    pauses: Mapping[str, OnResume]
    outages: Mapping[str, OutageRule]
    """By kind: planned, incident."""
    restarts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """`<procedure>/<step>` → pause reasons after which the clock begins again."""
    followers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Procedure → agencies that follow its dossiers without a part in them."""

    def limits_of(
        self,
        procedure: str,
        step: str | None = None,
        agency: str | None = None,
        version: str | None = None,
    ) -> Limits:
        """Return the limits between systems for a procedure's chain, or for one of its hops."""
        return Limits(
            self.handover.of(procedure, step, agency, version),
            self.receipt.of(procedure, step, agency, version),
            self.refusal.of(procedure, step, agency, version),
        )

    def told_of(
        self,
        event: str,
        procedure: str,
        step: str | None = None,
        agency: str | None = None,
        version: str | None = None,
    ) -> tuple[Audience, ...]:
        """Return who is told of an event; the row of `warning.1wd` goes before `warning`'s."""
        while True:
            scoped = self.notices.get(event)
            told = scoped.of(procedure, step, agency, version) if scoped is not None else None
            if told is not None:
                return told
            event, dot, _ = event.rpartition(".")
            if not dot:
                return ()

    def on_resume(self, procedure: str, step: str, reason: str) -> OnResume:
        """Return what resuming after this reason does to the clock of this step."""
        if self.restarts and reason in self.restarts.get(f"{procedure}/{step}", ()):
            return "restart"
        return self.pauses.get(reason, "remainder")
