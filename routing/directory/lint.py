"""Looks for what a directory must not contain: contradictions between its rows, gaps, overlaps.

Pure and complete for one directory by itself; `routing.survey` adds what the procedures need.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise

from routing.directory.coverage import Coverage
from routing.directory.directory import Directory
from routing.directory.findings import Finding, Severity
from routing.directory.model import Agency
from routing.directory.territory import FAR_FUTURE
from routing.units import Units


def lint(directory: Directory, units: Units) -> tuple[Finding, ...]:
    """Return all findings; none for a directory that is fit for use."""
    coverage = Coverage(directory, units)
    covered = (one for role in coverage.roles for one in coverage.findings(role))
    return (*contradictions(directory, units), *covered)


def contradictions(directory: Directory, units: Units) -> Iterator[Finding]:
    """Yield what is wrong with rows beside each other, wherever dossiers go."""
    yield from _histories(directory)
    yield from _parents(directory)
    yield from _successors(directory)
    yield from _jurisdictions(directory, units)
    yield from _aliases(directory)


def _histories(directory: Directory) -> Iterator[Finding]:
    """A code names one agency at a time, and without a break."""
    for code in sorted({agency.code for agency in directory}):
        history = sorted(directory.history(code), key=lambda agency: agency.valid_from)
        for earlier, later in pairwise(history):
            if _end(earlier) > later.valid_from:
                yield _error("rows-overlap", code, "two rows", later.valid_from, _end(earlier))
            elif _end(earlier) < later.valid_from:
                yield _error("rows-apart", code, "no row", _end(earlier), later.valid_from)
        for agency in history:
            if agency.valid_from >= _end(agency):
                yield _error("begins-before-it-ends", code, f"{agency.valid_from}")


def _parents(directory: Directory) -> Iterator[Finding]:
    """Parents exist for as long as their children do, and none is below itself."""
    above = {agency.code: [agency.parent] for agency in directory if agency.parent is not None}
    yield from _cycles("parent-cycle", above)
    for agency in directory:
        if agency.parent is not None and not _outlasted(agency, directory.history(agency.parent)):
            yield _error("parent-in-force", agency.code, f"parent {agency.parent}")


def _outlasted(agency: Agency, rows: Iterable[Agency]) -> bool:
    reached = agency.valid_from
    for row in sorted(rows, key=lambda one: one.valid_from):
        if row.valid_from <= reached < _end(row):
            reached = _end(row)
    return reached >= _end(agency)


def _successors(directory: Directory) -> Iterator[Finding]:
    """Successors are there when they succeed; the ended have some, and lead to somebody."""
    ended = {agency.code: agency for agency in directory if _is_gone(agency, directory)}
    heirs = {code: [h for h in agency.successors if h in ended] for code, agency in ended.items()}
    circling: set[str] = set()
    for cycle in _circles(heirs):
        circling |= set(cycle)
        yield _error("successor-cycle", cycle[0], " → ".join([*cycle, cycle[0]]))
    for agency in directory:
        if agency.valid_to is None:
            for heir in agency.successors:
                yield _error("only-the-ended-have-successors", agency.code, heir)
            continue
        if not agency.successors and agency.code in ended and agency.jurisdiction:
            yield Finding(
                Severity.WARNING, "no-successor", agency.code, agency.name, begin=agency.valid_to
            )
        for heir in agency.successors:
            if agency.code in circling and heir in circling:
                continue
            if directory.agency(heir, agency.valid_to) is None:
                yield _error("successor-in-force", agency.code, f"{heir} at {agency.valid_to}")


def _is_gone(agency: Agency, directory: Directory) -> bool:
    """Tell whether this is the last row of a code that ended."""
    end = agency.valid_to
    return end is not None and all(_end(row) <= end for row in directory.history(agency.code))


def _cycles(rule: str, edges: Mapping[str, Iterable[str]]) -> Iterator[Finding]:
    for cycle in _circles(edges):
        yield _error(rule, cycle[0], " → ".join([*cycle, cycle[0]]))


def _circles(edges: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, ...]]:
    """Yield each way that leads back to its beginning, from its lowest code on, once."""
    done: set[str] = set()
    for start in sorted(edges):
        way: list[str] = []
        ahead = [(start, iter(edges[start]))] if start not in done else []
        if ahead:
            way.append(start)
        while ahead:
            at, following = ahead[-1]
            for code in following:
                if code in way:
                    circle = way[way.index(code) :]
                    lowest = circle.index(min(circle))
                    yield (*circle[lowest:], *circle[:lowest])
                elif code in edges and code not in done:
                    way.append(code)
                    ahead.append((code, iter(edges[code])))
                    break
            else:
                done.add(at)
                way.pop()
                ahead.pop()


def _jurisdictions(directory: Directory, units: Units) -> Iterator[Finding]:
    """A listed unit exists for all the time that the agency does."""
    for agency in directory:
        for code in agency.jurisdiction:
            reached = agency.valid_from
            for unit in units.versions(code):
                if unit.in_force(reached):
                    reached = unit.valid_to or FAR_FUTURE
            if reached < _end(agency):
                yield _error("unit-in-force", agency.code, f"unit {code}", reached, _end(agency))


def _aliases(directory: Directory) -> Iterator[Finding]:
    """An alias means one agency at a time, and never another agency's code."""
    holders: dict[str, list[Agency]] = {}
    for agency in directory:
        for alias in agency.aliases:
            holders.setdefault(alias, []).append(agency)
    for alias, agencies in holders.items():
        if directory.history(alias):
            yield _error("alias-is-no-code", alias, "it is an agency's code")
        agencies.sort(key=lambda agency: agency.valid_from)
        for earlier, later in pairwise(agencies):
            if earlier.code != later.code and _end(earlier) > later.valid_from:
                yield _error("alias-means-one", alias, f"{earlier.code} and {later.code}")


def _error(
    rule: str,
    subject: str,
    detail: str,
    begin: datetime | None = None,
    end: datetime | None = None,
) -> Finding:
    until = None if end == FAR_FUTURE else end
    return Finding(Severity.ERROR, rule, subject, detail, begin=begin, end=until)


def _end(agency: Agency) -> datetime:
    return agency.valid_to or FAR_FUTURE
