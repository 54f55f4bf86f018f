"""What finished steps produced: lines for a message, and whose stored bodies hold the documents."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from routing.lifecycle.events import JsonObject
from routing.lifecycle.model import ORIGIN, Hop, HopState


def result_lines(hops: Iterable[Hop]) -> list[JsonObject]:
    """Return a line per completed step, without its documents."""
    return [
        {"step": hop.step, "agency": hop.agency, "outcome": hop.outcome}
        for hop in hops
        if hop.state is HopState.COMPLETED and hop.step != ORIGIN
    ]


def result_refs(hops: Iterable[Hop]) -> list[UUID]:
    """Return the inbox ids of the messages that brought documents."""
    return [hop.results_ref for hop in hops if hop.results_ref is not None and hop.step != ORIGIN]
