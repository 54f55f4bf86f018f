"""Every calendar version in force, and which of them a clock counts by.

A clock names the version it counts by (`vn@2026-11-22`, or an agency's hours and the base they lie
over: `lang-giang@2027-01-04+vn@2026-11-22`) and keeps it, so that a new version never moves a
deadline by itself. This value does not change: approving a version makes another one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time
from typing import Final

from routing.legaltime.calendar import WorkCalendar
from routing.legaltime.hours import AgencyHours

FIRST_CALENDAR: Final = "vn@2026-11-22"
"""What a stored clock counts by that names no version: the only one there was before clocks did."""


class CalendarNotLoaded(LookupError):
    """A clock counts by a version that is not loaded here (yet): approved elsewhere, just now."""


class Calendars:
    """The approved versions of the base calendar and of agencies' hours, oldest first.

    Answers are remembered: an agency's calendar is laid over its base when first asked for, which
    takes some milliseconds.
    """

    __slots__ = ("_by_pin", "_chosen", "_hours_by_pin", "_turns", "base", "bases", "hours")

    def __init__(self, bases: Iterable[WorkCalendar], hours: Iterable[AgencyHours] = ()) -> None:
        self.bases = tuple(sorted(bases, key=lambda one: one.version))
        self.base = self.bases[-1]
        """The newest: what statutory totals and everybody without hours of their own count by."""
        self.hours = tuple(sorted(hours, key=lambda one: (one.name, one.version)))
        self._by_pin = {one.pin: one for one in self.bases}
        self._hours_by_pin = {one.pin: one for one in self.hours}
        self._turns = sorted({_begins(one, self.base) for one in self.hours})
        self._chosen: dict[tuple[str | None, int], WorkCalendar] = {}

    def __repr__(self) -> str:
        return f"<Calendars {', '.join(self.versions)}>"

    @property
    def versions(self) -> tuple[str, ...]:
        """Name every version that is in force, of the base and of agencies' hours."""
        return (*(one.pin for one in self.bases), *self._hours_by_pin)

    def of(self, agency: str | None, at: datetime) -> WorkCalendar:
        """Return what a clock of this agency counts by that starts at the instant."""
        if not self.hours:
            return self.base
        era = bisect_right(self._turns, at)
        found = self._chosen.get((agency, era))
        if found is None:
            hours = None if agency is None else self.hours_of(agency, at)
            found = self.base if hours is None else self._laid(hours, self.base)
            self._chosen[agency, era] = found
        return found

    def hours_of(self, agency: str, at: datetime) -> AgencyHours | None:
        """Return the hours that name this agency most exactly, of those in force at the instant."""
        in_force = {one.name: one for one in self.hours if _begins(one, self.base) <= at}
        named = [one for one in in_force.values() if one.covers(agency)]
        return max(named, key=lambda one: one.covers(agency), default=None)

    def pinned(self, pin: str) -> WorkCalendar:
        """Return the version a clock names; CalendarNotLoaded if it is not here."""
        found = self._by_pin.get(pin)
        if found is not None:
            return found
        own, _, base = pin.partition("+")
        if base not in self._by_pin:
            raise CalendarNotLoaded(pin)
        return self._laid(self._hours(own), self._by_pin[base])

    def renewed(self, pin: str) -> WorkCalendar:
        """Return the same hours over the newest base: for a clock whose own does not know."""
        own, plus, _ = pin.partition("+")
        hours = self._hours_by_pin.get(own) if plus else None
        return self.base if hours is None else self._laid(hours, self.base)

    def moved(
        self, pin: str, agency: str | None, arrived_at: datetime, to: str
    ) -> WorkCalendar | None:
        """Return what a clock would count by if version `to` were applied to it; None: no other.

        A base takes the place of an older base, under the same hours. Hours take the place of
        what their agency counted by, over the same base; an agency that they name no more falls
        back to that base. CalendarNotLoaded if there is no such version here.
        """
        first, plus, second = pin.partition("+")
        own, base = (first, second) if plus else ("", first)
        if to in self._by_pin and "+" not in to:
            newer = self._by_pin[to]
            if newer.version <= self.pinned(base).version:
                return None
            return self._laid(self._hours(own), newer) if own else newer
        hours = self._hours(to)
        if agency is None or own == to:
            return None
        replaces = bool(own) and self._hours(own).name == hours.name
        if replaces and own < to and not hours.covers(agency):
            return self.pinned(base)
        if self.hours_of(agency, arrived_at) is not hours:
            return None
        return self._laid(hours, self.pinned(base))

    def pairs(self, to: str) -> Iterator[tuple[WorkCalendar, WorkCalendar]]:
        """Yield what version `to` can take the place of, with what it would become."""
        if to in self._by_pin and "+" not in to:
            newer = self._by_pin[to]
            yield from ((one, newer) for one in self.bases if one.version < newer.version)
            return
        hours = self._hours(to)
        for base in self.bases:
            after = self._laid(hours, base)
            yield base, after
            for older in self.hours:
                if older.name == hours.name and older.version < hours.version:
                    yield self._laid(older, base), after

    def joined(self, others: Iterable[WorkCalendar | AgencyHours]) -> Calendars:
        """Return these with others beside them; a version that is here already stays as it is."""
        bases = {one.version: one for one in self.bases}
        hours = {one.pin: one for one in self.hours}
        for one in others:
            if isinstance(one, AgencyHours):
                hours.setdefault(one.pin, one)
            elif one.name == self.base.name:
                bases.setdefault(one.version, one)
        return Calendars(bases.values(), hours.values())

    def _hours(self, pin: str) -> AgencyHours:
        try:
            return self._hours_by_pin[pin]
        except KeyError:
            raise CalendarNotLoaded(pin) from None

    def _laid(self, hours: AgencyHours, base: WorkCalendar) -> WorkCalendar:
        pin = f"{hours.pin}+{base.pin}"
        found = self._by_pin.get(pin)
        if found is None:
            found = self._by_pin[pin] = hours.laid_over(base)
        return found


def _begins(hours: AgencyHours, base: WorkCalendar) -> datetime:
    if hours.valid_from is None:
        return datetime.min.replace(tzinfo=UTC)
    return datetime.combine(hours.valid_from, time(), base.zone)
