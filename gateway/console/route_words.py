"""Why a step goes where it goes, and what to do where it goes nowhere, in a reader's words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.console.procedure_words import ProcedureWords
from gateway.console.words import Words
from gateway.rulebook import Rulebook
from routing.itinerary import PlannedStep, RouteRefused
from routing.procedures import Procedure
from routing.units import Unit, UnitAbolished, UnitFound

REFUSALS: Final = (
    "unknown-procedure",
    "procedure-not-in-force",
    "missing-field",
    "invalid-value",
    "unknown-field",
    "abolished-unit",
    "ambiguous-unit",
    "unknown-unit",
)
"""Problem types by which a submission is refused for what it says."""


@dataclass(frozen=True, slots=True)
class RouteWords:
    """Tells of one route, as of one instant."""

    words: Words
    procedures: ProcedureWords
    rulebook: Rulebook
    at: datetime

    def agency(self, code: str) -> str:
        """Return what an agency is called then; its code if nobody knows."""
        found = self.rulebook.directory.agency(code, self.at)
        return found.name if found else code

    def unit(self, code: str) -> str:
        """Name a unit with the one above it; as it was last, if it is no more."""
        versions = self.rulebook.units.versions(code)
        if not versions:
            return code
        shown = next((one for one in versions if one.in_force(self.at)), versions[-1])
        return self.named(shown)

    def named(self, unit: Unit) -> str:
        """Name a unit with those above it, as they were in its time."""
        said = [unit.name]
        above = unit.parent
        at = self.at if unit.in_force(self.at) else unit.valid_from or self._just_before(unit)
        while above is not None and len(said) < 3:
            found = self.rulebook.units.find(above, at)
            if not isinstance(found, UnitFound):
                break
            said.append(found.unit.name)
            above = found.unit.parent
        return ", ".join(said)

    def followers(self, unit: Unit) -> list[tuple[str, str]]:
        """Return the present units in which an abolished one lies, each with its name."""
        return [(code, self.unit(code)) for code in self.rulebook.units.successors(unit)]

    def lies_in(self, abolished: UnitAbolished) -> list[tuple[str, str]]:
        return [(code, self.unit(code)) for code in abolished.successors]

    def why(self, step: PlannedStep) -> str:
        """Say in a sentence why this agency, or why none."""
        if step.failure is not None:
            return self.words(f"route.failure.{step.failure.kind}", rule=self._asked(step))
        if step.role is None:
            return self.words("route.why.fixed")
        role = self.procedures.competence(step.role)
        if step.place == "receiver":
            itself = "=" not in step.rule
            return self.words(
                "route.why.receiver-itself" if itself else "route.why.receiver", role=role
            )
        unit, _, given = step.rule.partition("=")[2].partition("<")
        place = self.procedures.place(step.place)
        if given:
            return self.words(
                "route.why.followed",
                role=role,
                unit=self.unit(unit),
                place=place,
                given=self.unit(given),
            )
        return self.words("route.why.place", role=role, unit=self.unit(unit), place=place)

    def to_do(self, step: PlannedStep) -> str:
        """Say what a person can do about a step that has no agency."""
        assert step.failure is not None
        return self.words(f"route.to-do.{step.failure.kind}")

    def refused(self, refused: RouteRefused, procedure: Procedure | None) -> str:
        """Say why the submission itself would be refused."""
        field = (refused.pointer or "").rpartition("/")[2]
        fact = procedure.facts.get(field) if procedure else None
        said = self.procedures.title(fact) if fact else self.procedures.place(field)
        return self.words(f"route.refused.{refused.slug}", field=said)

    def _asked(self, step: PlannedStep) -> str:
        if step.role is None:
            return ", ".join(step.candidates)
        return self.procedures.competence(step.role)

    def _just_before(self, unit: Unit) -> datetime:
        """An instant at which a unit was still there that began before what is known."""
        return self.rulebook.units.known_from if unit.valid_to else self.at
