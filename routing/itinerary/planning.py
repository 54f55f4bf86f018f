"""Plan an itinerary: pick the procedure version, then one agency per step, or say why not.

A pure function of the request and the tables. Two outcomes are kept apart: what the *sender* said
wrongly refuses the whole submission (RouteRefused, with a pointer into its message); what *we*
cannot decide is a typed failure on the step, which a person resolves while the rest goes on.
"""

from collections.abc import Mapping
from datetime import datetime

from routing.directory import Directory
from routing.itinerary.model import (
    FailureKind,
    Itinerary,
    PlannedStep,
    RouteFailure,
    RouteRefused,
    RouteRequest,
)
from routing.itinerary.places import Placed, locate
from routing.procedures.cases import budget_in
from routing.procedures.catalogue import Catalogue
from routing.procedures.conditions import FactValue, holds
from routing.procedures.model import Procedure, Step
from routing.synthetic import is_synthetic, is_synthetic_procedure
from routing.units import Level, UnitFound, Units

_NOBODY: frozenset[str] = frozenset()
_NONE_EXCLUDED: Mapping[str, frozenset[str]] = {}


def plan(
    request: RouteRequest,
    catalogue: Catalogue,
    directory: Directory,
    units: Units,
    excluded: Mapping[str, frozenset[str]] = _NONE_EXCLUDED,
) -> Itinerary | RouteRefused:
    """Plan the whole route.

    `excluded` names, per step, agencies that have said that they are not competent.
    """
    procedure = _version(request, catalogue)
    if isinstance(procedure, RouteRefused):
        return procedure
    facts = _declared_facts(procedure, request.facts)
    if isinstance(facts, RouteRefused):
        return facts
    placed: dict[str, Placed | RouteFailure] = {}
    for name, code in request.places.items():
        where = locate(name, code, request.received_at, request.as_of, units)
        if isinstance(where, RouteRefused):
            return where
        placed[name] = where
    steps = tuple(
        [
            _resolve(step, request, facts, placed, directory, excluded.get(step.id, _NOBODY))
            for step in procedure.steps
        ]
    )
    for step in steps:
        if step.failure is not None and step.expected:
            refused = _misplaced(step, step.failure, placed, request, directory, units)
            if refused is not None:
                return refused
    return Itinerary(
        procedure=procedure.code,
        procedure_version=procedure.version,
        directory_version=directory.version,
        units_version=units.version,
        as_of=request.as_of,
        originator=request.originator,
        total=budget_in(procedure.total, procedure.total_cases, facts),
        total_excludes=procedure.total_excludes,
        facts=facts,
        steps=steps,
    )


def resolve_step(
    planned: PlannedStep,
    request: RouteRequest,
    catalogue: Catalogue,
    directory: Directory,
    units: Units,
    excluded: frozenset[str] = _NOBODY,
) -> PlannedStep:
    """Resolve one step again, at dispatch or after a correction.

    Pin `request.procedure_version`, since the version of a dossier never changes. The agency, the
    budget (by the facts known now), `rule`, `candidates` and `expected` may differ from `planned`.
    A place that is bad by now is a failure of the step, never a refusal: it was accepted before.
    """
    procedure = _version(request, catalogue)
    if isinstance(procedure, RouteRefused):
        raise KeyError(procedure.detail)
    step = procedure.step(planned.id)
    placed: dict[str, Placed | RouteFailure] = {}
    if step.place is not None and (code := request.places.get(step.place)) is not None:
        where = locate(step.place, code, request.received_at, request.as_of, units)
        if isinstance(where, RouteRefused):
            where = RouteFailure(_FAILURE_OF_REFUSAL[where.slug], where.detail)
        placed[step.place] = where
    facts = {name: value for name, value in request.facts.items() if name in procedure.facts}
    return _resolve(step, request, facts, placed, directory, excluded)


