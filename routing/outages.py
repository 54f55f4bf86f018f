"""Outages as deciding needs to know them: whose system was away, and from when to when.

Declared by people (`gateway/operations/outages.py`), never guessed. An outage without an agency is
this gateway's own. Planned ones have an announced end; an incident is open until a person ends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID


class OutageKind(StrEnum):
    """Announced ahead, or not."""

    PLANNED = "planned"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True)
class Outage:
    """[start, end) without an agency's system, or without ours."""

    id: UUID
    agency: str | None
    """None: this gateway's own."""
    kind: OutageKind
    start: datetime
    end: datetime | None
    """None while nobody knows it; an announced end may still lie ahead."""
    legal_basis: str
    withdrawn: bool = False
    """Declared by mistake: it never was."""
    covers: tuple[str, ...] = ()
    """Every agency whose hops it holds, where it is not the named one alone."""


@dataclass(frozen=True, slots=True)
class Outages:
    """Every outage that may still matter, withdrawn ones included: what they held is given back."""

    by_id: Mapping[UUID, Outage]
    _of: Mapping[str | None, tuple[Outage, ...]]

    def __bool__(self) -> bool:
        return bool(self.by_id)

    @property
    def ours(self) -> frozenset[UUID]:
        """Which of them were this gateway's own."""
        return frozenset(id for id, one in self.by_id.items() if one.agency is None)

    def concerning(self, agency: str | None) -> tuple[Outage, ...]:
        """Return this gateway's own and the agency's, each in order of their start."""
        ours = self._of.get(None, ())
        return ours if agency is None else ours + self._of.get(agency, ())

    def ours_at(self, instant: datetime) -> bool:
        """Say whether this gateway itself was away at an instant."""
        return any(
            one.start <= instant and (one.end is None or instant < one.end)
            for one in self._of.get(None, ())
            if not one.withdrawn
        )


def outages_of(declared: Iterable[Outage]) -> Outages:
    """Order what was declared for asking."""
    by_agency: dict[str | None, list[Outage]] = {}
    ordered = sorted(declared, key=lambda one: (one.start, one.id))
    for one in ordered:
        for agency in one.covers or (one.agency,):
            by_agency.setdefault(agency, []).append(one)
    return Outages(
        {one.id: one for one in ordered},
        {agency: tuple(found) for agency, found in by_agency.items()},
    )


NO_OUTAGES: Final = outages_of(())
