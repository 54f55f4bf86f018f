"""Walk an itinerary in legal time: when is each hop due if everyone finishes at the deadline?

The answer is the latest that each hop can be due while nobody is late, pauses or extends. Budgets
cannot simply be summed for this, since the cutoff of each hop eats time of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from routing.itinerary.model import Itinerary
from routing.legaltime import (
    DEFAULT_CUTOFF,
    Budget,
    Due,
    Pause,
    WorkCalendar,
    due,
    parse_cutoff,
    same_day_due,
)


@dataclass(frozen=True, slots=True)
class Leg:
    """What walking needs of a step.

    A leg that does not run, or has no budget, takes no time. `outside` stops the overall clock
    for what follows it: publication, and phases that the total does not count.
    """

    id: str
    after: tuple[str, ...]
    budget: str | None
    cutoff: str | None
    outside: bool
    runs: bool
    same_day: bool = False

    @property
    def has_limit(self) -> bool:
        """Say whether the law gives it a limit of its own."""
        return self.budget is not None or self.same_day

    def due(self, calendar: WorkCalendar, arrived: datetime) -> Due:
        """Return when it starts and is due, if it has a limit."""
        cutoff = parse_cutoff(self.cutoff)
        if self.budget is None:
            return same_day_due(calendar, arrived, cutoff)
        return due(calendar, arrived, Budget.parse(self.budget), cutoff)


@dataclass(frozen=True, slots=True)
class Walk:
    """When each leg with a limit is due, when the last inside the total is, and the total."""

    due: Mapping[str, Due]
    ends_at: datetime
    overall: Due | None

    @property
    def overshoots(self) -> bool:
        """Say whether the last leg may end after the overall deadline without anyone being late."""
        return self.overall is not None and self.ends_at > self.overall.deadline_at


def legs_of(itinerary: Itinerary) -> tuple[Leg, ...]:
    """The legs of an itinerary; steps that are not expected do not run."""
    return tuple(
        Leg(
            step.id,
            step.after,
            step.budget,
            step.cutoff,
            step.publication or step.outside_total,
            step.expected,
            step.same_day,
        )
        for step in itinerary.steps
    )


def walk(
    legs: Sequence[Leg],
    total: str | None,
    calendar: WorkCalendar,
    start: datetime,
    received_at: datetime | None = None,
) -> Walk:
    """Walk all legs from the instant at which the originator hands over.

    The total runs from `received_at`, which is the same instant unless it is given.
    CalendarUnknown if a deadline lies beyond what the calendar knows.
    """
    dues: dict[str, Due] = {}
    ended: dict[str, datetime] = {}
    stopped: dict[str, frozenset[Pause]] = {}
    ends_at, stops = start, frozenset[Pause]()
    for leg in legs:
        arrived = max((ended[before] for before in leg.after), default=start)
        behind = frozenset[Pause]().union(*(stopped[before] for before in leg.after))
        ended[leg.id], stopped[leg.id] = arrived, behind
        if not leg.runs or not leg.has_limit:
            continue
        found = leg.due(calendar, arrived)
        dues[leg.id], ended[leg.id] = found, found.deadline_at
        if leg.outside:
            stopped[leg.id] = behind | {Pause(arrived, found.deadline_at)}
        elif found.deadline_at > ends_at:
            ends_at, stops = found.deadline_at, behind
    if total is None:
        return Walk(dues, ends_at, None)
    pauses = sorted(stops, key=lambda pause: pause.start)
    overall = due(calendar, received_at or start, Budget.parse(total), DEFAULT_CUTOFF, pauses)
    return Walk(dues, ends_at, overall)
