"""Scopes spelled out: which agencies lie below one, as the directory has it now.

An agency hangs below the parent that it has now. One that was closed stays below its last one, so
that somebody still answers for its old dossiers; one that is yet to come belongs below its first.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from gateway.clock import LegalClock
from gateway.people.rights import Grant
from routing.directory import Directory

Below = Mapping[str, frozenset[str]]
"""Code → the codes directly below it."""


class Scopes:
    """Spells grants out, by the directory that rules and the hour that it is."""

    def __init__(self, directory: Callable[[], Directory], clock: LegalClock) -> None:
        self._directory = directory
        self._clock = clock
        self._drawn: tuple[Directory, datetime, Below] | None = None
        self._spelled: dict[str, frozenset[str]] = {}

    def __repr__(self) -> str:
        return f"<Scopes {len(self._spelled)} spelled out>"

    def spell_out(self, grants: Sequence[Grant]) -> tuple[Grant, ...]:
        """Return the grants with the agencies that each reaches."""
        below = self._below()
        return tuple(
            grant if grant.scope is None else replace(grant, agencies=self._of(grant.scope, below))
            for grant in grants
        )

    def reach_of(self, scope: str | None) -> frozenset[str] | None:
        """Return the agencies that a scope reaches; None, without one, is all of them."""
        return None if scope is None else self._of(scope, self._below())

    def _of(self, scope: str, below: Below) -> frozenset[str]:
        if scope not in self._spelled:
            self._spelled[scope] = agencies_from(scope, below)
        return self._spelled[scope]

    def _below(self) -> Below:
        directory, now = self._directory(), self._clock.now()
        hour = now.replace(minute=0, second=0, microsecond=0)
        if self._drawn is None or self._drawn[0] is not directory or self._drawn[1] != hour:
            self._drawn = (directory, hour, draw_below(directory, now))
            self._spelled = {}
        return self._drawn[2]


def draw_below(directory: Directory, now: datetime) -> Below:
    """Return who hangs directly below whom."""
    found: dict[str, set[str]] = {}
    for code in {agency.code for agency in directory}:
        parent = _parent(directory, code, now)
        if parent is not None:
            found.setdefault(parent, set()).add(code)
    return {parent: frozenset(codes) for parent, codes in found.items()}


def agencies_from(scope: str, below: Below) -> frozenset[str]:
    """Return a code and every code below it."""
    found, ahead = {scope}, [scope]
    while ahead:
        fresh = below.get(ahead.pop(), frozenset()) - found
        found |= fresh
        ahead.extend(fresh)
    return frozenset(found)


def _parent(directory: Directory, code: str, now: datetime) -> str | None:
    rows = directory.history(code)
    begun = [row for row in rows if row.valid_from <= now]
    return (begun[-1] if begun else rows[0]).parent
