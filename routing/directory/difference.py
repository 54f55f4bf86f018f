"""What one directory changes beside another: agencies, and who is competent where, from when.

Both are compared through all time, so that a change says when it begins, be that in the future or
in the past. An agency is what its code says it is; who is competent is compared by codes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from routing.directory.directory import Directory
from routing.directory.model import Agency
from routing.directory.territory import FAR_FUTURE, FAR_PAST, Span
from routing.units import Level, Unit, Units


class ChangeKind(StrEnum):
    """What can be another with an agency, in the order in which it is told."""

    ADDED = "added"
    REMOVED = "removed"
    """No row has the code any more, not even for the past."""
    ENDED = "ended"
    EXTENDED = "extended"
    """There at a time at which it was not: it begins earlier, ends later, or comes back."""
    MOVED = "moved"
    RENAMED = "renamed"
    ROLES = "roles"
    JURISDICTION = "jurisdiction"
    SUCCESSORS = "successors"
    ALIASES = "aliases"
    DESCRIBED = "described"
    """Level, source, certainty, or whether the code is demo."""


@dataclass(frozen=True, slots=True)
class AgencyChange:
    """One thing that is another with an agency during [begin, end); None is open."""

    kind: ChangeKind
    code: str
    name: str
    begin: datetime | None
    end: datetime | None
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompetenceChange:
    """Who is competent for a role becomes another, alike in all these units."""

    role: str
    begin: datetime | None
    end: datetime | None
    before: tuple[str, ...]
    after: tuple[str, ...]
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that the later of two directories changes."""

    before: str
    after: str
    agencies: tuple[AgencyChange, ...]
    competence: tuple[CompetenceChange, ...]


def compare(before: Directory, after: Directory, units: Units) -> Difference:
    """Return what `after` changes, agencies by kind and code, competence by role and time."""
    touched = sorted(
        code
        for code in _codes(before) | _codes(after)
        if before.history(code) != after.history(code)
    )
    order = list(ChangeKind)
    changes = [one for code in touched for one in _agency(code, before, after)]
    changes.sort(key=lambda one: (order.index(one.kind), one.code))
    return Difference(
        before.version,
        after.version,
        tuple(changes),
        tuple(_competence(touched, before, after, units)),
    )


def _codes(directory: Directory) -> set[str]:
    return {agency.code for agency in directory}


def _agency(code: str, before: Directory, after: Directory) -> Iterator[AgencyChange]:
    was, now = _in_time(before.history(code)), _in_time(after.history(code))
    name = (now or was)[-1].name
    if not now:
        yield AgencyChange(ChangeKind.REMOVED, code, name, *_bounds(was[0]), (), ())
        return
    if not was:
        begin, end = now[0].valid_from, now[-1].valid_to
        yield AgencyChange(ChangeKind.ADDED, code, name, begin, end, (), ())
        return
    yield from _through_time(code, name, was, now)
    heirs = was[-1].successors, now[-1].successors
    if heirs[0] != heirs[1]:
        yield AgencyChange(ChangeKind.SUCCESSORS, code, name, now[-1].valid_to, None, *heirs)
    aliases = _aliases(was), _aliases(now)
    if aliases[0] != aliases[1]:
        yield AgencyChange(ChangeKind.ALIASES, code, name, None, None, *aliases)


def _through_time(
    code: str, name: str, was: Sequence[Agency], now: Sequence[Agency]
) -> Iterator[AgencyChange]:
    """Yield what differs from one edge of either history to the next, joined where alike."""
    rows = [*was, *now]
    edges = sorted({row.valid_from for row in rows} | {row.valid_to or FAR_FUTURE for row in rows})
    open_since: dict[tuple[ChangeKind, tuple[str, ...], tuple[str, ...]], datetime] = {}
    for begin in edges:
        here = set(_differing(_at(was, begin), _at(now, begin)))
        for what in [one for one in open_since if one not in here]:
            yield _change(what, code, name, open_since.pop(what), begin)
        for what in here:
            open_since.setdefault(what, begin)
    for what, since in open_since.items():
        yield _change(what, code, name, since, FAR_FUTURE)


