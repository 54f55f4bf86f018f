"""Lint: does every procedure resolve everywhere, hold together, and fit its own total?

Pure checks of the tables against each other; nothing is repaired. An `error` would strand a
dossier, a `warning` needs a person's look, a `note` is a fact worth knowing (such as by how much
the hop limits of the law can exceed the total of the same law).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from routing.data.tables import VIETNAM
from routing.directory import Directory
from routing.directory.findings import Severity
from routing.itinerary import Leg, Walk, walk
from routing.legaltime import Budget, WorkCalendar, between
from routing.procedures import Catalogue, FactValue, Procedure, Step, holds
from routing.procedures.cases import budget_in, cases_of
from routing.procedures.conditions import comparisons
from routing.units import Level, UnitFound, Units

ORDINARY_WEEK = date(2026, 3, 2)
HOLIDAY_WEEK = date(2026, 4, 27)  # 27/04, 30/04 and 01/05 are days off
_QUARTER = timedelta(minutes=15)
_ORIGIN = "one-stop.commune"
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that lint has to say about a procedure version, or a step of it.

    `detail` is a sentence in English; `values` are the facts in it, for other words.
    """

    severity: Severity
    kind: str
    procedure: str
    version: str
    step: str | None
    detail: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Overshoot:
    """The worst case of a version: by how much the limits of its hops exceed its total."""

    facts: Mapping[str, FactValue]
    starts_at: datetime
    ends_at: datetime
    deadline_at: datetime
    by: Budget


def lint(
    catalogue: Catalogue, directory: Directory, units: Units, calendar: WorkCalendar
) -> tuple[Finding, ...]:
    """Check every version of every procedure; errors first."""
    eras = _eras(directory, units)
    found: list[Finding] = []
    for code in catalogue.codes():
        found.extend(lint_by_itself(catalogue.versions(code), calendar))
        for procedure in catalogue.versions(code):
            found.extend(_resolution(procedure, directory, eras))
    order = list(Severity)
    return tuple(sorted(found, key=lambda one: order.index(one.severity)))


def lint_by_itself(versions: Sequence[Procedure], calendar: WorkCalendar) -> Iterator[Finding]:
    """Check the versions of one procedure, wherever its steps may go."""
    yield from _gaps(versions)
    for procedure in versions:
        yield from _consistency(procedure)
        yield from _fit(procedure, calendar)


def worst_overshoot(
    procedure: Procedure,
    calendar: WorkCalendar,
    weeks: Sequence[date] = (ORDINARY_WEEK, HOLIDAY_WEEK),
) -> Overshoot | None:
    """Walk every case from every quarter-hour of the weeks; None if all fit the total.

    Each hop is handed over at once and finished at its deadline.
    """
    worst: Overshoot | None = None
    for total, legs, facts in _distinct_routes(procedure):
        for start in _quarter_hours(weeks):
            walked = walk(legs, total, calendar, start)
            if walked.overall is None or not walked.overshoots:
                continue
            by = _excess(walked, walked.overall.deadline_at, total, calendar)
            if worst is None or by.amount > worst.by.amount:
                worst = Overshoot(facts, start, walked.ends_at, walked.overall.deadline_at, by)
    return worst


def _excess(walked: Walk, deadline_at: datetime, total: str, calendar: WorkCalendar) -> Budget:
    return between(calendar, deadline_at, walked.ends_at, Budget.parse(total).unit)


def _distinct_routes(
    procedure: Procedure,
) -> Iterator[tuple[str, tuple[Leg, ...], Mapping[str, FactValue]]]:
    """Many sets of facts lead to routes that walk alike: each such route once."""
    seen: set[tuple[str, frozenset[object]]] = set()
    for facts in cases_of(procedure):
        total = budget_in(procedure.total, procedure.total_cases, facts)
        legs = tuple(_leg(step, facts) for step in procedure.steps)
        if total is not None and (total, shape := _shape(legs)) not in seen:
            seen.add((total, shape))
            yield total, legs, facts


