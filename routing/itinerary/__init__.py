"""Itineraries: a procedure resolved to agencies, planned, stored and read back."""

from routing.itinerary.codec import (
    from_document,
    step_from_document,
    step_to_document,
    to_document,
)
from routing.itinerary.model import (
    ORIGIN,
    FailureKind,
    Itinerary,
    PlannedStep,
    RouteFailure,
    RouteRefused,
    RouteRequest,
)
from routing.itinerary.planning import plan, resolve_step, undeclared_fact
from routing.itinerary.walking import Leg, Walk, legs_of, walk

__all__ = [
    "ORIGIN",
    "FailureKind",
    "Itinerary",
    "Leg",
    "PlannedStep",
    "RouteFailure",
    "RouteRefused",
    "RouteRequest",
    "Walk",
    "from_document",
    "legs_of",
    "plan",
    "resolve_step",
    "step_from_document",
    "step_to_document",
    "to_document",
    "undeclared_fact",
    "walk",
]
