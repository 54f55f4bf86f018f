"""What the sender said wrongly refuses the whole submission, and points at the place of it."""

from dataclasses import replace
from datetime import datetime

import pytest

from routing.directory import Directory
from routing.itinerary import FailureKind, Itinerary, RouteRefused, RouteRequest, plan, resolve_step
from routing.itinerary.places import Placed, locate
from routing.procedures import Catalogue
from routing.units import Units

Tables = tuple[Catalogue, Directory, Units]


@pytest.fixture
def tables(catalogue: Catalogue, directory: Directory, units: Units) -> Tables:
    return catalogue, directory, units


def _birth(
    places: dict[str, str], received_at: datetime, as_of: datetime, **facts: bool | int | str
) -> RouteRequest:
    return RouteRequest("2.000987", "H31.101", places, facts, received_at, as_of)


def test_a_procedure_that_no_catalogue_has(tables: Tables, march_2026: datetime) -> None:
    request = RouteRequest("1.000001", "H31.101", {}, {}, march_2026, march_2026)

    refused = plan(request, *tables)

    assert isinstance(refused, RouteRefused)
    assert (refused.slug, refused.pointer) == ("unknown-procedure", "/data/procedure")


def test_a_procedure_that_did_not_exist_when_the_dossier_was_received(
    tables: Tables, june_2025: datetime, march_2026: datetime
) -> None:
    request = RouteRequest("9.000006", "H31.101", {}, {}, june_2025, march_2026)

    refused = plan(request, *tables)

    assert isinstance(refused, RouteRefused)
    assert (refused.slug, refused.pointer) == ("procedure-not-in-force", "/data/procedure")
    assert "from 2025-07-01" in refused.detail


def test_a_code_that_names_no_unit(tables: Tables, march_2026: datetime) -> None:
    refused = plan(_birth({"applicant": "99999"}, march_2026, march_2026), *tables)

    assert isinstance(refused, RouteRefused)
    assert (refused.slug, refused.pointer) == ("unknown-unit", "/data/places/applicant")


def test_a_bad_place_refuses_even_if_no_step_asks_for_it(
    tables: Tables, march_2026: datetime
) -> None:
    places = {"applicant": "11953", "workplace": "99999"}

    refused = plan(_birth(places, march_2026, march_2026), *tables)

    assert isinstance(refused, RouteRefused)
    assert refused.pointer == "/data/places/workplace"


def test_a_unit_abolished_before_the_receipt_tells_where_it_lies_now(
    tables: Tables, march_2026: datetime
) -> None:
    refused = plan(_birth({"applicant": "12433"}, march_2026, march_2026), *tables)

    assert isinstance(refused, RouteRefused)
    assert (refused.slug, refused.pointer) == ("abolished-unit", "/data/places/applicant")
    assert "13225" in refused.detail


def test_a_unit_split_before_the_receipt_is_ambiguous(tables: Tables, march_2026: datetime) -> None:
    refused = plan(_birth({"applicant": "00007"}, march_2026, march_2026), *tables)

    assert isinstance(refused, RouteRefused)
    assert (refused.slug, refused.pointer) == ("ambiguous-unit", "/data/places/applicant")


def test_a_unit_merged_after_the_receipt_is_followed_and_says_so(
    tables: Tables, june_2025: datetime, march_2026: datetime
) -> None:
    itinerary = plan(_birth({"applicant": "12433"}, june_2025, march_2026), *tables)

    assert isinstance(itinerary, Itinerary)
    assert itinerary.by_id["civil-status"].agency is not None
    assert itinerary.by_id["civil-status"].rule == "one-stop.commune@applicant=13225<12433"


def test_a_unit_split_after_the_receipt_is_a_failure_for_a_person_not_a_refusal(
    tables: Tables, june_2025: datetime, march_2026: datetime
) -> None:
    itinerary = plan(_birth({"applicant": "00007"}, june_2025, march_2026), *tables)

    assert isinstance(itinerary, Itinerary)
    failure = itinerary.by_id["civil-status"].failure
    assert failure is not None
    assert failure.kind is FailureKind.UNIT_AMBIGUOUS
    assert itinerary.by_id["population-id"].failure is None


def test_digits_that_were_given_to_another_unit_are_read_as_of_the_receipt(
    tables: Tables, june_2025: datetime, march_2026: datetime
) -> None:
    # 00025 named a ward that was split; since the reform the same digits name another one.
    old = plan(_birth({"applicant": "00025"}, june_2025, march_2026), *tables)
    new = plan(_birth({"applicant": "00025"}, march_2026, march_2026), *tables)

    assert isinstance(old, Itinerary)
    assert isinstance(new, Itinerary)
    old_failure, new_failure = old.steps[0].failure, new.steps[0].failure
    assert old_failure is not None
    assert old_failure.kind is FailureKind.UNIT_AMBIGUOUS
    assert new_failure is not None
    assert new_failure.kind is FailureKind.NO_CANDIDATE


def test_a_receipt_before_what_the_tables_know_is_left_to_a_person(
    tables: Tables, march_2026: datetime
) -> None:
    long_ago = datetime.fromisoformat("2025-01-15T08:00:00+07:00")

    itinerary = plan(_birth({"applicant": "11953"}, long_ago, march_2026), *tables)

    assert isinstance(itinerary, Itinerary)
    failure = itinerary.by_id["civil-status"].failure
    assert failure is not None
    assert failure.kind is FailureKind.UNIT_UNKNOWN


