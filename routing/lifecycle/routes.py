"""Resolve a step of a transfer again: at its turn, after a correction, after "not competent"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from routing.itinerary import PlannedStep, RouteFailure, RouteRequest, resolve_step, undeclared_fact
from routing.lifecycle.draft import Draft
from routing.lifecycle.events import Declined, JsonObject
from routing.lifecycle.model import Hop
from routing.procedures import Procedure


def route_request(draft: Draft) -> RouteRequest:
    """Return what the route depends on now; the procedure version stays that of the receipt."""
    transfer, context = draft.transfer, draft.context
    return RouteRequest(
        transfer.procedure,
        transfer.originator,
        draft.places,
        draft.facts,
        transfer.received_at,
        context.now,
        transfer.procedure_version,
    )


def resolve(draft: Draft, hop: Hop) -> PlannedStep:
    """Resolve the hop's step as of now, without agencies that said they are not competent."""
    planned = draft.step_of(hop)
    context = draft.context
    if (
        context.now == draft.itinerary.as_of
        and draft.facts == draft.itinerary.facts
        and not hop.excluded
        and not draft.corrections
    ):
        return planned
    return resolve_step(
        planned,
        route_request(draft),
        context.catalogue,
        context.directory,
        context.units,
        frozenset(hop.excluded),
    )


def failure_of(failure: RouteFailure | None) -> Mapping[str, Any] | None:
    """Return a routing failure as a hop keeps it: a JSON-ready mapping."""
    if failure is None:
        return None
    return {
        "kind": failure.kind.value,
        "detail": failure.detail,
        "candidates": list(failure.candidates),
    }


def route_facts(step: PlannedStep, before: str | None) -> JsonObject:
    """Return what the ledger keeps of a choice: from whom to whom, by which rule."""
    facts: JsonObject = {"from": before, "to": step.agency, "rule": step.rule}
    if step.failure is not None:
        facts["failure"] = step.failure.kind.value
        facts["candidates"] = list(step.failure.candidates)
    return facts


def procedure_of(draft: Draft) -> Procedure:
    """Return the procedure version that the dossier was received under."""
    return draft.context.catalogue.get(draft.transfer.procedure, draft.transfer.procedure_version)


def originators_facts(draft: Draft, told: Mapping[str, Any]) -> Mapping[str, Any] | Declined:
    """Join facts that the originator tells; Declined, as at submission, if one is undeclared."""
    refused = undeclared_fact(procedure_of(draft), told) if told else None
    if refused is not None:
        return Declined(refused.slug, refused.detail, refused.pointer)
    return told_facts(draft, told)


def told_facts(draft: Draft, told: Mapping[str, Any]) -> Mapping[str, Any] | Declined:
    """Join facts that a message tells to those known; undeclared ones decide nothing.

    An agency that completes its step may tell the same facts whatever the procedure. Declined if
    a declared fact has the wrong type, or is none of the choices.
    """
    if not told:
        return draft.facts
    declared = procedure_of(draft).facts
    kept = dict(draft.facts)
    for name, value in told.items():
        fact = declared.get(name)
        if fact is None:
            continue
        if not fact.admits(value):
            return Declined(
                "invalid-value",
                f"the fact {name} must be {fact.expectation}",
                f"/data/facts/{name}",
            )
        kept[name] = value
    return kept
