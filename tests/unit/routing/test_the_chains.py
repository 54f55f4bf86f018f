"""The chains of law that are packaged: who runs, how long, in which era."""

from collections.abc import Mapping
from datetime import datetime

import pytest

from routing.data.tables import legal_midnight
from routing.directory import load_directory
from routing.itinerary import Itinerary, RouteRequest, plan
from routing.procedures import Catalogue, FactValue, load_catalogue
from routing.procedures.cases import cases_of
from routing.procedures.conditions import holds
from routing.units import load_units

SIX = ("2.000987", "2.002622", "1.012781", "9.000010", "9.000008", "2.000908")


def _plan(code: str, received_at: datetime, **facts: FactValue) -> Itinerary:
    procedure = load_catalogue().in_force(code, received_at)
    assert procedure is not None
    new_era = received_at >= legal_midnight("2025-07-01")
    commune, one_stop = ("11953", "H31.101") if new_era else ("12433", "H54.20.11")
    places = {str(name): commune for name in procedure.places}
    request = RouteRequest(code, one_stop, places, facts, received_at, received_at)
    planned = plan(request, load_catalogue(), load_directory(), load_units())
    assert isinstance(planned, Itinerary), planned
    return planned


def _running(itinerary: Itinerary) -> dict[str, str | None]:
    return {step.id: step.budget for step in itinerary.steps if step.expected}


@pytest.mark.parametrize("code", SIX)
@pytest.mark.parametrize("day", ["2025-06-20", "2026-03-02", "2026-11-23"])
def test_each_of_the_six_is_in_force_in_both_eras_and_today(
    catalogue: Catalogue, code: str, day: str
) -> None:
    assert catalogue.in_force(code, legal_midnight(day)) is not None


def test_codes_that_are_ours_are_marked_and_the_others_are_not(catalogue: Catalogue) -> None:
    for code in catalogue.codes():
        for procedure in catalogue.versions(code):
            assert procedure.demo is code.startswith("9.")


@pytest.mark.parametrize(
    ("facts", "total", "residence"),
    [({}, "3 wd", "2 wd"), ({"residence_check": "verify"}, "5 wd", "5 wd")],
)
def test_a_birth_takes_longer_when_the_residence_is_verified(
    march_2026: datetime, facts: Mapping[str, FactValue], total: str, residence: str
) -> None:
    itinerary = _plan("2.000987", march_2026, **facts)

    assert itinerary.total == total
    assert _running(itinerary) == {
        "civil-status": "24 h",
        "population-id": "1 wd",
        "residence": residence,
        "health-insurance": None,
    }
    assert all(step.start == "received" for step in itinerary.steps)


def test_the_identity_card_is_asked_for_and_lies_outside_the_total(march_2026: datetime) -> None:
    card = _plan("2.000987", march_2026, identity_card=True).by_id["identity-card"]

    assert (card.expected, card.outside_total, card.budget) == (True, True, "5 wd")


@pytest.mark.parametrize(
    ("benefit", "branch"),
    [
        ("social_insurance", {"social-insurance": "8 wd"}),
        ("social_protection", {"health": "3 wd"}),
        ("merit", {"home-affairs": "18 wd"}),
    ],
)
def test_after_a_death_police_and_exactly_one_scheme_work_in_parallel(
    march_2026: datetime, benefit: str, branch: dict[str, str]
) -> None:
    itinerary = _plan("2.002622", march_2026, benefit=benefit)

    assert _running(itinerary) == {"civil-status": "24 h", "residence-removal": "1 wd"} | branch
    assert set(itinerary.successors["civil-status"]) >= {"residence-removal", *branch}


@pytest.mark.parametrize("benefit", ["social_protection", "merit"])
def test_a_monthly_survivor_pension_is_stopped_before_another_scheme_pays(
    march_2026: datetime, benefit: str
) -> None:
    itinerary = _plan("2.002622", march_2026, benefit=benefit, monthly_survivor_pension=True)

    assert _running(itinerary)["pension-stop"] == "2 wd"
    assert set(itinerary.successors["pension-stop"]) == {"health", "home-affairs"}


def test_the_monthly_pension_hop_is_not_for_those_whom_social_insurance_pays(
    march_2026: datetime,
) -> None:
    itinerary = _plan(
        "2.002622", march_2026, benefit="social_insurance", monthly_survivor_pension=True
    )

    assert "pension-stop" not in _running(itinerary)


@pytest.mark.parametrize(
    ("obligation", "budget"),
    [
        ("land_use_fee_organisation", "7 wd"),
        ("land_use_fee_household", "5 wd"),
        ("land_rent", "5 wd"),
        ("transfer_taxes", "3 wd"),
        ("exemption", "7 wd"),
    ],
)
def test_the_tax_phase_has_its_own_limit_by_case_outside_the_total(
    march_2026: datetime, obligation: str, budget: str
) -> None:
    tax = _plan("1.012781", march_2026, obligation=obligation).by_id["tax"]

    assert (tax.expected, tax.budget, tax.outside_total) == (True, budget, True)


