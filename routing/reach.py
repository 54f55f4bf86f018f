"""Reach: until which day the working calendar has to be known, and whether it is.

What is received today may run for the longest statutory total, what is open may run longer; and a
decision on days off takes months to be made, reviewed and imported. The lead is policy data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from routing.legaltime import Budget, Unit, WorkCalendar
from routing.policies import Policies
from routing.procedures import Catalogue

_DAYS = {Unit.MINUTE: 1 / 1440, Unit.HOUR: 1 / 24, Unit.CALENDAR_DAY: 1.0}
_WORKING_DAYS = {Unit.WORKING_HOUR: 1 / 8, Unit.WORKING_DAY: 1.0}
_PER_WORKING_DAY = 7 / 5
"""Calendar days that a working day takes on average; holidays are for the lead to cover."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a calendar is known, and how far it should be."""

    calendar: str
    known_until: date
    needed_until: date
    """The last day that something received today, or open now, may come to, and the lead."""
    days_left: int
    """Days from today to the last that is known; below zero it has passed."""

    @property
    def is_short(self) -> bool:
        return self.known_until < self.needed_until


def reach_of(
    calendar: WorkCalendar,
    catalogue: Catalogue,
    policies: Policies,
    now: datetime,
    latest: datetime | None = None,
) -> Reach:
    """Return how far a calendar reaches; `latest` is the latest deadline that is open."""
    return reach_until(
        calendar.pin,
        calendar.known_until,
        catalogue,
        policies,
        now.astimezone(calendar.zone),
        None if latest is None else calendar.local_date(latest),
    )


def reach_until(
    calendar: str,
    known_until: date,
    catalogue: Catalogue,
    policies: Policies,
    now: datetime,
    latest: date | None = None,
) -> Reach:
    """Return the same of a calendar of which only the last known day is at hand; `now` is local."""
    today = now.date()
    needed = max(today + longest_total(catalogue, now), latest or today)
    left = (known_until - today).days
    return Reach(calendar, known_until, needed + policies.calendar_ahead, left)


def longest_total(catalogue: Catalogue, now: datetime) -> timedelta:
    """Return the longest statutory total in force, in calendar days."""
    totals = [
        written
        for code in catalogue.codes()
        if (procedure := catalogue.in_force(code, now)) is not None
        for written in (procedure.total, *(case.budget for case in procedure.total_cases))
        if written is not None
    ]
    return timedelta(days=max((_days(Budget.parse(one)) for one in totals), default=0))


def _days(budget: Budget) -> int:
    amount = float(budget.amount)
    if budget.unit in _WORKING_DAYS:
        return ceil(amount * _WORKING_DAYS[budget.unit] * _PER_WORKING_DAY)
    return ceil(amount * _DAYS[budget.unit])
