"""Receipts: our answer to a message, written once and given again to every duplicate."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from gateway.ids import derived_id
from routing.itinerary import legs_of, walk
from routing.legaltime import CalendarUnknown
from routing.lifecycle.model import Context, Hop, Transfer
from schemas.problems import Problem, ProblemType

_UTC = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS


def receipt_id(inbox_id: UUID) -> UUID:
    """Return the receipt's own id: it derives from its cause, so that copies are one."""
    return derived_id(inbox_id, 0)


def accepted(
    inbox_id: UUID,
    message_id: str,
    transfer: Transfer,
    context: Context,
    *,
    hop: Hop | None = None,
    forecast: bool = False,
    warnings: Sequence[Mapping[str, Any]] = (),
) -> bytes:
    """Write the receipt of an accepted message: where the transfer stands, and by when what is due.

    `hop` is the one whose limits are firm, unless it has ended; `forecast` adds the later hops'
    latest ends. Without `warnings` it says nothing of them.
    """
    deadlines: dict[str, Any] = {"overall": transfer.clock.deadline_at}
    if hop is not None and hop.is_open:
        deadlines["hop"] = {
            "step": hop.step,
            "receive_by": hop.receive_by,
            "complete_by": hop.clock.deadline_at,
        }
    if forecast:
        deadlines["latest"] = _latest_ends(transfer, context, hop)
    receipt = {
        "id": str(receipt_id(inbox_id)),
        "verdict": "accepted",
        "message": message_id,
        "transfer": str(transfer.id),
        "dossier": {"issuer": transfer.issuer, "code": transfer.code},
        "itinerary": [_line(hop) for hop in _in_order(transfer)],
        "deadlines": deadlines,
    }
    if warnings:
        receipt["warnings"] = warnings
    return orjson.dumps(receipt, option=_UTC)


def refused(inbox_id: UUID, message_id: str | None, found: Problem) -> bytes:
    """Write the receipt of a refusal, with the problem inside."""
    return orjson.dumps(
        {
            "id": str(receipt_id(inbox_id)),
            "verdict": "refused",
            "message": message_id or _unnamed(found),
            "problem": found.model_dump(mode="json", exclude_none=True),
        }
    )


def _unnamed(found: Problem) -> str:
    """Say why a receipt cannot name the message that it answers."""
    return "too-large" if found.slug is ProblemType.TOO_LARGE else "unreadable"


def repeated(stored: str, first: str) -> bytes:
    """Write the answer to a duplicate: the stored receipt, saying what it was the first time."""
    receipt = orjson.loads(stored)
    receipt["verdict"] = "duplicate"
    receipt["first"] = first
    return orjson.dumps(receipt)


def _latest_ends(transfer: Transfer, context: Context, firm: Hop | None) -> dict[str, datetime]:
    """By when each later hop ends if everyone uses the whole budget: a forecast, no promise."""
    try:
        walked = walk(legs_of(transfer.itinerary), None, context.calendar, transfer.submitted_at)
    except CalendarUnknown:
        return {}
    return {
        step: found.deadline_at
        for step, found in walked.due.items()
        if firm is None or step != firm.step
    }


def _in_order(transfer: Transfer) -> list[Hop]:
    """The present hop of each step: the origin, then the steps as they are planned."""
    order = {step.id: no for no, step in enumerate(transfer.itinerary.steps)}
    present = (hop for hop in transfer.hops.values() if hop.superseded_by is None)
    return sorted(present, key=lambda hop: order.get(hop.step, -1))


def _line(hop: Hop) -> dict[str, Any]:
    line: dict[str, Any] = {
        "step": hop.step,
        "round": hop.round,
        "agency": hop.agency,
        "state": hop.state,
    }
    if hop.failure is not None:
        line["failure"] = hop.failure["kind"]
    return line
