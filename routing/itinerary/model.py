"""The resolved plan of a transfer: which agency does each step, or why none could be named."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from routing.procedures.conditions import Condition, FactValue
from routing.procedures.model import PauseReason, PlaceRule, StartRule

ORIGIN = "origin"


class FailureKind(StrEnum):
    """Why a step has no agency; each is something that a person can resolve."""

    NO_CANDIDATE = "no-candidate"
    AMBIGUOUS = "ambiguous"
    UNIT_UNKNOWN = "unit-unknown"
    UNIT_ABOLISHED = "unit-abolished"
    UNIT_AMBIGUOUS = "unit-ambiguous"
    PLACE_MISSING = "place-missing"
    AGENCY_NOT_IN_FORCE = "agency-not-in-force"


@dataclass(frozen=True, slots=True)
class RouteFailure:
    """Why a step could not be resolved, and between whom a person has to choose, if anyone."""

    kind: FailureKind
    detail: str
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step with its agency, and all that the clock and the lifecycle need of it.

    Exactly one of `agency` and `failure` is set. `expected` says whether the step's condition
    held with the facts known when it was resolved; a step that is not expected is resolved all
    the same, since a later completion may bring the fact.
    `rule` names what decided: `role@place=unit`, or `fixed`.
    """

    id: str
    title_vi: str
    title_en: str
    after: tuple[str, ...]
    budget: str | None
    cutoff: str | None
    start: StartRule
    when: Condition | None
    silence: Literal["consent"] | None
    publication: bool
    outside_total: bool
    legal_basis: str
    role: str | None
    place: PlaceRule | None
    agency: str | None
    failure: RouteFailure | None
    rule: str
    candidates: tuple[str, ...]
    expected: bool = True
    same_day: bool = False


@dataclass(frozen=True, slots=True)
class RouteRequest:
    """What a route depends on.

    `received_at` (when the dossier was received) picks the procedure version; `as_of` (now) is
    the instant for which agencies and units are asked. `procedure_version` pins a version that
    was picked before.
    """

    procedure: str
    originator: str
    places: Mapping[str, str]
    facts: Mapping[str, FactValue]
    received_at: datetime
    as_of: datetime
    procedure_version: str | None = None


@dataclass(frozen=True, slots=True)
class RouteRefused:
    """The submission cannot be routed because of what it says; `slug` is a problem type."""

    slug: str
    detail: str
    pointer: str | None


@dataclass(frozen=True, slots=True)
class Itinerary:
    """The plan of one transfer with the versions of every table that decided it.

    `facts` are the declared facts that routing knew, none identifying. The maps below are
    computed once, since every fold of a message walks them.
    """

    procedure: str
    procedure_version: str
    directory_version: str
    units_version: str
    as_of: datetime
    originator: str
    total: str | None
    total_excludes: tuple[PauseReason, ...]
    facts: Mapping[str, FactValue]
    steps: tuple[PlannedStep, ...]
    by_id: Mapping[str, PlannedStep] = field(init=False, repr=False, compare=False)
    successors: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_id: dict[str, PlannedStep] = {}
        followers: dict[str, tuple[str, ...]] = {ORIGIN: ()}
        for step in self.steps:
            by_id[step.id] = step
            followers[step.id] = ()
            for before in step.after or (ORIGIN,):
                followers[before] += (step.id,)
        object.__setattr__(self, "by_id", MappingProxyType(by_id))
        object.__setattr__(self, "successors", MappingProxyType(followers))

    @property
    def leaves(self) -> tuple[str, ...]:
        """The steps that nothing follows: when all are done, so is the transfer."""
        return tuple(step.id for step in self.steps if not self.successors[step.id])

    def descendants(self, step_id: str) -> tuple[str, ...]:
        """All steps that wait, directly or not, for this one, in the itinerary's order."""
        found: set[str] = set()
        ahead = list(self.successors[step_id])
        while ahead:
            following = ahead.pop()
            if following not in found:
                found.add(following)
                ahead.extend(self.successors[following])
        return tuple(step.id for step in self.steps if step.id in found)
