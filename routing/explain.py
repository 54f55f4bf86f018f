"""Explain a route: for each step which rule decided, from which tables, between whom, and why.

Rows for people and for `lienthong route --json`: plain values, nothing that identifies a person.
"""

from dataclasses import dataclass
from datetime import datetime

from routing.directory import Directory
from routing.itinerary import Itinerary, PlannedStep, Walk
from routing.procedures import Procedure
from routing.procedures.conditions import in_words


@dataclass(frozen=True, slots=True)
class ExplainedStep:
    """One step of a route with the grounds of its choice.

    `runs` is "yes", "no" or "if ..." with the condition that a later fact may fulfil. `why` is
    one English sentence. Deadlines are the latest possible ones, None without a calendar or
    where the law sets no limit.
    """

    step: str
    title_vi: str
    title_en: str
    after: tuple[str, ...]
    runs: str
    agency: str | None
    agency_name: str | None
    failure: str | None
    rule: str
    candidates: tuple[str, ...]
    why: str
    tables: tuple[str, ...]
    budget: str | None
    cutoff: str | None
    start: str
    silence: str | None
    inside_total: bool
    starts_at: datetime | None
    due_at: datetime | None
    legal_basis: str
    source: str
    certainty: str
    note: str | None
    same_day: bool


def explain(
    itinerary: Itinerary, procedure: Procedure, directory: Directory, walk: Walk | None = None
) -> tuple[ExplainedStep, ...]:
    """Explain every step, in the itinerary's order."""
    return tuple(_explain(step, itinerary, procedure, directory, walk) for step in itinerary.steps)


def _explain(
    planned: PlannedStep,
    itinerary: Itinerary,
    procedure: Procedure,
    directory: Directory,
    walk: Walk | None,
) -> ExplainedStep:
    step = procedure.step(planned.id)
    agency = directory.agency(planned.agency, itinerary.as_of) if planned.agency else None
    due = walk.due.get(planned.id) if walk is not None else None
    return ExplainedStep(
        step=planned.id,
        title_vi=planned.title_vi,
        title_en=planned.title_en,
        after=planned.after or ("origin",),
        runs=_runs(planned),
        agency=planned.agency,
        agency_name=agency.name if agency else None,
        failure=str(planned.failure.kind) if planned.failure else None,
        rule=planned.rule,
        candidates=planned.candidates,
        why=_why(planned),
        tables=(
            f"procedure {itinerary.procedure} {itinerary.procedure_version}",
            f"directory {itinerary.directory_version}",
            f"units {itinerary.units_version}",
        ),
        budget=planned.budget,
        cutoff=planned.cutoff,
        start=planned.start,
        silence=planned.silence,
        inside_total=not (planned.outside_total or planned.publication),
        starts_at=due.started_at if due else None,
        due_at=due.deadline_at if due else None,
        legal_basis=planned.legal_basis,
        source=step.source,
        certainty=str(step.certainty),
        note=step.note,
        same_day=planned.same_day,
    )


def _runs(planned: PlannedStep) -> str:
    if planned.when is None:
        return "yes"
    words = in_words(planned.when)
    if planned.expected:
        return f"yes: {words}"
    return f"no, unless {words}"


def _why(planned: PlannedStep) -> str:
    if planned.failure is not None:
        return f"{planned.failure.detail}; a person has to decide"
    if planned.role is None:
        return f"the procedure names {planned.agency} itself"
    if planned.place == "receiver":
        here = "itself" if "=" not in planned.rule else f"for {planned.rule.split('=', 1)[1]}"
        return f"{planned.agency} is the {planned.role} of the receiving agency {here}"
    unit, _, given = planned.rule.split("=", 1)[1].partition("<")
    followed = f", which {given} as given became" if given else ""
    return (
        f"{planned.agency} is the only {planned.role} in force whose jurisdiction covers "
        f"{unit} ({planned.place}){followed}"
    )
