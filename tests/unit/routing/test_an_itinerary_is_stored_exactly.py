"""An itinerary written as a document and read back is the same, and small enough to keep."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.directory import Directory
from routing.itinerary import (
    FailureKind,
    Itinerary,
    PlannedStep,
    RouteFailure,
    RouteRequest,
    from_document,
    plan,
    step_from_document,
    step_to_document,
    to_document,
)
from routing.procedures import Catalogue
from routing.units import Units

codes = st.sampled_from(["H31.101", "G01.833.101", "G24.33.01"])
texts = st.text(max_size=20)
failures = st.builds(
    RouteFailure, st.sampled_from(FailureKind), texts, st.lists(codes, max_size=3).map(tuple)
)
steps = st.builds(
    PlannedStep,
    id=st.from_regex(r"[a-z][a-z0-9-]{0,10}", fullmatch=True),
    title_vi=texts,
    title_en=texts,
    after=st.just(()),
    budget=st.sampled_from([None, "3 wd", "0 wd"]),
    cutoff=st.sampled_from([None, "15:00"]),
    start=st.sampled_from(["sent", "received"]),
    when=st.sampled_from([None, {"not": {"fact": "a", "in": ["x", "y"]}}]),
    silence=st.sampled_from([None, "consent"]),
    publication=st.booleans(),
    outside_total=st.booleans(),
    legal_basis=texts,
    role=st.sampled_from([None, "police.local"]),
    place=st.sampled_from([None, "applicant", "receiver"]),
    agency=st.none() | codes,
    failure=st.none() | failures,
    rule=texts,
    candidates=st.lists(codes, max_size=3).map(tuple),
    expected=st.booleans(),
)
itineraries = st.builds(
    Itinerary,
    procedure=st.just("2.000987"),
    procedure_version=texts,
    directory_version=texts,
    units_version=texts,
    as_of=st.datetimes(timezones=st.just(UTC)),
    originator=codes,
    total=st.sampled_from([None, "3 wd"]),
    total_excludes=st.sampled_from([(), ("supplement", "payment")]),
    facts=st.dictionaries(st.sampled_from("ab"), st.booleans() | st.integers() | texts),
    steps=st.lists(steps, unique_by=lambda step: step.id, max_size=4).map(tuple),
)


@given(itineraries)
def test_an_itinerary_comes_back_from_json_as_it_was(itinerary: Itinerary) -> None:
    stored = json.dumps(to_document(itinerary))

    assert from_document(json.loads(stored)) == itinerary


@given(steps)
def test_a_step_comes_back_from_json_as_it_was(step: PlannedStep) -> None:
    assert step_from_document(json.loads(json.dumps(step_to_document(step)))) == step


@pytest.mark.parametrize("code", ["9.000006", "9.000010", "1.012783"])
def test_a_route_of_three_steps_takes_little_room(
    catalogue: Catalogue, directory: Directory, units: Units, march_2026: datetime, code: str
) -> None:
    places = {"applicant": "11953", "land_parcel": "11953"}
    request = RouteRequest(code, "H31.101", places, {}, march_2026, march_2026)

    itinerary = plan(request, catalogue, directory, units)

    assert isinstance(itinerary, Itinerary)
    stored = json.dumps(to_document(itinerary), ensure_ascii=False, separators=(",", ":"))
    assert len(itinerary.steps) == 3
    assert len(stored.encode()) < 1_750


def test_the_instant_is_stored_in_utc_and_means_the_same(
    catalogue: Catalogue, directory: Directory, units: Units
) -> None:
    there = datetime.fromisoformat("2026-03-02T08:00:00+07:00")
    request = RouteRequest("2.000908", "H31.101", {}, {}, there, there)

    itinerary = plan(request, catalogue, directory, units)

    assert isinstance(itinerary, Itinerary)
    document = to_document(itinerary)
    assert document["as_of"] == "2026-03-02T01:00:00+00:00"
    assert from_document(document) == itinerary