def _shape(legs: Sequence[Leg]) -> frozenset[object]:
    """What walking depends on: no names, twins that run in parallel once, idle legs not at all."""
    ends: dict[str, frozenset[object]] = {}
    shapes: set[object] = set()
    for leg in legs:
        before = frozenset[object]().union(*(ends[one] for one in leg.after))
        if not (leg.runs and leg.has_limit):
            ends[leg.id] = before
        else:
            shape = (leg.budget, leg.cutoff, leg.outside, before)
            shapes.add(shape)
            ends[leg.id] = frozenset({shape})
    return frozenset(shapes)


def _leg(step: Step, facts: Mapping[str, FactValue]) -> Leg:
    runs = holds(step.when, facts)
    budget = budget_in(step.budget, step.budget_cases, facts) if runs else None
    outside = step.publication or step.outside_total
    return Leg(step.id, step.after, budget, step.cutoff, outside, runs, step.same_day)


def _quarter_hours(weeks: Sequence[date]) -> Iterator[datetime]:
    for monday in weeks:
        begin = datetime.combine(monday, time(), VIETNAM).astimezone(UTC)
        for quarter in range(7 * 24 * 4):
            yield begin + quarter * _QUARTER


def _gaps(versions: Sequence[Procedure]) -> Iterator[Finding]:
    # Overlaps never get this far: the catalogue refuses them.
    for earlier, later in pairwise(versions):
        if earlier.valid_to is not None and earlier.valid_to < later.valid_from:
            yield _finding(
                Severity.WARNING,
                "gap",
                later,
                None,
                f"nothing is in force after {earlier.version}",
                after=earlier.version,
            )


def _consistency(procedure: Procedure) -> Iterator[Finding]:
    yield from _graph(procedure)
    used = {name for one in procedure.conditions for name, _ in comparisons(one)}
    for name in used - procedure.facts.keys():
        yield _finding(Severity.ERROR, "undeclared-fact", procedure, None, name)
    for name in procedure.facts.keys() - used:
        yield _finding(Severity.WARNING, "unused-fact", procedure, None, name)
    if used - procedure.facts.keys():
        return
    for step in procedure.steps:
        for name, _ in comparisons(step.when):
            giver = procedure.facts[name].given_by
            if giver != "origin" and giver not in _before(procedure, step):
                detail = f"asks for {name}, which {giver} tells only later"
                yield _finding(Severity.ERROR, "fact-comes-later", procedure, step.id, detail)
    yield from _over_all_cases(procedure)


def _graph(procedure: Procedure) -> Iterator[Finding]:
    listed: set[str] = set()
    for step in procedure.steps:
        if missing := set(step.after) - listed:
            detail = f"waits for {', '.join(sorted(missing))}, not listed above it"
            yield _finding(Severity.ERROR, "not-a-dag", procedure, step.id, detail)
        listed.add(step.id)


def _before(procedure: Procedure, step: Step) -> set[str]:
    found: set[str] = set()
    ahead = list(step.after)
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead.extend(procedure.step(one).after)
    return found


def _over_all_cases(procedure: Procedure) -> Iterator[Finding]:
    running: set[str] = set()
    broken: dict[tuple[str, ...], str] = {}
    for facts in cases_of(procedure):
        runs = {step.id for step in procedure.steps if holds(step.when, facts)}
        running |= runs
        for group in procedure.exclusive:
            if len(runs.intersection(group)) != 1:
                broken.setdefault(group, f"{sorted(runs.intersection(group))} run with {facts}")
    for step in procedure.steps:
        if step.id not in running:
            yield _finding(Severity.ERROR, "never-runs", procedure, step.id, "no case runs it")
    for group, detail in broken.items():
        yield _finding(Severity.ERROR, "not-exclusive", procedure, group[0], detail)


@dataclass(frozen=True, slots=True)
class _Era:
    """A span in which the directory does not change, and the communes that take dossiers in."""

    begin: datetime
    end: datetime | None
    communes: tuple[str, ...]


