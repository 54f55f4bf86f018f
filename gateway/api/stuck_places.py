"""Where somebody has come to in a list of what is stuck, as a cursor."""

from datetime import datetime
from uuid import UUID

from gateway.api.cursors import not_ours, read_cursor, write_cursor
from gateway.operations.causes import Cause
from gateway.operations.stuck import BEGINNING, Place


def write_place(cause: Cause, place: Place) -> str:
    """Write a place in the list of one cause."""
    at = place.at.isoformat() if place.at else None
    return write_cursor(f"s-{cause}", at, str(place.id), place.step, place.round)


def read_place(cause: Cause, after: str | None) -> Place:
    """Read a place in the list of one cause, the beginning if none is said; refuse any other."""
    if after is None:
        return BEGINNING
    at, id_, step, round_ = read_cursor(f"s-{cause}", after, 4)
    try:
        place = Place(datetime.fromisoformat(at) if at else None, UUID(id_), step, round_)
    except (TypeError, ValueError, AttributeError):
        raise not_ours() from None
    if type(step) is not str or "\0" in step or type(round_) is not int or round_ >= 2**31:
        raise not_ours()
    return place
