"""POST /v1/messages/validate: what would become of a message, without sending it.

The body is read and judged as POST /v1/messages does it, and then forgotten: nothing is stored, no
id is used up, nobody is told.
"""

import asyncio
from collections.abc import Iterator
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from gateway.api.answers import as_json
from gateway.api.callers import Agency
from gateway.api.documented import PROBLEMS
from gateway.api.message_docs import EVENT_BODY
from gateway.api.problems import problem_body
from gateway.api.reception import read_request, refuse_compressed
from gateway.api.routes import route_document
from gateway.api.state import State
from gateway.api.validation_shapes import VALIDATION_ANSWERS
from gateway.commit.items import Judged
from gateway.commit.rehearsal import Rehearsals, Rehearsed
from gateway.operations.transfer_view import View, actor_for_others, clock_view
from routing.lifecycle.model import Hop, HopClock, HopKey, Transfer
from schemas.kinds import Kind

router = APIRouter(prefix="/v1", tags=["messages"])

_TOLD_AT_ONCE = 10
"""Outcomes written before others get a turn: some 5 ms."""


@router.post(
    "/messages/validate",
    summary="Try a message, or a batch, without sending it",
    operation_id="validateMessages",
    responses={**VALIDATION_ANSWERS, **PROBLEMS(400, 401, 403, 413, 415, 503)},
    openapi_extra=EVENT_BODY,
)
async def validate_messages(request: Request, agency: Agency, state: State) -> Response:
    """Say what POST /v1/messages would answer to this body, and what would follow.

    Always 200: `verdict` and `status` are those that the message would get. For a batch an array,
    each item judged as if those before it had been taken. Nothing is stored, and no id is used up:
    the message may then be sent, under the same id. What is said holds until something else
    happens to the dossier.
    """
    refuse_compressed(request)
    said = await read_request(request, agency, state)
    rehearsals = await state.rehearsal.rehearse(said.messages)
    told: list[View] = []
    for no, (message, found) in enumerate(zip(said.messages, rehearsals.rehearsed, strict=True)):
        if no % _TOLD_AT_ONCE == _TOLD_AT_ONCE - 1:
            await asyncio.sleep(0)
        told.append(_told(message, found, rehearsals, state))
    return as_json(told if said.is_batch else told[0])


def _told(message: Judged, found: Rehearsed, rehearsals: Rehearsals, state: State) -> View:
    answer = found.answer
    receipt = orjson.loads(answer.receipt)
    told: View = {
        "message": message.key or message.incoming.message_id,
        "verdict": answer.verdict,
        "status": answer.status,
    }
    match answer.verdict:
        case "duplicate":
            told |= {"first": receipt["first"], "receipt": receipt}
        case "refused":
            assert answer.problem is not None
            told["problem"] = problem_body(answer.problem)
        case _:
            told["follows"] = _follows(message, found, receipt, rehearsals, state)
    return told


def _follows(
    message: Judged, found: Rehearsed, receipt: View, rehearsals: Rehearsals, state: State
) -> View:
    before, after = found.before, found.after
    assert after is not None
    is_new = message.kind is Kind.TRANSFER_SUBMITTED
    data: Any = message.data
    return {
        "transfer": None if is_new else receipt["transfer"],
        "dossier": receipt["dossier"],
        "state": {"before": before.state if before else None, "after": after.state},
        "itinerary": receipt["itinerary"],
        "deadlines": receipt["deadlines"],
        "warnings": receipt.get("warnings", []),
        "route": (
            route_document(after.itinerary, rehearsals.rulebook, data.received_at)
            if is_new
            else None
        ),
        "clock": _change(before.clock if before else None, after.clock),
        "hops": list(_hops(before, after)),
        "acts": [_act(row) for row in found.ledger],
        "messages": [
            {
                "to": row["agency"],
                "kind": row["kind"],
                "step": row["step"],
                "round": row["round"],
                "connected": state.services.endpoints.is_connected(row["agency"]),
            }
            for row in found.deliveries
        ],
        "taken_back": [{"step": row["step"], "round": row["round"]} for row in found.withdrawn],
    }


def _hops(before: Transfer | None, after: Transfer) -> Iterator[View]:
    """Show the hops that the message would change, as they are and as they would be."""
    stood: dict[HopKey, Hop] = dict(before.hops) if before else {}
    for key, hop in after.hops.items():
        was = stood.get(key)
        if was is not hop:
            yield {
                "step": hop.step,
                "round": hop.round,
                "agency": hop.agency,
                "state": {"before": was.state if was else None, "after": hop.state},
                "clock": _change(was.clock if was else None, hop.clock),
            }


def _change(before: HopClock | None, after: HopClock) -> View | None:
    """Show a clock as it is and as it would be; None where it stays what it is."""
    if before == after:
        return None
    return {"before": clock_view(before) if before else None, "after": clock_view(after)}


def _act(row: View) -> View:
    sealed = orjson.loads(row["body"])
    return {
        "act": row["act"],
        "actor": actor_for_others(row["actor"]),
        "step": row["step"],
        "round": row["round"],
        "legal_at": row["legal_at"],
        "reason": sealed.get("reason"),
        "legal_basis": sealed.get("legal_basis"),
    }
