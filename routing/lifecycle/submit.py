"""Submit: the first event, which plans the itinerary and begins the first turns."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from routing.itinerary import Itinerary, RouteRefused, RouteRequest, plan
from routing.lifecycle.clocks import clock_facts, ready_clock, start_clock
from routing.lifecycle.counted import submission_facts
from routing.lifecycle.draft import Draft
from routing.lifecycle.events import Context, Declined, Folded, JsonObject, Said
from routing.lifecycle.hand_over import go_on
from routing.lifecycle.instants import legal_instant, written
from routing.lifecycle.model import (
    ORIGIN,
    Hop,
    HopKey,
    HopState,
    Transfer,
    TransferState,
)
from routing.lifecycle.overall import hold_overall
from routing.lifecycle.routes import failure_of


def open_transfer(said: Said, id: UUID, code: str, context: Context) -> Folded | Declined:
    """Open a transfer for a submission: plan it, start the overall clock, hand over.

    Declined with the sender's mistake if the submission cannot be routed at all; a step without a
    competent agency does not stop the others.
    """
    data = said.data
    if data.received_at > said.recorded_at + context.policies.claim_window:
        return Declined(
            "invalid-value", "a dossier cannot be received in the future", "/data/received_at"
        )
    at, claim = legal_instant(said.claimed_at, said.recorded_at, None, context)
    request = RouteRequest(
        data.procedure,
        said.sender,
        dict(data.places),
        dict(data.facts),
        data.received_at,
        context.now,
    )
    itinerary = plan(request, context.catalogue, context.directory, context.units)
    if isinstance(itinerary, RouteRefused):
        return Declined(itinerary.slug, itinerary.detail, itinerary.pointer)
    clock = start_clock(
        context.calendar,
        ready_clock(
            itinerary.total,
            context.policies.overall_cutoff.of(itinerary.procedure),
            thresholds=context.policies.thresholds.of(
                itinerary.procedure, version=itinerary.procedure_version
            ),
        ),
        data.received_at,
    )
    transfer = Transfer(
        id=id,
        issuer=said.sender,
        code=code,
        originator=said.sender,
        state=TransferState.OPEN,
        procedure=itinerary.procedure,
        procedure_version=itinerary.procedure_version,
        itinerary=itinerary,
        facts=itinerary.facts,
        places=request.places,
        hops=_hops(itinerary, said.sender, at),
        submitted_at=at,
        received_at=data.received_at,
        promised_at=data.promised_at,
        clock=clock,
        submission_ref=said.ref,
        last_event_at=at,
        grace=context.policies.grace,
    )
    draft = Draft(
        transfer, context, actor=f"agency:{said.sender}", legal_at=at, cause=said.ref, claim=claim
    )
    draft.enter("transfer.submitted", facts=_facts(transfer) | submission_facts(data))
    go_on(draft)
    hold_overall(draft)
    return draft.folded()


def _hops(itinerary: Itinerary, originator: str, at: datetime) -> dict[HopKey, Hop]:
    hops: dict[HopKey, Hop] = {
        (ORIGIN, 1): Hop(
            ORIGIN,
            1,
            originator,
            HopState.COMPLETED,
            received_at=at,
            ended_at=at,
            last_event_at=at,
        )
    }
    for step in itinerary.steps:
        hops[step.id, 1] = Hop(
            step.id,
            1,
            step.agency,
            HopState.PLANNED,
            failure=failure_of(step.failure),
            lapses=step.silence == "consent",
        )
    return hops


def _facts(transfer: Transfer) -> JsonObject:
    itinerary = transfer.itinerary
    facts: JsonObject = {
        "procedure": transfer.procedure,
        "directory": itinerary.directory_version,
        "units": itinerary.units_version,
        "steps": {
            step.id: step.agency or (step.failure.kind.value if step.failure else None)
            for step in itinerary.steps
        },
        "overall": clock_facts(transfer.clock),
    }
    if transfer.promised_at is not None:
        facts["promised_at"] = written(transfer.promised_at)
    return facts