def _eras(directory: Directory, units: Units) -> tuple[_Era, ...]:
    edges = {agency.valid_from for agency in directory}
    edges |= {agency.valid_to for agency in directory if agency.valid_to is not None}
    begins = sorted(edges)
    return tuple(
        _Era(begin, end, _communes(directory, units, begin))
        for begin, end in zip(begins, [*begins[1:], None], strict=True)
    )


def _communes(directory: Directory, units: Units, as_of: datetime) -> tuple[str, ...]:
    listed = {
        code
        for agency in directory.in_force(as_of)
        if _ORIGIN in agency.roles
        for code in agency.jurisdiction
    }
    return tuple(sorted(code for code in listed if _is_commune(units, code, as_of)))


def _is_commune(units: Units, code: str, as_of: datetime) -> bool:
    found = units.find(code, as_of)
    return isinstance(found, UnitFound) and found.unit.level is Level.COMMUNE


def _resolution(
    procedure: Procedure, directory: Directory, eras: Sequence[_Era]
) -> Iterator[Finding]:
    """Each step, from each commune that takes dossiers in, while the version is in force."""
    if eras and procedure.valid_from < eras[0].begin:
        yield _finding(
            Severity.NOTE,
            "before-directory",
            procedure,
            None,
            f"the directory knows agencies from {eras[0].begin:%Y-%m-%d} UTC on",
            since=eras[0].begin.isoformat(),
        )
    for era in eras:
        if (era.end is not None and era.end <= procedure.valid_from) or (
            procedure.valid_to is not None and procedure.valid_to <= era.begin
        ):
            continue
        as_of = max(era.begin, procedure.valid_from)
        for step in procedure.steps:
            if step.agency is not None:
                if directory.agency(step.agency, as_of) is None:
                    detail = f"{step.agency} is not in force at {as_of.isoformat()}"
                    yield _finding(
                        Severity.ERROR,
                        "agency-not-in-force",
                        procedure,
                        step.id,
                        detail,
                        agency=step.agency,
                        at=as_of.isoformat(),
                    )
            else:
                yield from _competence(procedure, step, directory, era, as_of)


def _competence(
    procedure: Procedure, step: Step, directory: Directory, era: _Era, as_of: datetime
) -> Iterator[Finding]:
    assert step.role is not None
    nobody: list[str] = []
    several: list[str] = []
    for commune in era.communes:
        match len(directory.competent(step.role, commune, as_of)):
            case 0:
                nobody.append(commune)
            case 1:
                pass
            case _:
                several.append(commune)
    for kind, where in (("no-candidate", nobody), ("ambiguous", several)):
        if where:
            detail = (
                f"{step.role} in {len(where)} of {len(era.communes)} communes at "
                f"{as_of.isoformat()}: {', '.join(where[:_SHOWN])}"
            )
            yield _finding(
                Severity.ERROR,
                kind,
                procedure,
                step.id,
                detail,
                role=step.role,
                communes=str(len(where)),
                of=str(len(era.communes)),
                at=as_of.isoformat(),
                such_as=", ".join(where[:_SHOWN]),
            )


def _fit(procedure: Procedure, calendar: WorkCalendar) -> Iterator[Finding]:
    worst = worst_overshoot(procedure, calendar)
    if worst is not None:
        yield _finding(
            Severity.NOTE,
            "overshoot",
            procedure,
            None,
            f"up to {worst.by} beyond the total: handed over {_local(worst.starts_at)}, due "
            f"{_local(worst.deadline_at)}, ends {_local(worst.ends_at)} with {dict(worst.facts)}",
            by=str(worst.by),
            starts_at=_local(worst.starts_at),
            due_at=_local(worst.deadline_at),
            ends_at=_local(worst.ends_at),
        )


def _local(instant: datetime) -> str:
    return instant.astimezone(VIETNAM).isoformat(timespec="minutes")


def _finding(
    severity: Severity,
    kind: str,
    procedure: Procedure,
    step: str | None,
    detail: str,
    **values: str,
) -> Finding:
    return Finding(severity, kind, procedure.code, procedure.version, step, detail, values)
