"""The agency directory: who an agency is, and who is competent, as of an instant.

Immutable and pure. It knows nothing about how an agency is reached.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from datetime import datetime

from routing.directory.model import Agency
from routing.directory.territory import Span, Territory
from routing.units import Units


class Directory:
    """All agencies of one version, through time."""

    def __init__(self, *, version: str, agencies: Iterable[Agency], units: Units) -> None:
        self.version = version
        self._by_code: dict[str, tuple[Agency, ...]] = {}
        self._by_alias: dict[str, tuple[Agency, ...]] = {}
        for agency in agencies:
            self._by_code[agency.code] = (*self._by_code.get(agency.code, ()), agency)
            for alias in agency.aliases:
                self._by_alias[alias] = (*self._by_alias.get(alias, ()), agency)
        self._territory = Territory(self, units)

    def __repr__(self) -> str:
        return f"<Directory {self.version}: {len(self._by_code)} agencies>"

    def __iter__(self) -> Iterator[Agency]:
        for versions in self._by_code.values():
            yield from versions

    def joined_by(self, agencies: Iterable[Agency]) -> "Directory":
        """Return a directory that also knows these agencies, of which none covers a place."""
        joined = copy(self)
        joined._by_code = dict(self._by_code)
        for agency in agencies:
            assert not agency.jurisdiction
            joined._by_code[agency.code] = (*joined._by_code.get(agency.code, ()), agency)
        return joined

    def competent(self, role: str, unit_code: str, as_of: datetime) -> tuple[Agency, ...]:
        """Return the agencies of this role that cover the unit or one above it, in code order.

        One is the rule; none and several are the caller's to report.
        """
        for span in self._territory.spans(role, unit_code):
            if span.begin <= as_of < span.end:
                return span.agencies
        return ()

    def agency(self, code: str, as_of: datetime) -> Agency | None:
        """Return the agency with this canonical code if it exists at the instant."""
        for agency in self._by_code.get(code, ()):
            if agency.in_force(as_of):
                return agency
        return None

    def history(self, code: str) -> tuple[Agency, ...]:
        """Return every row about this canonical code, in order of time; empty if unknown."""
        return self._by_code.get(code, ())

    def resolve(self, code_or_alias: str, as_of: datetime | None = None) -> str | None:
        """Return the canonical code behind a code or alias, or None.

        An abolished agency's code still resolves, to itself: messages about old dossiers keep
        coming. An alias that was given to several agencies in turn needs the instant; without
        it, or outside the time of all of them, it stays unresolved.
        """
        if code_or_alias in self._by_code:
            return code_or_alias
        holders = self._by_alias.get(code_or_alias, ())
        codes = {agency.code for agency in holders}
        if len(codes) > 1 and as_of is not None:
            codes = {agency.code for agency in holders if agency.in_force(as_of)}
        return codes.pop() if len(codes) == 1 else None

    def in_force(self, as_of: datetime) -> tuple[Agency, ...]:
        """Return all agencies that exist at the instant, in code order."""
        present = (agency for agency in self if agency.in_force(as_of))
        return tuple(sorted(present, key=lambda agency: agency.code))

    def subtree(self, code: str) -> tuple[str, ...]:
        """Return a code and every code that is, or ever was, below it; in code order."""
        children: dict[str | None, set[str]] = {}
        for agency in self:
            children.setdefault(agency.parent, set()).add(agency.code)
        found, ahead = {code}, [code]
        while ahead:
            below = children.get(ahead.pop(), set()) - found
            found |= below
            ahead.extend(below)
        return tuple(sorted(found))

    def roles(self) -> frozenset[str]:
        """Return every role that some agency has at some time."""
        return frozenset(role for agency in self for role in agency.roles)

    def covered(self, role: str) -> Mapping[str, tuple[Span, ...]]:
        """Return, for every unit that anyone covers in this role, who does and when."""
        return self._territory.covered(role)

    def serving(self, unit_code: str, as_of: datetime) -> Mapping[str, tuple[Agency, ...]]:
        """Return, by role, the agencies that cover the unit or one above it at the instant."""
        return self._territory.serving(unit_code, as_of)

    def spans(self, role: str, unit_code: str) -> tuple[Span, ...]:
        """Return who is competent for a unit through time, without spans in which nobody is."""
        return self._territory.spans(role, unit_code)

    def listed(self, role: str) -> Mapping[str, list[Span]]:
        """Return the units that agencies of this role list themselves, with who and when."""
        return self._territory.listed(role)