def _differing(
    was: Agency | None, now: Agency | None
) -> Iterator[tuple[ChangeKind, tuple[str, ...], tuple[str, ...]]]:
    if was is None or now is None:
        if was is not None:
            yield ChangeKind.ENDED, (), ()
        elif now is not None:
            yield ChangeKind.EXTENDED, (), ()
        return
    for kind, old, new in (
        (ChangeKind.MOVED, (was.parent or "",), (now.parent or "",)),
        (ChangeKind.RENAMED, (was.name,), (now.name,)),
        (ChangeKind.ROLES, was.roles, now.roles),
        (ChangeKind.JURISDICTION, was.jurisdiction, now.jurisdiction),
        (ChangeKind.DESCRIBED, _described(was), _described(now)),
    ):
        if old != new:
            yield kind, old, new


def _described(row: Agency) -> tuple[str, ...]:
    return row.level, row.source, row.certainty, "demo" if row.demo else "real"


def _change(
    what: tuple[ChangeKind, tuple[str, ...], tuple[str, ...]],
    code: str,
    name: str,
    begin: datetime,
    end: datetime,
) -> AgencyChange:
    kind, old, new = what
    until = None if end == FAR_FUTURE else end
    return AgencyChange(kind, code, name, begin, until, old, new)


def _competence(
    touched: Iterable[str], before: Directory, after: Directory, units: Units
) -> Iterator[CompetenceChange]:
    """Only where a row that differs lists the place or a unit above it can the answer differ."""
    places: dict[str, dict[str, None]] = {}
    for code in touched:
        for row in {*before.history(code)} ^ {*after.history(code)}:
            for role in row.roles:
                for listed in row.jurisdiction:
                    places.setdefault(role, {}).update(_below(listed, units))
    alike: dict[tuple[str, datetime, datetime, tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for role, codes in places.items():
        for unit in sorted(codes):
            for begin, end, was, now in _answers(before.spans(role, unit), after.spans(role, unit)):
                alike.setdefault((role, begin, end, was, now), []).append(unit)
    for (role, begin, end, was, now), where in sorted(alike.items()):
        yield CompetenceChange(
            role,
            None if begin == FAR_PAST else begin,
            None if end == FAR_FUTURE else end,
            was,
            now,
            tuple(where),
        )


def _answers(
    was: Sequence[Span], now: Sequence[Span]
) -> Iterator[tuple[datetime, datetime, tuple[str, ...], tuple[str, ...]]]:
    """Yield when the answers differ, each stretch as long as it stays the same pair."""
    if _told(was) == _told(now):
        return
    edges = sorted({edge for span in (*was, *now) for edge in (span.begin, span.end)})
    last: tuple[datetime, datetime, tuple[str, ...], tuple[str, ...]] | None = None
    for begin, end in pairwise(edges):
        old, new = _answer(was, begin), _answer(now, begin)
        if last is not None and (last[1], last[2], last[3]) == (begin, old, new):
            last = last[0], end, old, new
            continue
        if last is not None:
            yield last
        last = (begin, end, old, new) if old != new else None
    if last is not None:
        yield last


def _told(spans: Sequence[Span]) -> list[tuple[datetime, datetime, tuple[str, ...]]]:
    return [(one.begin, one.end, tuple(agency.code for agency in one.agencies)) for one in spans]


def _answer(spans: Sequence[Span], as_of: datetime) -> tuple[str, ...]:
    for span in spans:
        if span.begin <= as_of < span.end:
            return tuple(agency.code for agency in span.agencies)
    return ()


def _below(code: str, units: Units) -> Mapping[str, None]:
    """Return the places in a unit, whatever its code names: communes, and islands without any."""
    found: dict[str, None] = {}
    ahead: list[Unit] = list(units.versions(code))
    while ahead:
        unit = ahead.pop()
        children = units.children(unit)
        if unit.level is Level.COMMUNE or (unit.level is Level.DISTRICT and not children):
            found[unit.code] = None
        ahead.extend(children)
    return found


def _at(rows: Sequence[Agency], as_of: datetime) -> Agency | None:
    return next((row for row in rows if row.in_force(as_of)), None)


def _in_time(rows: Iterable[Agency]) -> list[Agency]:
    return sorted(rows, key=lambda row: row.valid_from)


def _bounds(row: Agency) -> tuple[datetime, datetime | None]:
    return row.valid_from, row.valid_to


def _aliases(rows: Iterable[Agency]) -> tuple[str, ...]:
    return tuple(sorted({alias for row in rows for alias in row.aliases}))
