"""Codes and aliases lead to one agency, also after it is gone."""

import re
from datetime import UTC, datetime

import pytest

from routing.data.generators.agency_tables import right_to_left
from routing.data.tables import legal_midnight
from routing.directory import Agency, Directory, load_directory
from routing.units import load_units

JUNE_2025 = datetime(2025, 6, 20, 2, tzinfo=UTC)
MARCH_2026 = datetime(2026, 3, 2, 2, tzinfo=UTC)


def test_a_legacy_code_leads_to_the_canonical_one() -> None:
    assert load_directory().resolve("001.20.15.H54") == "H54.15.20.001"
    assert load_directory().resolve("000.00.00.H31", MARCH_2026) == "H31"


def test_an_abolished_agency_still_resolves_to_itself_and_names_its_successor() -> None:
    directory = load_directory()

    assert directory.resolve("H54.11", MARCH_2026) == "H54.11"
    assert directory.agency("H54.11", MARCH_2026) is None
    (row,) = directory.history("H54.11")
    assert row.successor == "H31.11"
    assert directory.agency("H31.11", MARCH_2026) is not None


def test_work_of_a_district_has_several_successors_and_so_no_single_one() -> None:
    agency = load_directory().agency("H54.24.01", JUNE_2025)

    assert agency is not None
    assert len(agency.successors) == 11
    assert agency.successor is None


def test_an_unknown_code_resolves_to_nothing() -> None:
    assert load_directory().resolve("H99.01") is None
    assert load_directory().history("H99.01") == ()
    assert load_directory().agency("H99.01", MARCH_2026) is None


def test_an_alias_given_to_two_agencies_in_turn_needs_the_instant() -> None:
    directory = Directory(
        version="test",
        units=load_units(),
        agencies=[
            _agency("H54.90", "2025-03-01", "2025-07-01", alias="000.00.90.H54"),
            _agency("H31.90", "2025-07-01", None, alias="000.00.90.H54"),
        ],
    )

    assert directory.resolve("000.00.90.H54", JUNE_2025) == "H54.90"
    assert directory.resolve("000.00.90.H54", MARCH_2026) == "H31.90"
    assert directory.resolve("000.00.90.H54") is None


def test_the_interconnection_software_ends_when_the_coordinator_begins() -> None:
    directory = load_directory()
    day = legal_midnight("2027-01-01")

    software = directory.agency("G22.99.08", MARCH_2026)

    assert software is not None
    assert not software.demo
    assert directory.agency("G22.99.08", day) is None
    assert software.successor is not None
    assert directory.agency(software.successor, day) is not None


@pytest.mark.parametrize(
    ("code", "alias"),
    [
        ("H54", "000.00.00.H54"),
        ("H54.15", "000.00.15.H54"),
        ("H54.15.20", "000.20.15.H54"),
        ("H54.15.20.001", "001.20.15.H54"),
        ("H31.170", None),
        ("G01.899.909", None),
        ("H54.15.20.001.02", None),
    ],
)
def test_only_groups_that_fit_have_a_right_to_left_form(code: str, alias: str | None) -> None:
    assert right_to_left(code) == alias


def test_every_code_and_alias_has_its_lawful_form() -> None:
    for agency in load_directory():
        assert re.fullmatch(r"(?=.{3,35}$)[A-Y]\d{2}(?:\.[A-Z0-9]+)*", agency.code)
        for alias in agency.aliases:
            assert re.fullmatch(r"\d{3}\.\d{2}\.\d{2}\.[A-Y]\d{2}", alias)


def test_only_codes_seen_in_public_material_are_not_demo() -> None:
    confirmed = {agency.code for agency in load_directory() if not agency.demo}

    assert confirmed == {"G01", "G09", "G15", "G18", "G22", "G01.899.909", "G22.99.08"}


def test_agencies_in_force_are_counted_and_sorted() -> None:
    before = load_directory().in_force(JUNE_2025)
    after = load_directory().in_force(MARCH_2026)

    assert (len(before), len(after)) == (573, 313)
    assert [agency.code for agency in after] == sorted(agency.code for agency in after)


def _agency(code: str, begin: str, end: str | None, *, alias: str) -> Agency:
    return Agency(
        code=code,
        name=code,
        level="province",
        roles=("justice.province",),
        parent=None,
        jurisdiction=(),
        valid_from=legal_midnight(begin),
        valid_to=legal_midnight(end) if end else None,
        successors=(),
        aliases=(alias,),
        demo=True,
        certainty="unverified",
        source="test",
    )
