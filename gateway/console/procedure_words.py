"""What procedures are made of, in a reader's words: roles, places, limits, conditions.

The tables speak in codes (`one-stop.commune`, `2 wd`); the catalogues have a word for each that is
packaged, and what is new in the data is told by its own.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gateway.console.formats import Formats
from gateway.console.step_graph import GraphStep
from gateway.console.words import Language, Words
from gateway.pictures.words import budget_words
from gateway.reports.names import field_of
from routing.itinerary import PlannedStep
from routing.legaltime import Budget
from routing.lint import Finding
from routing.procedures import FactValue, Procedure, Step
from routing.procedures.conditions import Condition

Named = Step | PlannedStep


class ProcedureWords:
    """One language's words for one catalogue."""

    def __init__(self, words: Words, language: Language) -> None:
        self._words = words
        self._language = language
        self._formats = Formats(language)

    def title(self, of: Any) -> str:
        """Return the title of a procedure, a step or a fact in this language."""
        return str(of.title_vi if self._language == "vi" else of.title_en)

    def field(self, field: str) -> str:
        vi, en = field_of(field)
        return vi if self._language == "vi" else en

    def competence(self, role: str | None) -> str:
        return self._known(f"competence.{role}", role or "")

    def place(self, place: str | None) -> str:
        return self._known(f"place.{place}", place or "")

    def certainty(self, certainty: str) -> str:
        return self._known(f"certainty.{certainty}", certainty)

    def pause(self, reason: str) -> str:
        return self._known(f"procedure.pause.{reason}", reason)

    def value(self, value: FactValue) -> str:
        """Return what a fact may be: yes or no, a number, or a choice."""
        match value:
            case bool():
                return self._words("fact.yes" if value else "fact.no")
            case int():
                return str(value)
            case _:
                return self._known(f"choice.{value}", value)

    def budget(self, budget: str) -> str:
        return budget_words(self._language, budget)

    def who(self, step: Step, named: Mapping[str, str]) -> str:
        """Say to whom a step is addressed."""
        if step.agency is not None:
            return named.get(step.agency) or step.agency
        if step.place == "receiver":
            return self._words("step.who.receiver", role=self.competence(step.role))
        return self._words(
            "step.who.place", role=self.competence(step.role), place=self.place(step.place)
        )

    def limit(self, step: Named) -> str:
        """Say how long a step may take."""
        if step.budget is not None:
            return self._words("step.limit", limit=self.budget(step.budget))
        return self._words("step.limit.same-day" if step.same_day else "step.limit.none")

    def tags(self, step: Named) -> tuple[tuple[str, str], ...]:
        """Return what is special about a step, each with a sign."""
        found: list[tuple[str, str]] = []
        if step.when is not None:
            found.append(("◇", self._words("step.conditional")))
        if step.silence is not None:
            found.append(("∿", self._words("step.silence")))
        if step.publication:
            found.append(("▤", self._words("step.publication")))
        elif step.outside_total:
            found.append(("○", self._words("step.outside")))
        return tuple(found)

    def condition(self, condition: Condition | None, procedure: Procedure) -> str:
        """Write a condition as a person would read it aloud."""
        if condition is None:
            return self._words("condition.always")
        if "fact" in condition:
            values: Sequence[FactValue] = condition.get("in") or [condition["equals"]]
            fact = procedure.facts.get(condition["fact"])
            said = self.title(fact) if fact else str(condition["fact"])
            joint = f" {self._words('condition.or')} "
            return f"“{said}”: {joint.join(map(self.value, values))}"
        if "not" in condition:
            return self._words("condition.not", what=self.condition(condition["not"], procedure))
        key, parts = (
            ("condition.and", condition["all"])
            if "all" in condition
            else ("condition.or", condition["any"])
        )
        joint = f" {self._words(key)} "
        return "(" + joint.join(self.condition(part, procedure) for part in parts) + ")"

    def finding(self, one: Finding) -> str:
        """Say what lint found; what nobody has words for is told by its own sentence."""
        id_ = f"finding.{one.kind}"
        if id_ not in self._words:
            return one.detail
        return self._words(id_, **{name: self._told(name, v) for name, v in one.values.items()})

    def _told(self, name: str, value: str) -> str:
        """Write a value of a finding: a budget, an instant, a role, or as it is."""
        if name == "by":
            budget = Budget.parse(value)
            amount = round(float(budget.amount), 1)
            return self.budget(f"{amount:g} {budget.unit}")
        if name in ("at", "since") or name.endswith("_at"):
            return self._formats.instant(datetime.fromisoformat(value))
        return self.competence(value) if name == "role" else value

    def graph_steps(self, procedure: Procedure, named: Mapping[str, str]) -> list[GraphStep]:
        """Return what is drawn of a version's steps."""
        return [
            GraphStep(
                step.id,
                self.title(step),
                self.who(step, named),
                self.limit(step),
                step.after,
                self.tags(step),
                conditional=step.when is not None,
                outside=step.publication or step.outside_total,
            )
            for step in procedure.steps
        ]

    def _known(self, id_: str, otherwise: str) -> str:
        return self._words(id_) if id_ in self._words else otherwise
