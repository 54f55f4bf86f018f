"""The directory as a tree: who hangs below whom now, found by code or name, without accents too.

Pure. An agency whose parent is not in force hangs at the top. Of siblings, those that have others
below them come first, then by level and code.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final

from gateway.reports.names import LEVELS
from routing.directory import Agency, Directory
from routing.units import folded

SELF_TEST: Final = "synthetic"
"""What the gateway tries itself with is no agency."""
_LEVELS: Final = {level: place for place, level in enumerate(LEVELS)}


@dataclass(frozen=True)
class AgencyTree:
    """The agencies that are in force, by code, and who is directly below whom."""

    agencies: Mapping[str, Agency]
    children: Mapping[str | None, Sequence[Agency]]
    _plain: Mapping[str, str] = field(repr=False)

    @property
    def roots(self) -> Sequence[Agency]:
        return self.children.get(None, ())

    def below(self, code: str) -> Sequence[Agency]:
        """Return who is directly below an agency."""
        return self.children.get(code, ())

    def size(self, code: str) -> int:
        """Return how many agencies are below one, however far."""
        return self._sizes.get(code, 0)

    def everybody_below(self, code: str) -> Iterator[Agency]:
        """Yield everybody below an agency."""
        for one in self.below(code):
            yield one
            yield from self.everybody_below(one.code)

    def path(self, code: str) -> list[Agency]:
        """Return the way from the top down to an agency, without itself."""
        found: list[Agency] = []
        one = self.agencies.get(code)
        above = self.agencies.get(one.parent or "") if one else None
        while above is not None and above not in found:
            found.insert(0, above)
            above = self.agencies.get(above.parent or "")
        return found

    def search(self, text: str) -> list[Agency]:
        """Return who has this in a code, an alias or the name, with accents or without."""
        wanted = folded(text)
        return [one for one in self.agencies.values() if wanted in self._plain[one.code]]

    @cached_property
    def _sizes(self) -> Mapping[str, int]:
        sizes: dict[str, int] = {}
        for code in self.agencies:
            for above in self.path(code):
                sizes[above.code] = sizes.get(above.code, 0) + 1
        return sizes


def draw_tree(directory: Directory, now: datetime) -> AgencyTree:
    """Draw the tree of an instant."""
    here = directory.in_force(now)
    agencies = {one.code: one for one in here if one.level != SELF_TEST}
    children: dict[str | None, list[Agency]] = {}
    for one in agencies.values():
        parent = one.parent if one.parent in agencies else None
        children.setdefault(parent, []).append(one)
    for siblings in children.values():
        siblings.sort(key=lambda one: (one.code not in children, _place(one), one.code))
    plain = {
        one.code: folded(" ".join((one.code, one.name, *one.aliases))) for one in agencies.values()
    }
    return AgencyTree(agencies, children, plain)


class Grove:
    """Keeps the tree of the directory that rules; it is drawn anew every hour."""

    def __init__(self) -> None:
        self._drawn: tuple[Directory, datetime, AgencyTree] | None = None

    def __repr__(self) -> str:
        return f"<Grove of {self._drawn[0] if self._drawn else 'nothing'}>"

    def tree(self, directory: Directory, now: datetime) -> AgencyTree:
        """Return the tree as of this hour."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        if self._drawn is None or self._drawn[0] is not directory or self._drawn[1] != hour:
            self._drawn = (directory, hour, draw_tree(directory, now))
        return self._drawn[2]


def by_level(agencies: Iterable[Agency]) -> list[tuple[str, list[Agency]]]:
    """Put agencies together by level, in the order in which forms list levels."""
    found: dict[str, list[Agency]] = {}
    for one in sorted(agencies, key=lambda one: (_place(one), one.code)):
        found.setdefault(one.level, []).append(one)
    return list(found.items())


def _place(agency: Agency) -> int:
    return _LEVELS.get(agency.level, len(_LEVELS))
