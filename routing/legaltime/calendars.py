"""Every calendar version in force, and which of them a clock counts by.

A clock names the version it counts by (`vn@2026-11-22`, or an agency's hours and the base they lie
over: `lang-giang@2027-01-04+vn@2026-11-22`) and keeps it, so that a new version never moves a
deadline by itself. This value does not change: approving a version makes another one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
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
        return f"<Calendars {', '.join([*self._by_pin, *self._hours_by_pin])}>"

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
        hours = self._hours_by_pin.get(own)
        if hours is None or base not in self._by_pin:
            raise CalendarNotLoaded(pin)
        return self._laid(hours, self._by_pin[base])

    def renewed(self, pin: str) -> WorkCalendar:
        """Return the same hours over the newest base: for a clock whose own does not know."""
        own, plus, _ = pin.partition("+")
        hours = self._hours_by_pin.get(own) if plus else None
        return self.base if hours is None else self._laid(hours, self.base)

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