_FAILURE_OF_REFUSAL: Mapping[str, FailureKind] = {
    "unknown-unit": FailureKind.UNIT_UNKNOWN,
    "abolished-unit": FailureKind.UNIT_ABOLISHED,
    "ambiguous-unit": FailureKind.UNIT_AMBIGUOUS,
}


def _version(request: RouteRequest, catalogue: Catalogue) -> Procedure | RouteRefused:
    code = request.procedure
    if request.procedure_version is not None:
        return catalogue.get(code, request.procedure_version)
    foreign = is_synthetic_procedure(code) and not is_synthetic(request.originator)
    procedure = catalogue.in_force(code, request.received_at)
    if procedure is not None and not foreign:
        return procedure
    if foreign or not (versions := catalogue.versions(code)):
        return RouteRefused(
            "unknown-procedure", f"the catalogue has no procedure {code}", "/data/procedure"
        )
    spans = "; ".join(
        f"{one.valid_from:%Y-%m-%d} to {one.valid_to:%Y-%m-%d}"
        if one.valid_to
        else f"from {one.valid_from:%Y-%m-%d}"
        for one in versions
    )
    return RouteRefused(
        "procedure-not-in-force",
        f"{code} is not in force for a dossier received at {request.received_at.isoformat()}; "
        f"it is in force {spans}",
        "/data/procedure",
    )


def undeclared_fact(procedure: Procedure, given: Mapping[str, FactValue]) -> RouteRefused | None:
    """Refuse the first fact that the procedure does not declare; a mistyped name is one."""
    for name in given:
        if name not in procedure.facts:
            known = ", ".join(sorted(procedure.facts)) or "none"
            return RouteRefused(
                "unknown-field",
                f"{procedure.code} has no such fact; it declares {known}",
                f"/data/facts/{name}",
            )
    return None


def _declared_facts(
    procedure: Procedure, given: Mapping[str, FactValue]
) -> dict[str, FactValue] | RouteRefused:
    """Refuse what is not declared: it would decide nothing, and might identify a person."""
    if (refused := undeclared_fact(procedure, given)) is not None:
        return refused
    facts: dict[str, FactValue] = {}
    for name, fact in procedure.facts.items():
        value = given.get(name)
        if value is None:
            if fact.required:
                return RouteRefused(
                    "missing-field",
                    f"{procedure.code} needs the fact {name}: {fact.expectation}",
                    f"/data/facts/{name}",
                )
            continue
        if not fact.admits(value):
            return RouteRefused(
                "invalid-value",
                f"the fact {name} must be {fact.expectation}",
                f"/data/facts/{name}",
            )
        facts[name] = value
    return facts


def _resolve(
    step: Step,
    request: RouteRequest,
    facts: Mapping[str, FactValue],
    placed: Mapping[str, Placed | RouteFailure],
    directory: Directory,
    excluded: frozenset[str],
) -> PlannedStep:
    if step.agency is not None:
        rule, found = "fixed", _fixed(step.agency, request, directory)
    elif step.place == "receiver":
        rule, found = _by_receiver(step, request, directory)
    else:
        rule, found = _by_place(step, request, placed, directory)
    agency, failure, candidates = _one_of(found, rule, excluded)
    return PlannedStep(
        step.id,
        step.title_vi,
        step.title_en,
        step.after,
        budget_in(step.budget, step.budget_cases, facts) if step.budget_cases else step.budget,
        step.cutoff,
        step.start,
        step.when,
        step.silence,
        step.publication,
        step.outside_total,
        step.legal_basis,
        step.role,
        step.place,
        agency,
        failure,
        rule,
        candidates,
        step.when is None or holds(step.when, facts),
        step.same_day,
    )


