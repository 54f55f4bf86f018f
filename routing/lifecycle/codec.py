"""The stored form of a transfer: JSON-ready, and exactly back again.

Instants are ISO 8601 in UTC, ids are text; keys follow the fields of `model.py`, and fields at
their default are left out, so that rows stay small and old rows read when a field is added.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from routing.lifecycle.model import Hop, HopClock, Transfer


def clock_to_document(clock: HopClock) -> dict[str, Any]:
    """Write a clock."""
    raise NotImplementedError


def clock_from_document(document: Mapping[str, Any]) -> HopClock:
    """Read a clock."""
    raise NotImplementedError


def hop_to_document(hop: Hop) -> dict[str, Any]:
    """Write a hop."""
    raise NotImplementedError


def hop_from_document(document: Mapping[str, Any]) -> Hop:
    """Read a hop."""
    raise NotImplementedError


def transfer_to_document(transfer: Transfer) -> dict[str, Any]:
    """Write a transfer with its itinerary and all its hops."""
    raise NotImplementedError


def transfer_from_document(document: Mapping[str, Any]) -> Transfer:
    """Read a transfer."""
    raise NotImplementedError