def test_a_current_code_is_understood_for_a_dossier_of_the_old_era(
    tables: Tables, june_2025: datetime, march_2026: datetime
) -> None:
    # 11948 is one of the few codes that no unit had before the reform.
    itinerary = plan(_birth({"applicant": "11948"}, june_2025, march_2026), *tables)

    assert isinstance(itinerary, Itinerary)
    assert itinerary.by_id["civil-status"].rule == "one-stop.commune@applicant=11948"


def test_a_province_that_was_only_renamed_is_still_the_same_place(tables: Tables) -> None:
    before = datetime.fromisoformat("2026-04-01T08:00:00+07:00")
    after = datetime.fromisoformat("2026-06-01T08:00:00+07:00")

    where = locate("applicant", "75", before, after, tables[2])

    assert where == Placed("75", "75")


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"identity_card": "yes"}, "/data/facts/identity_card"),
        ({"identity_card": 1}, "/data/facts/identity_card"),
        ({"residence_check": "perhaps"}, "/data/facts/residence_check"),
        ({"residence_check": True}, "/data/facts/residence_check"),
    ],
)
def test_a_fact_that_is_none_of_its_values(
    tables: Tables, march_2026: datetime, facts: dict[str, bool | int | str], pointer: str
) -> None:
    refused = plan(_birth({"applicant": "11953"}, march_2026, march_2026, **facts), *tables)

    assert isinstance(refused, RouteRefused)
    assert (refused.slug, refused.pointer) == ("invalid-value", pointer)


def test_a_fact_without_which_no_route_is_right(tables: Tables, march_2026: datetime) -> None:
    request = RouteRequest("2.002622", "H31.101", {"deceased": "11953"}, {}, march_2026, march_2026)

    refused = plan(request, *tables)

    assert isinstance(refused, RouteRefused)
    assert (refused.slug, refused.pointer) == ("missing-field", "/data/facts/benefit")
    assert "social_insurance" in refused.detail


def test_a_fact_that_the_procedure_does_not_declare(tables: Tables, march_2026: datetime) -> None:
    facts: dict[str, bool | int | str] = {"identity_card": True, "residence_chek": "verify"}

    refused = plan(_birth({"applicant": "11953"}, march_2026, march_2026, **facts), *tables)

    assert isinstance(refused, RouteRefused)
    assert (refused.slug, refused.pointer) == ("unknown-field", "/data/facts/residence_chek")
    assert "identity_card, residence_check" in refused.detail


def test_a_mistyped_name_of_a_required_fact_is_told_as_such(
    tables: Tables, march_2026: datetime
) -> None:
    facts: dict[str, bool | int | str] = {"benefits": "merit"}
    request = RouteRequest(
        "2.002622", "H31.101", {"deceased": "11953"}, facts, march_2026, march_2026
    )

    refused = plan(request, *tables)

    assert isinstance(refused, RouteRefused)
    assert (refused.slug, refused.pointer) == ("unknown-field", "/data/facts/benefits")


def test_a_place_that_a_step_needs_and_nobody_gave(tables: Tables, march_2026: datetime) -> None:
    refused = plan(_birth({"deceased": "11953"}, march_2026, march_2026), *tables)

    assert isinstance(refused, RouteRefused)
    assert (refused.slug, refused.pointer) == ("missing-field", "/data/places/applicant")
    assert "civil-status" in refused.detail


@pytest.mark.parametrize("province", ["33", "79"])
def test_a_province_where_a_commune_is_needed(
    tables: Tables, march_2026: datetime, province: str
) -> None:
    refused = plan(_birth({"applicant": province}, march_2026, march_2026), *tables)

    assert isinstance(refused, RouteRefused)
    assert (refused.slug, refused.pointer) == ("invalid-value", "/data/places/applicant")
    assert "commune" in refused.detail


def test_a_place_that_only_a_step_needs_that_will_not_run_may_be_left_out(
    tables: Tables, march_2026: datetime
) -> None:
    catalogue, directory, units = tables
    birth = catalogue.in_force("2.000987", march_2026)
    assert birth is not None
    card = birth.step("identity-card")
    elsewhere = replace(card, role="police.local", agency=None, place="workplace")
    steps = tuple(elsewhere if step is card else step for step in birth.steps)
    changed = Catalogue(version="changed", procedures=[replace(birth, steps=steps)])
    request = _birth({"applicant": "11953"}, march_2026, march_2026)

    without = plan(request, changed, directory, units)
    wanted = plan(replace(request, facts={"identity_card": True}), changed, directory, units)

    assert isinstance(without, Itinerary)
    failure = without.by_id["identity-card"].failure
    assert failure is not None
    assert failure.kind is FailureKind.PLACE_MISSING
    assert isinstance(wanted, RouteRefused)
    assert wanted.pointer == "/data/places/workplace"


def test_a_place_that_was_accepted_is_never_refused_later(
    tables: Tables, march_2026: datetime
) -> None:
    good = _birth({"applicant": "11953"}, march_2026, march_2026)
    itinerary = plan(good, *tables)
    assert isinstance(itinerary, Itinerary)
    bad = _birth({"applicant": "12433"}, march_2026, march_2026)

    again = resolve_step(itinerary.by_id["residence"], bad, *tables)

    assert again.failure is not None
    assert again.failure.kind is FailureKind.UNIT_ABOLISHED
