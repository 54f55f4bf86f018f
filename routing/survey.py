"""The survey: a directory, its units and every procedure, checked against each other everywhere.

Each step of each version of each procedure is resolved for each unit that a dossier can start in,
for all the time in which the version is in force: the 10,035 communes of the three tiers, the
3,321 of the two. Steps that ask for the same role are resolved together, and what is wrong alike
in many units is one finding, which names the steps that it strands.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from routing.directory import Directory
from routing.directory.coverage import Coverage, Need
from routing.directory.findings import Finding, Severity
from routing.directory.lint import contradictions
from routing.directory.periods import outside, union
from routing.directory.territory import FAR_FUTURE, FAR_PAST
from routing.legaltime import WorkCalendar
from routing.lint import lint_by_itself
from routing.procedures import Catalogue, Procedure, Step
from routing.units import Units

_ORDER = list(Severity)


def survey(
    catalogue: Catalogue,
    directory: Directory,
    units: Units,
    calendar: WorkCalendar,
    tell: Callable[[int, int], None] = lambda _done, _all: None,
) -> tuple[Finding, ...]:
    """Return everything that was found, the worst first; `tell` hears how far it has come."""
    procedures = _procedures(catalogue)
    coverage = _coverage(procedures, directory, units)
    parts = len(coverage.roles) + len(procedures) + 1
    found: list[Finding] = []
    done = 0
    for part in _of_places(procedures, directory, units, coverage):
        found.extend(part)
        done += 1
        tell(done, parts)
    for code in catalogue.codes():
        found.extend(_alone(catalogue.versions(code), calendar))
        done += len(catalogue.versions(code))
        tell(done, parts)
    return tuple(sorted(found, key=lambda one: _ORDER.index(one.severity)))


def survey_places(catalogue: Catalogue, directory: Directory, units: Units) -> tuple[Finding, ...]:
    """Return what of it depends on the directory: all but the procedures by themselves."""
    procedures = _procedures(catalogue)
    coverage = _coverage(procedures, directory, units)
    parts = _of_places(procedures, directory, units, coverage)
    return tuple(one for part in parts for one in part)


def _of_places(
    procedures: Sequence[Procedure], directory: Directory, units: Units, coverage: Coverage
) -> Iterator[Sequence[Finding]]:
    """Yield what is found in parts: contradictions and named agencies, then role by role."""
    fixed = [one for each in procedures for one in _fixed_agencies(each, directory, coverage.begin)]
    yield [*contradictions(directory, units), *fixed]
    for role in coverage.roles:
        yield list(coverage.findings(role))


def _procedures(catalogue: Catalogue) -> list[Procedure]:
    return [one for code in catalogue.codes() for one in catalogue.versions(code)]


def _coverage(procedures: Sequence[Procedure], directory: Directory, units: Units) -> Coverage:
    return Coverage(directory, units, (need for one in procedures for need in _needs(one)))


def _needs(procedure: Procedure) -> Iterator[Need]:
    for step in procedure.steps:
        if step.role is not None and step.agency is None:
            end = procedure.valid_to or FAR_FUTURE
            yield Need(step.role, _named(procedure, step), procedure.valid_from, end)


def _alone(versions: Sequence[Procedure], calendar: WorkCalendar) -> Iterator[Finding]:
    for one in lint_by_itself(versions, calendar):
        where = f"{one.procedure} {one.version}" + (f" {one.step}" if one.step else "")
        yield Finding(one.severity, one.kind, where, one.detail)


def _fixed_agencies(
    procedure: Procedure, directory: Directory, known_from: datetime
) -> Iterator[Finding]:
    """An agency that a step names is there for as long as the version; before, nobody knows."""
    begin = max(procedure.valid_from, known_from)
    end = procedure.valid_to or FAR_FUTURE
    for step in procedure.steps:
        if step.agency is None or begin >= end:
            continue
        rows = directory.history(step.agency)
        there = union((row.valid_from, row.valid_to or FAR_FUTURE) for row in rows)
        for without in outside((begin, end), there):
            yield Finding(
                Severity.ERROR,
                "agency-not-in-force",
                step.agency,
                "named by a step, and not there",
                begin=without[0] if without[0] > FAR_PAST else None,
                end=without[1] if without[1] < FAR_FUTURE else None,
                steps=(_named(procedure, step),),
            )


def _named(procedure: Procedure, step: Step) -> str:
    return f"{procedure.code} {procedure.version} {step.id}"
