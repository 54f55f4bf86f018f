"""Each chain walked hop by hop, everyone finishing at the deadline, against dates counted by hand.

2 March 2026 and 2 June 2025 are Mondays; neither month has a day off besides weekends. A working
day is 07:30-11:30 and 13:30-17:30, so half a day from 08:00 ends at 14:00.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from routing.directory import Directory
from routing.itinerary import Itinerary, RouteRequest, Walk, legs_of, plan, walk
from routing.legaltime import WorkCalendar, load_calendar
from routing.procedures import Catalogue, FactValue, load_catalogue
from routing.units import Units, load_units

VN = ZoneInfo("Asia/Ho_Chi_Minh")
NOTHING: Mapping[str, FactValue] = {}


def vn(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VN).astimezone(UTC)


class Walker:
    """Plans a dossier of one commune, at its own one-stop or another office, and walks it."""

    def __init__(self, directory: Directory, units: Units) -> None:
        self.directory, self.units = directory, units
        self.catalogue: Catalogue = load_catalogue()
        self.calendar: WorkCalendar = load_calendar("vn")

    def plan(
        self,
        code: str,
        at: str,
        facts: Mapping[str, FactValue] = NOTHING,
        *,
        by: str | None = None,
        elsewhere: str | None = None,
    ) -> Itinerary:
        instant = vn(at)
        procedure = self.catalogue.in_force(code, instant)
        assert procedure is not None
        unit, own = ("12433", "H54.20.11") if at < "2025-07" else ("11953", "H31.101")
        places = {str(name): unit for name in procedure.places}
        if elsewhere is not None:
            places["registration"] = elsewhere
        request = RouteRequest(code, by or own, places, facts, instant, instant)
        planned = plan(request, self.catalogue, self.directory, self.units)
        assert isinstance(planned, Itinerary), planned
        return planned

    def walk(self, code: str, at: str, **facts: FactValue) -> Walk:
        itinerary = self.plan(code, at, facts)
        return walk(legs_of(itinerary), itinerary.total, self.calendar, vn(at))


@pytest.fixture(scope="module")
def walker(directory: Directory) -> Walker:
    return Walker(directory, load_units())


def ends(walked: Walk) -> dict[str, str]:
    return {
        step: due.deadline_at.astimezone(VN).strftime("%m-%d %H:%M")
        for step, due in walked.due.items()
    }


def overall(walked: Walk) -> str:
    assert walked.overall is not None
    return walked.overall.deadline_at.astimezone(VN).strftime("%m-%d %H:%M")


def test_a_monthly_allowance_climbed_from_the_commune_to_the_district_chair(
    walker: Walker,
) -> None:
    assert ends(walker.walk("1.001776", "2025-06-02 08:00")) == {
        "commune-review": "06-11 08:00",
        "commune-forwarding": "06-16 08:00",
        "district-appraisal": "06-25 08:00",
        "district-decision": "06-30 08:00",
    }


def test_a_complaint_about_an_allowance_adds_ten_working_days(walker: Walker) -> None:
    assert ends(walker.walk("1.001776", "2025-06-02 08:00", complaint=True)) == {
        "commune-review": "06-11 08:00",
        "complaint-conclusion": "06-25 08:00",
        "commune-forwarding": "06-30 08:00",
        "district-appraisal": "07-09 08:00",
        "district-decision": "07-14 08:00",
    }


def test_funeral_support_took_the_commune_two_days_and_the_district_three(walker: Walker) -> None:
    itinerary = walker.plan("9.000011", "2025-06-02 08:00")

    assert [step.agency for step in itinerary.steps] == ["H54.20.11", "H54.20"]
    assert ends(walker.walk("9.000011", "2025-06-02 08:00")) == {
        "commune-review": "06-04 08:00",
        "district-decision": "06-09 08:00",
    }


def test_funeral_support_is_the_communes_since_the_districts_are_gone(walker: Walker) -> None:
    walked = walker.walk("9.000011", "2026-03-02 08:00")

    assert ends(walked) == {"decision": "03-09 08:00"}
    assert overall(walked) == "03-09 08:00"


@pytest.mark.parametrize(
    ("kind", "step", "role"),
    [
        ("enterprise", "register-enterprise", "business-registration.province"),
        ("household", "register-household", "one-stop.commune"),
    ],
)
def test_a_business_is_registered_and_the_tax_authority_learns_of_it_by_itself(
    walker: Walker, kind: str, step: str, role: str
) -> None:
    itinerary = walker.plan("9.000012", "2026-03-02 08:00", {"kind": kind})
    walked = walker.walk("9.000012", "2026-03-02 08:00", kind=kind)

    assert [(one.id, one.role) for one in itinerary.steps if one.expected] == [
        (step, role),
        ("tax", "tax.local"),
    ]
    assert ends(walked) == {step: "03-05 08:00"}
    assert overall(walked) == "03-05 08:00"


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-03-02 06:00", "03-02 17:30"),
        ("2026-03-02 12:00", "03-02 17:30"),
        ("2026-03-02 14:59:59", "03-02 17:30"),
        ("2026-03-02 15:00", "03-03 17:30"),
        ("2026-03-06 15:01", "03-09 17:30"),
        ("2026-03-07 10:00", "03-09 17:30"),
        ("2026-08-22 10:00", "08-22 17:30"),  # the Saturday made up for 31 August
        ("2026-04-29 15:00", "05-04 17:30"),  # 30 April, 1 May and a weekend follow
    ],
)
@pytest.mark.parametrize(("code", "step"), [("9.000013", "registration"), ("2.000635", "extract")])
def test_mortgages_and_extracts_are_due_the_same_day_or_after_three_the_next(
    walker: Walker, code: str, step: str, received: str, due: str
) -> None:
    assert ends(walker.walk(code, received)) == {step: due}


def test_a_mortgage_counts_from_the_land_offices_receipt(walker: Walker) -> None:
    [registration] = walker.plan("9.000013", "2026-03-02 08:00").steps

    assert (registration.start, registration.same_day) == ("received", True)
    assert registration.role == "land-registry.branch"


@pytest.mark.parametrize(
    ("act", "dates", "total"),
    [
        ("correction", ("03-03 08:00", "03-06 08:00", "03-10 08:00"), "03-10 08:00"),
        ("parentage", ("03-03 08:00", "03-10 08:00", "03-12 08:00"), "03-12 08:00"),
        ("marriage", ("03-02 14:00", "03-06 08:00", "03-06 14:00"), "03-09 08:00"),
    ],
)
def test_another_commune_confirms_before_a_civil_status_entry_is_made(
    walker: Walker, act: str, dates: tuple[str, ...], total: str
) -> None:
    facts: dict[str, FactValue] = {"act": act, "verification": True}
    itinerary = walker.plan("9.000014", "2026-03-02 08:00", facts, elsewhere="12862")
    walked = walker.walk("9.000014", "2026-03-02 08:00", **facts)

    asked, confirming, entering = (step.agency for step in itinerary.steps)
    assert asked == entering != confirming
    assert ends(walked) == dict(zip(("examine", "verification", "register"), dates, strict=True))
    assert overall(walked) == total


@pytest.mark.parametrize(
    ("at", "verification", "dates"),
    [
        ("2026-03-02 08:00", None, {"check": "03-02 14:00", "approval": "03-03 14:00"}),
        (
            "2026-03-02 08:00",
            "one_day",
            {"check": "03-02 14:00", "verification": "03-03 14:00", "approval": "03-04 14:00"},
        ),
        (
            "2026-03-02 08:00",
            "two_days",
            {"check": "03-02 14:00", "verification": "03-04 14:00", "approval": "03-05 14:00"},
        ),
        ("2026-03-02 16:00", None, {"check": "03-03 11:30", "approval": "03-04 11:30"}),
    ],
)
def test_population_data_is_checked_in_half_a_day_and_approved_in_one(
    walker: Walker, at: str, verification: str | None, dates: dict[str, str]
) -> None:
    facts = {} if verification is None else {"verification": verification}

    assert ends(walker.walk("9.000016", at, **facts)) == dates


def test_any_police_office_passes_population_data_to_the_police_of_the_residence(
    walker: Walker,
) -> None:
    elsewhere = walker.plan("9.000016", "2026-03-02 08:00", by="G01.833.104")
    at_home = walker.plan("9.000016", "2026-03-02 08:00", by="G01.833.101")

    assert {step.agency for step in elsewhere.steps} == {"G01.833.101"}
    assert [step.agency for step in at_home.steps] == [step.agency for step in elsewhere.steps]


@pytest.mark.parametrize(
    ("facts", "date"), [({}, "03-09 08:00"), ({"act": "reissue"}, "03-11 08:00")]
)
def test_a_health_insurance_card_takes_five_days_and_a_lost_one_seven(
    walker: Walker, facts: dict[str, FactValue], date: str
) -> None:
    walked = walker.walk("1.014137", "2026-03-02 08:00", **facts)

    assert ends(walked) == {"card": date}
    assert overall(walked) == date


def test_the_second_phase_of_a_land_allocation_waits_for_tax_outside_its_total(
    walker: Walker,
) -> None:
    walked = walker.walk("9.000106", "2026-03-02 08:00")

    assert ends(walked) == {
        "intake": "03-02 14:00",
        "draft": "03-09 08:00",
        "decision": "03-10 08:00",
        "tax-slip": "03-10 14:00",
        "tax": "03-17 14:00",
        "closing": "03-18 08:00",
    }
    assert overall(walked) == "03-18 08:00"


def test_a_lease_is_removed_in_three_days_and_the_taxes_are_not_counted(walker: Walker) -> None:
    walked = walker.walk("1.012766", "2026-03-02 08:00", obligation="transfer_taxes")

    assert ends(walked) == {
        "land-check": "03-03 08:00",
        "tax": "03-06 08:00",
        "completion": "03-09 14:00",
    }
    assert overall(walked) == "03-10 08:00"


@pytest.mark.parametrize(
    ("code", "mountainous", "total"),
    [
        ("1.012766", False, "03-05 08:00"),
        ("1.012766", True, "03-19 08:00"),
        ("1.012782", False, "03-23 08:00"),
        ("1.012782", True, "03-30 08:00"),
    ],
)
def test_land_procedures_of_the_list_have_two_totals(
    walker: Walker, code: str, mountainous: bool, total: str
) -> None:
    assert overall(walker.walk(code, "2026-03-02 08:00", mountainous=mountainous)) == total


def test_no_chain_added_here_can_exceed_its_total_by_the_sum_of_its_hops(walker: Walker) -> None:
    for at in ("2026-03-02 08:00", "2026-03-02 14:59", "2026-03-02 15:00", "2026-04-29 09:00"):
        assert not walker.walk("9.000106", at).overshoots
        assert not walker.walk("9.000014", at, act="marriage", verification=True).overshoots
