"""Who follows a closed agency: the narrowest row, else the directory, else a person."""

from datetime import UTC, datetime

from routing.data.tables import legal_midnight
from routing.directory import load_directory
from routing.reform import (
    Heir,
    NoHeir,
    Otherwise,
    Plan,
    Takeover,
    Vacancy,
    heir_of,
    is_closed,
    plan_from_directory,
)
from routing.units import load_units

REFORM = legal_midnight("2025-07-01")
RECEIVED = datetime(2025, 6, 30, 3, tzinfo=UTC)
BASIS = "NQ 202/2025/QH15"
DISTRICT = "H54.20.01"
WHOLE = "12452"
"""A commune of the district that lies in one of today's."""


def asked(
    agency: str, place: str | None = None, *rows: Takeover, role: str | None = None
) -> Heir | NoHeir:
    plan = Plan("p", REFORM, BASIS, Otherwise.DIRECTORY, rows)
    return decided(agency, place, plan, role=role)


def decided(
    agency: str, place: str | None, plan: Plan, *, role: str | None = None
) -> Heir | NoHeir:
    where = None if place is None else ("applicant", place)
    vacancy = Vacancy(agency, role, where, RECEIVED)
    return heir_of(vacancy, plan, load_directory(), load_units(), REFORM)


def split_commune() -> str:
    """A legacy commune of the country whose ground went to several."""
    units = load_units()
    return next(
        unit.code
        for unit in units
        if unit.valid_to == REFORM and len(unit.code) == 5 and len(units.successors(unit)) > 1
    )


def test_the_only_successor_follows_whatever_the_place() -> None:
    found = asked("G01.834.001")

    assert found == Heir("G01.833.201", "successor", BASIS)


def test_of_several_the_one_that_covers_the_place_follows() -> None:
    units = load_units()
    current = units.successors(units.versions(WHOLE)[0])

    found = asked(DISTRICT, WHOLE)

    assert isinstance(found, Heir)
    row = load_directory().agency(found.agency, REFORM)
    assert row is not None
    assert row.jurisdiction == current
    assert found.rule == f"successor@{current[0]}"


def test_of_several_without_a_place_nobody_is_guessed() -> None:
    found = asked(DISTRICT)

    assert isinstance(found, NoHeir)
    assert found.kind == "successor-ambiguous"
    assert len(found.candidates) == 5


def test_a_place_that_was_split_is_never_guessed() -> None:
    place = split_commune()

    found = asked(DISTRICT, place)

    assert isinstance(found, NoHeir)
    assert found.kind == "successor-ambiguous"
    assert "split" in found.detail


def test_the_narrowest_row_of_the_plan_counts() -> None:
    rows = (
        Takeover(DISTRICT, None, None, "H31.140"),
        Takeover(DISTRICT, "one-stop.district", None, "H31.141"),
        Takeover(DISTRICT, None, "336", "H31.142"),
        Takeover(DISTRICT, None, WHOLE, "H31.143", "QĐ 7/2025"),
    )

    assert asked(DISTRICT, None, *rows) == Heir("H31.140", f"plan {DISTRICT}", BASIS)
    of_role = asked(DISTRICT, None, *rows, role="one-stop.district")
    assert of_role == Heir("H31.141", f"plan {DISTRICT} role one-stop.district", BASIS)
    of_district = asked(DISTRICT, "12454", *rows)
    assert of_district == Heir("H31.142", f"plan {DISTRICT} unit 336", BASIS)
    of_unit = asked(DISTRICT, WHOLE, *rows)
    assert of_unit == Heir("H31.143", f"plan {DISTRICT} unit {WHOLE}", "QĐ 7/2025")


def test_a_row_that_names_the_current_unit_counts_too() -> None:
    units = load_units()
    [current] = units.successors(units.versions(WHOLE)[0])

    found = asked(DISTRICT, WHOLE, Takeover(DISTRICT, None, current, "H31.150"))

    assert isinstance(found, Heir)
    assert found.agency == "H31.150"


def test_a_row_may_decide_for_a_place_that_was_split() -> None:
    place = split_commune()

    found = asked(DISTRICT, place, Takeover(DISTRICT, None, place, "H31.150"))

    assert isinstance(found, Heir)


def test_where_the_plan_leaves_it_to_a_person_the_directory_is_not_asked() -> None:
    plan = Plan("p", REFORM, BASIS, Otherwise.PERSON, (Takeover(DISTRICT, None, "999", "H31.140"),))

    found = decided(DISTRICT, WHOLE, plan)

    assert found == NoHeir(
        "successor-ambiguous",
        f"the plan does not say who takes over here from {DISTRICT}",
        ("H31.140",),
    )


def test_a_successor_that_is_not_there_takes_nothing_over() -> None:
    found = asked(DISTRICT, None, Takeover(DISTRICT, None, None, "H54.21"))

    assert isinstance(found, NoHeir)
    assert found.kind == "successor-missing"


def test_who_is_closed_is_asked_as_of_an_instant() -> None:
    directory = load_directory()

    assert is_closed(DISTRICT, directory, REFORM)
    assert not is_closed(DISTRICT, directory, RECEIVED)
    assert not is_closed("H31.140", directory, RECEIVED)
    assert not is_closed("no-such", directory, REFORM)


def test_every_closed_agency_of_the_packaged_directory_has_an_answer() -> None:
    directory, plan = load_directory(), plan_from_directory(REFORM, BASIS)
    closed = [row for row in directory if row.valid_to == REFORM]

    found = [decided(row.code, None, plan) for row in closed]

    assert len(closed) == 556
    assert all(isinstance(one, Heir) or one.candidates for one in found)
