"""Procedures as values: a version, its steps, the facts they ask for.

A procedure version is law turned into data: every row names its legal basis, where it was read
and how certain that reading is. Nothing here resolves an agency; see routing.itinerary.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from routing.procedures.conditions import Condition, FactValue

PlaceName = Literal[
    "applicant",
    "land_parcel",
    "deceased",
    "workplace",
    "construction_site",
    "business",
    "registration",
]
PlaceRule = Literal[PlaceName, "receiver"]
PauseReason = Literal["supplement", "payment", "confirmation", "publication", "outage"]
StartRule = Literal["sent", "received"]


class Certainty(StrEnum):
    """How sure a row is of the law it states."""

    SOURCED = "sourced"  # the legal or official text was read
    SECONDARY = "secondary"  # a secondary source says so
    OBSERVED = "observed"  # practice seen in a real system or list
    COMPUTED = "computed"  # follows by arithmetic from sourced rows
    MEMORY = "memory"  # from memory, not read
    UNVERIFIED = "unverified"  # an assumption that keeps the chain runnable
    DEMO = "demo"  # invented for demonstration; no law behind it


@dataclass(frozen=True, slots=True)
class BudgetCase:
    """A budget that replaces the ordinary one while its condition holds."""

    when: Condition
    budget: str | None
    legal_basis: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Fact:
    """A typed, non-identifying fact that conditions of a procedure may ask for.

    `given_by` is "origin" or the step whose completion tells the fact.
    """

    name: str
    kind: Literal["bool", "int", "choice"]
    choices: tuple[str, ...]
    required: bool
    given_by: str
    title_vi: str
    title_en: str

    def admits(self, value: FactValue) -> bool:
        """Say whether a value has the declared type and, for a choice, is on the list."""
        match self.kind:
            case "bool":
                return isinstance(value, bool)
            case "int":
                return isinstance(value, int) and not isinstance(value, bool)
            case "choice":
                return value in self.choices

    @property
    def expectation(self) -> str:
        """What a sender must write, for an error message."""
        match self.kind:
            case "bool":
                return "true or false"
            case "int":
                return "a whole number"
            case "choice":
                return "one of " + ", ".join(self.choices)


@dataclass(frozen=True, slots=True)
class Step:
    """One task of a procedure, addressed to a role at a place or to a fixed agency.

    `after` names the steps it waits for; empty means the originator feeds it.
    `cutoff` is "15:00" or None; `budget` None means that the law sets no limit of its own.
    """

    id: str
    title_vi: str
    title_en: str
    role: str | None
    agency: str | None
    place: PlaceRule | None
    after: tuple[str, ...]
    budget: str | None
    budget_cases: tuple[BudgetCase, ...]
    cutoff: str | None
    start: StartRule
    when: Condition | None
    silence: Literal["consent"] | None
    publication: bool
    outside_total: bool
    legal_basis: str
    source: str
    certainty: Certainty
    note: str | None
    same_day: bool = False
    """Due by the close of the working day on which it starts; it has no other budget then."""


@dataclass(frozen=True, slots=True)
class Procedure:
    """One version of a procedure, in force in [valid_from, valid_to).

    `chain` is the row of the chain table it implements; `demo` marks a code that is not national.
    `exclusive` lists groups of steps of which exactly one runs, whatever the facts.
    """

    code: str
    version: str
    title_vi: str
    title_en: str
    field: str
    chain: int
    demo: bool
    valid_from: datetime
    valid_to: datetime | None
    total: str | None
    total_cases: tuple[BudgetCase, ...]
    total_excludes: tuple[PauseReason, ...]
    facts: Mapping[str, Fact]
    exclusive: tuple[tuple[str, ...], ...]
    steps: tuple[Step, ...]
    legal_basis: str
    source: str
    certainty: Certainty
    note: str | None

    def in_force(self, instant: datetime) -> bool:
        """Say whether a dossier received at this instant falls under this version."""
        return self.valid_from <= instant and (self.valid_to is None or instant < self.valid_to)

    def step(self, step_id: str) -> Step:
        """Find a step by its id; KeyError if there is none."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition of the version, of steps, budgets and totals."""
        asked = [step.when for step in self.steps if step.when is not None]
        asked += [case.when for step in self.steps for case in step.budget_cases]
        return (*asked, *(case.when for case in self.total_cases))

    @property
    def places(self) -> tuple[PlaceName, ...]:
        """The places a sender has to give for every step to be resolvable."""
        return tuple(
            dict.fromkeys(s.place for s in self.steps if s.place and s.place != "receiver")
        )