def test_the_land_office_finishes_after_the_payment(march_2026: datetime) -> None:
    itinerary = _plan("1.012781", march_2026, obligation="transfer_taxes")

    assert list(_running(itinerary)) == ["land-transfer-slip", "tax", "payment", "land-completion"]
    assert itinerary.by_id["land-completion"].agency == itinerary.steps[0].agency


@pytest.mark.parametrize(
    "facts", [{"obligation": "exemption"}, {"obligation": "none"}, {"nothing_to_pay": True}]
)
def test_nothing_is_collected_where_nothing_is_due(
    march_2026: datetime, facts: Mapping[str, FactValue]
) -> None:
    assert "payment" not in _running(_plan("1.012781", march_2026, **facts))


def test_admission_to_a_facility_climbed_four_levels_and_now_three_hops(
    june_2025: datetime, march_2026: datetime
) -> None:
    before, after = _plan("9.000010", june_2025), _plan("9.000010", march_2026)

    assert _running(before) == {
        "commune-review": "10 wd",
        "publication": "7 wd",
        "district-appraisal": "7 wd",
        "district-decision": "3 wd",
        "province-appraisal": "7 wd",
        "facility": None,
    }
    assert before.by_id["publication"].publication
    assert list(_running(after)) == ["commune-review", "province-appraisal", "facility"]


@pytest.mark.parametrize("code", ["9.000006", "9.000010"])
def test_some_procedures_have_three_hops_in_a_row_whatever_the_facts(
    catalogue: Catalogue, march_2026: datetime, code: str
) -> None:
    procedure = catalogue.in_force(code, march_2026)

    assert procedure is not None
    assert not procedure.facts
    first, second, third = procedure.steps
    assert (first.after, second.after, third.after) == ((), (first.id,), (second.id,))
    assert not any(step.when for step in procedure.steps)


def test_opinions_on_a_permit_are_asked_in_parallel_and_silence_consents() -> None:
    itinerary = _plan(
        "9.000008",
        legal_midnight("2026-07-06"),
        works="separate_house",
        opinion_fire=True,
        opinion_land=True,
    )

    opinions = [step for step in itinerary.steps if step.silence == "consent" and step.expected]
    assert [(step.id, step.budget) for step in opinions] == [
        ("opinion-fire", "2 wd"),
        ("opinion-land", "2 wd"),
    ]
    assert opinions[0].after == opinions[1].after
    assert itinerary.total == "7 wd"


@pytest.mark.parametrize(
    ("facts", "total"),
    [
        ({}, "10 wd"),
        ({"works": "separate_house"}, "7 wd"),
        ({"works": "other", "act": "adjust"}, "9 wd"),
        ({"works": "grade_3_4", "act": "repair"}, "9 wd"),
        ({"works": "other", "act": "extend"}, "5 wd"),
        ({"works": "other", "act": "reissue"}, "5 wd"),
    ],
)
def test_the_total_of_a_permit_depends_on_what_is_asked(
    facts: Mapping[str, FactValue], total: str
) -> None:
    assert _plan("9.000008", legal_midnight("2026-07-06"), **facts).total == total


@pytest.mark.parametrize(
    ("day", "version", "agency"),
    [
        ("2025-06-20", "2024-12-30", "H54.20"),
        ("2026-03-02", "2025-07-01", "H31.101"),
        ("2026-07-01", "2026-07-01", "H31.101"),
    ],
)
def test_a_permit_stays_under_the_decree_of_its_receipt(
    day: str, version: str, agency: str
) -> None:
    itinerary = _plan("9.000008", legal_midnight(day), works="separate_house")

    assert itinerary.procedure_version == version
    appraisal = itinerary.by_id["appraise-local"]
    assert appraisal.agency is not None
    assert appraisal.agency.startswith(agency)


def test_certified_copies_are_split_in_working_hours_with_one_cutoff(march_2026: datetime) -> None:
    itinerary = _plan("2.000908", march_2026)

    assert [step.budget for step in itinerary.steps] == ["2 wh", "3 wh", "2 wh", "1 wh"]
    assert [step.cutoff for step in itinerary.steps] == ["15:00", None, None, None]
    assert itinerary.total == "8 wh"


def test_exclusive_steps_are_exclusive_in_every_case(catalogue: Catalogue) -> None:
    for code in catalogue.codes():
        for procedure in catalogue.versions(code):
            for group in procedure.exclusive:
                for facts in cases_of(procedure):
                    running = [one for one in group if holds(procedure.step(one).when, facts)]
                    assert len(running) == 1, (code, group, facts)
