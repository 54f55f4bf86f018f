"""Each step of a route has exactly one agency, or a typed reason why it has none."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.directory import Agency, Directory, load_directory
from routing.itinerary import (
    ORIGIN,
    FailureKind,
    Itinerary,
    RouteRefused,
    RouteRequest,
    plan,
    resolve_step,
)
from routing.procedures import Catalogue, load_catalogue
from routing.units import Units, load_units

COMMUNE = "11953"
ONE_STOP = "H31.101"
BIRTH = "2.000987"
COPIES = "2.000908"
EARLIEST, LATEST = datetime.fromisoformat("2025-03-02"), datetime.fromisoformat("2027-01-01")


def _request(
    procedure: str, as_of: datetime, places: dict[str, str], **facts: bool | str
) -> RouteRequest:
    return RouteRequest(procedure, ONE_STOP, places, facts, as_of, as_of)


def _plan(request: RouteRequest, excluded: dict[str, frozenset[str]] | None = None) -> Itinerary:
    planned = plan(request, load_catalogue(), load_directory(), load_units(), excluded or {})
    assert isinstance(planned, Itinerary), planned
    return planned


def test_a_birth_goes_to_the_commune_the_population_database_and_the_bodies_of_its_area(
    march_2026: datetime,
) -> None:
    itinerary = _plan(_request(BIRTH, march_2026, {"applicant": COMMUNE}))

    assert {step.id: step.agency for step in itinerary.steps} == {
        "civil-status": "H31.101",
        "population-id": "G01.899.001",
        "residence": "G01.833.101",
        "health-insurance": "G24.33.01",
        "identity-card": "G01.833",
    }
    assert itinerary.successors[ORIGIN] == ("civil-status",)
    assert itinerary.successors["residence"] == ("health-insurance", "identity-card")
    assert itinerary.leaves == ("health-insurance", "identity-card")
    assert itinerary.descendants("population-id") == (
        "residence",
        "health-insurance",
        "identity-card",
    )


def test_every_choice_names_its_rule_and_the_versions_of_the_tables(
    march_2026: datetime, directory: Directory, units: Units
) -> None:
    itinerary = _plan(_request(BIRTH, march_2026, {"applicant": COMMUNE}))

    assert itinerary.by_id["residence"].rule == "police.local@applicant=11953"
    assert itinerary.by_id["residence"].candidates == ("G01.833.101",)
    assert itinerary.by_id["population-id"].rule == "fixed"
    assert itinerary.directory_version == directory.version
    assert itinerary.units_version == units.version


def test_a_place_outside_every_jurisdiction_has_no_candidate(march_2026: datetime) -> None:
    itinerary = _plan(_request(BIRTH, march_2026, {"applicant": "00004"}))

    failure = itinerary.by_id["civil-status"].failure
    assert failure is not None
    assert failure.kind is FailureKind.NO_CANDIDATE
    assert "one-stop.commune@applicant=00004" in failure.detail


def test_an_agency_that_is_not_competent_is_not_chosen_again(march_2026: datetime) -> None:
    request = _request(BIRTH, march_2026, {"applicant": COMMUNE})
    excluded = {"residence": frozenset({"G01.833.101"})}

    itinerary = _plan(request, excluded)

    failure = itinerary.by_id["residence"].failure
    assert failure is not None
    assert failure.kind is FailureKind.NO_CANDIDATE
    assert itinerary.by_id["residence"].agency is None
    assert itinerary.by_id["civil-status"].agency == "H31.101"


def test_two_competent_agencies_are_left_to_a_person(
    march_2026: datetime, catalogue: Catalogue, directory: Directory, units: Units
) -> None:
    police = directory.agency("G01.833.101", march_2026)
    assert police is not None
    doubled = _with(directory, units, replace(police, code="G01.833.999", aliases=()))
    request = _request(BIRTH, march_2026, {"applicant": COMMUNE})

    itinerary = plan(request, catalogue, doubled, units)
    decided = plan(request, catalogue, doubled, units, {"residence": frozenset({"G01.833.101"})})

    assert isinstance(itinerary, Itinerary)
    assert isinstance(decided, Itinerary)
    failure = itinerary.by_id["residence"].failure
    assert failure is not None
    assert failure.kind is FailureKind.AMBIGUOUS
    assert failure.candidates == ("G01.833.101", "G01.833.999")
    assert decided.by_id["residence"].agency == "G01.833.999"


def test_a_fixed_agency_that_is_gone_fails_its_step(
    march_2026: datetime, catalogue: Catalogue, directory: Directory, units: Units
) -> None:
    without = Directory(
        version="without", agencies=[a for a in directory if a.code != "G01.899.001"], units=units
    )

    itinerary = plan(_request(BIRTH, march_2026, {"applicant": COMMUNE}), catalogue, without, units)

    assert isinstance(itinerary, Itinerary)
    failure = itinerary.by_id["population-id"].failure
    assert failure is not None
    assert failure.kind is FailureKind.AGENCY_NOT_IN_FORCE


def test_a_step_of_the_receiver_stays_with_the_receiving_commune(march_2026: datetime) -> None:
    itinerary = _plan(_request(COPIES, march_2026, {}))

    assert {step.agency for step in itinerary.steps} == {ONE_STOP}
    assert itinerary.steps[0].rule == "one-stop.commune@receiver"


def test_a_step_of_the_receiver_fails_if_the_receiver_is_above_the_communes(
    march_2026: datetime, directory: Directory
) -> None:
    (centre,) = (a for a in directory.in_force(march_2026) if "one-stop.province" in a.roles)

    itinerary = _plan(replace(_request(COPIES, march_2026, {}), originator=centre.code))

    failure = itinerary.steps[0].failure
    assert failure is not None
    assert failure.kind is FailureKind.NO_CANDIDATE


def test_a_receiver_that_no_longer_exists_fails_its_steps(march_2026: datetime) -> None:
    itinerary = _plan(replace(_request(COPIES, march_2026, {}), originator="H54.20.11"))

    failure = itinerary.steps[0].failure
    assert failure is not None
    assert failure.kind is FailureKind.AGENCY_NOT_IN_FORCE


def test_a_step_resolved_again_knows_the_facts_that_came_since(
    march_2026: datetime, catalogue: Catalogue, directory: Directory, units: Units
) -> None:
    request = _request(BIRTH, march_2026, {"applicant": COMMUNE})
    residence = _plan(request).by_id["residence"]
    later = replace(request, facts={"residence_check": "verify"})

    again = resolve_step(residence, later, catalogue, directory, units)

    assert residence.budget == "2 wd"
    assert again == replace(residence, budget="5 wd")


def test_a_step_is_resolved_again_under_the_version_of_its_dossier(
    march_2026: datetime, catalogue: Catalogue, directory: Directory, units: Units
) -> None:
    request = replace(
        _request("9.000008", march_2026, {"construction_site": COMMUNE}, works="separate_house"),
        procedure_version="2026-07-01",
    )

    itinerary = _plan(request)
    again = resolve_step(itinerary.steps[0], request, catalogue, directory, units)

    assert itinerary.procedure_version == "2026-07-01"
    assert again.budget == "3 wd"


PLACES = ("applicant", "land_parcel", "deceased", "construction_site")


@st.composite
def requests(draw: st.DrawFn) -> RouteRequest:
    catalogue, directory = load_catalogue(), load_directory()
    code = draw(st.sampled_from(catalogue.codes()))
    procedure = draw(st.sampled_from(catalogue.versions(code)))
    as_of = draw(
        st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC))  # naive bounds, aware results
    )
    communes = sorted(
        a.jurisdiction[0] for a in directory.in_force(as_of) if "one-stop.commune" in a.roles
    )
    originators = [a.code for a in directory.in_force(as_of) if "one-stop.commune" in a.roles]
    facts: dict[str, bool | int | str] = {}
    for fact in procedure.facts.values():
        options: list[bool | int | str | None] = [] if fact.required else [None]
        options += fact.choices or (True, False)
        if (value := draw(st.sampled_from(options))) is not None:
            facts[fact.name] = value
    places = {*procedure.places, *draw(st.lists(st.sampled_from(PLACES), unique=True))}
    return RouteRequest(
        code,
        draw(st.sampled_from(originators)),
        {place: draw(st.sampled_from(communes)) for place in sorted(places)},
        facts,
        as_of,
        as_of,
        procedure.version,
    )


@given(requests())
@settings(max_examples=150, deadline=None)
def test_any_route_is_a_dag_with_one_agency_or_one_failure_per_step(request: RouteRequest) -> None:
    tables = load_catalogue(), load_directory(), load_units()

    itinerary = plan(request, *tables)

    assert plan(request, *tables) == itinerary
    assert not isinstance(itinerary, RouteRefused)
    done: set[str] = set()
    for step in itinerary.steps:
        assert (step.agency is None) != (step.failure is None)
        assert step.agency is None or step.candidates == (step.agency,)
        assert done.issuperset(step.after)
        done.add(step.id)
    assert set(itinerary.descendants(ORIGIN)) == done
    assert not any(itinerary.successors[leaf] for leaf in itinerary.leaves)
    for step in itinerary.steps:
        assert resolve_step(step, request, *tables) == step


@pytest.mark.parametrize("instant", ["june_2025", "march_2026"])
def test_every_procedure_resolves_for_every_commune_of_its_era(
    instant: str, request: pytest.FixtureRequest, catalogue: Catalogue, directory: Directory
) -> None:
    as_of: datetime = request.getfixturevalue(instant)
    one_stops = [a for a in directory.in_force(as_of) if "one-stop.commune" in a.roles]

    for code in catalogue.codes():
        procedure = catalogue.in_force(code, as_of)
        if procedure is None:
            continue
        facts: dict[str, bool | int | str] = {
            fact.name: fact.choices[0] for fact in procedure.facts.values() if fact.required
        }
        for one_stop in one_stops:
            places = {str(name): one_stop.jurisdiction[0] for name in procedure.places}
            itinerary = _plan(RouteRequest(code, one_stop.code, places, facts, as_of, as_of))
            assert [step.failure for step in itinerary.steps] == [None] * len(itinerary.steps)


def _with(directory: Directory, units: Units, more: Agency) -> Directory:
    return Directory(version="more", agencies=[*directory, more], units=units)
