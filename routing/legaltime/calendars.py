"""Every calendar version in force, and which of them a clock counts by.

A clock names the version it counts by (`vn@2026-11-22`) and keeps it, so that a new version never
moves a deadline by itself. This value is immutable: approving a version makes another one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from routing.legaltime.calendar import WorkCalendar

FIRST_CALENDAR: Final = "vn@2026-11-22"
"""What a stored clock counts by that names no version: the only one there was before clocks did."""


class CalendarNotLoaded(LookupError):
    """A clock counts by a version that is not loaded here (yet): approved elsewhere, just now."""


class Calendars:
    """The approved versions of the base calendar, oldest first."""

    __slots__ = ("_by_pin", "base", "bases")

    def __init__(self, bases: Iterable[WorkCalendar]) -> None:
        self.bases = tuple(sorted(bases, key=lambda one: one.version))
        self.base = self.bases[-1]
        """The newest: what statutory totals and everybody without hours of their own count by."""
        self._by_pin = {one.pin: one for one in self.bases}

    def __repr__(self) -> str:
        return f"<Calendars {', '.join(self._by_pin)}>"

    def of(self, agency: str | None, at: datetime) -> WorkCalendar:
        """Return what a clock of this agency counts by that starts at the instant."""
        return self.base

    def pinned(self, pin: str) -> WorkCalendar:
        """Return the version a clock names; CalendarNotLoaded if it is not here."""
        try:
            return self._by_pin[pin]
        except KeyError:
            raise CalendarNotLoaded(pin) from None