def _misplaced(
    step: PlannedStep,
    failure: RouteFailure,
    placed: Mapping[str, Placed | RouteFailure],
    request: RouteRequest,
    directory: Directory,
    units: Units,
) -> RouteRefused | None:
    """Refuse a place that a step needs and nobody gave, or that is too wide to tell an agency."""
    pointer = f"/data/places/{step.place}"
    if failure.kind is FailureKind.PLACE_MISSING:
        return RouteRefused(
            "missing-field", f"the step {step.id} needs the place {step.place}", pointer
        )
    where = placed.get(step.place) if step.place is not None else None
    if failure.kind is not FailureKind.NO_CANDIDATE or not isinstance(where, Placed):
        return None
    found = units.find(where.unit, request.as_of)
    if not isinstance(found, UnitFound) or found.unit.level is Level.COMMUNE:
        return None
    if not _works_in_communes(step.role, directory, units, request.as_of):
        return None
    return RouteRefused(
        "invalid-value",
        f"the place {step.place} is a {found.unit.level}; the step {step.id} needs the commune",
        pointer,
    )


def _works_in_communes(
    role: str | None, directory: Directory, units: Units, as_of: datetime
) -> bool:
    """Whether a role is divided by communes, so that nothing wider names one agency."""
    for code, spans in directory.listed(role or "").items():
        if any(span.begin <= as_of < span.end for span in spans):
            first = units.find(code, as_of)
            return isinstance(first, UnitFound) and first.unit.level is Level.COMMUNE
    return False


def _fixed(
    code: str, request: RouteRequest, directory: Directory
) -> tuple[str, ...] | RouteFailure:
    agency = directory.agency(code, request.as_of)
    if agency is None:
        return RouteFailure(
            FailureKind.AGENCY_NOT_IN_FORCE,
            f"the procedure names the agency {code}, which is not in force",
        )
    return (agency.code,)


def _by_receiver(
    step: Step, request: RouteRequest, directory: Directory
) -> tuple[str, tuple[str, ...] | RouteFailure]:
    originator = directory.agency(request.originator, request.as_of)
    if originator is None:
        return f"{step.role}@receiver", RouteFailure(
            FailureKind.AGENCY_NOT_IN_FORCE,
            f"the receiving agency {request.originator} is not in force",
        )
    if step.role in originator.roles:
        return f"{step.role}@receiver", (originator.code,)
    assert step.role is not None
    where = originator.jurisdiction
    competent = {
        agency.code: None
        for unit in where
        for agency in directory.competent(step.role, unit, request.as_of)
    }
    return f"{step.role}@receiver={','.join(where)}", tuple(competent)


def _by_place(
    step: Step,
    request: RouteRequest,
    placed: Mapping[str, Placed | RouteFailure],
    directory: Directory,
) -> tuple[str, tuple[str, ...] | RouteFailure]:
    assert step.role is not None
    assert step.place is not None
    where = placed.get(step.place)
    if where is None:
        return f"{step.role}@{step.place}", RouteFailure(
            FailureKind.PLACE_MISSING, f"the submission gives no place {step.place}"
        )
    if isinstance(where, RouteFailure):
        return f"{step.role}@{step.place}", where
    competent = directory.competent(step.role, where.unit, request.as_of)
    return f"{step.role}@{step.place}={where.words}", tuple([one.code for one in competent])


def _one_of(
    found: tuple[str, ...] | RouteFailure, rule: str, excluded: frozenset[str]
) -> tuple[str | None, RouteFailure | None, tuple[str, ...]]:
    if isinstance(found, RouteFailure):
        return None, found, found.candidates
    left = found if not excluded else tuple(code for code in found if code not in excluded)
    if len(left) == 1:
        return left[0], None, left
    if left:
        failure = RouteFailure(
            FailureKind.AMBIGUOUS, f"{len(left)} agencies are competent for {rule}", left
        )
    elif found:
        failure = RouteFailure(
            FailureKind.NO_CANDIDATE,
            f"every agency found for {rule} has said that it is not competent",
        )
    else:
        failure = RouteFailure(
            FailureKind.NO_CANDIDATE, f"no agency in force is competent for {rule}"
        )
    return None, failure, left
