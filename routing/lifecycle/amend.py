"""Amend: the originator corrects what it submitted, while the transfer is on its way."""

from __future__ import annotations

from routing.itinerary import RouteRefused, plan
from routing.lifecycle.draft import Draft
from routing.lifecycle.events import Declined, Said
from routing.lifecycle.hand_over import go_on
from routing.lifecycle.model import HopState
from routing.lifecycle.routes import failure_of, originators_facts, route_facts, route_request
from schemas.kinds import Kind


def correct(draft: Draft, event: Said) -> Declined | None:
    """Keep the correction, resolve the steps that are still to come, tell who has the dossier.

    Who is just being offered it is told too: the offer was written before.
    """
    data = event.data
    # An empty list of documents says that there are none; an empty map of facts says nothing.
    mends = (data.applicant, data.documents, data.form)
    if not (data.places or data.facts or data.note) and all(one is None for one in mends):
        return Declined(
            "missing-field",
            "a correction brings an applicant, places, facts, documents, a form or a note",
            "/data",
        )
    facts = originators_facts(draft, data.facts or {})
    if isinstance(facts, Declined):
        return facts
    draft.facts = facts
    if data.places:
        draft.places = {**draft.places, **data.places}
    draft.corrections = (*draft.corrections, event.ref)
    changed = [
        name
        for name in ("places", "facts", "applicant", "documents", "form")
        if getattr(data, name) is not None
    ]
    draft.enter("transfer.corrected", facts={"changed": changed})
    if data.places or data.facts:
        declined = _resolve_ahead(draft)
        if declined is not None:
            return declined
    for hop in draft.currents():
        if hop.is_running:
            draft.send(
                hop.agency,
                Kind.TRANSFER_CHANGED,
                {"state": draft.state.value, "change": "corrected", "step": hop.step},
                hop,
                (event.ref,),
            )
    go_on(draft)
    return None


def _resolve_ahead(draft: Draft) -> Declined | None:
    context = draft.context
    routed = plan(route_request(draft), context.catalogue, context.directory, context.units)
    if isinstance(routed, RouteRefused):
        return Declined(routed.slug, routed.detail, routed.pointer)
    for step in routed.steps:
        hop = draft.current(step.id)
        if hop.state is not HopState.PLANNED or hop.chosen or hop.agency == step.agency:
            continue
        draft.enter("hop.rerouted", hop, reason="corrected", facts=route_facts(step, hop.agency))
        draft.move(hop, agency=step.agency, failure=failure_of(step.failure), stuck=False)
    return None
