"""An itinerary as a JSON-ready document and back, exactly.

One document is stored per transfer and read with every message, so it says only what differs
from the ordinary: keys with their default value are left out.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from routing.itinerary.model import FailureKind, Itinerary, PlannedStep, RouteFailure


def to_document(itinerary: Itinerary) -> dict[str, Any]:
    """Write the itinerary; `from_document(to_document(one)) == one`."""
    document: dict[str, Any] = {
        "procedure": itinerary.procedure,
        "version": itinerary.procedure_version,
        "directory": itinerary.directory_version,
        "units": itinerary.units_version,
        "as_of": itinerary.as_of.astimezone(UTC).isoformat(),
        "originator": itinerary.originator,
        "steps": [step_to_document(step) for step in itinerary.steps],
    }
    if itinerary.total is not None:
        document["total"] = itinerary.total
    if itinerary.total_excludes:
        document["excludes"] = list(itinerary.total_excludes)
    if itinerary.facts:
        document["facts"] = dict(itinerary.facts)
    return document


def from_document(document: Mapping[str, Any]) -> Itinerary:
    """Read an itinerary that to_document wrote; KeyError if it is not one."""
    return Itinerary(
        procedure=document["procedure"],
        procedure_version=document["version"],
        directory_version=document["directory"],
        units_version=document["units"],
        as_of=datetime.fromisoformat(document["as_of"]),
        originator=document["originator"],
        total=document.get("total"),
        total_excludes=tuple(document.get("excludes", ())),
        facts=document.get("facts", {}),
        steps=tuple([step_from_document(step) for step in document["steps"]]),
    )


def step_to_document(step: PlannedStep) -> dict[str, Any]:
    """Write one planned step."""
    document: dict[str, Any] = {
        "id": step.id,
        "vi": step.title_vi,
        "en": step.title_en,
        "law": step.legal_basis,
        "rule": step.rule,
    }
    if step.after:
        document["after"] = list(step.after)
    if step.budget is not None:
        document["budget"] = step.budget
    if step.cutoff is not None:
        document["cutoff"] = step.cutoff
    if step.start != "sent":
        document["start"] = step.start
    if step.when is not None:
        document["when"] = step.when
    if step.silence is not None:
        document["silence"] = step.silence
    if step.publication:
        document["publication"] = True
    if step.outside_total:
        document["outside_total"] = True
    if step.role is not None:
        document["role"] = step.role
    if step.place is not None:
        document["place"] = step.place
    if step.agency is not None:
        document["agency"] = step.agency
    if step.failure is not None:
        document["failure"] = [
            str(step.failure.kind),
            step.failure.detail,
            *step.failure.candidates,
        ]
    if step.candidates != ((step.agency,) if step.agency is not None else ()):
        document["candidates"] = list(step.candidates)
    if not step.expected:
        document["expected"] = False
    if step.same_day:
        document["same_day"] = True
    return document


def step_from_document(document: Mapping[str, Any]) -> PlannedStep:
    """Read one planned step."""
    get = document.get
    agency, failure, candidates = get("agency"), get("failure"), get("candidates")
    if candidates is None:
        candidates = () if agency is None else (agency,)
    return PlannedStep(
        document["id"],
        document["vi"],
        document["en"],
        tuple(get("after", ())),
        get("budget"),
        get("cutoff"),
        get("start", "sent"),
        get("when"),
        get("silence"),
        get("publication", False),
        get("outside_total", False),
        document["law"],
        get("role"),
        get("place"),
        agency,
        None
        if failure is None
        else RouteFailure(FailureKind(failure[0]), failure[1], tuple(failure[2:])),
        document["rule"],
        tuple(candidates),
        get("expected", True),
        get("same_day", False),
    )
