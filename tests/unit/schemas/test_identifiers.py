"""Codes have the shapes that are in use, and nothing more is read out of them."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.identifiers import (
    DOSSIER_PATTERN,
    NEW_DOSSIER_PATTERN,
    AgencyCode,
    AgencyRef,
    DossierCode,
    DossierCodeParts,
    IdentifierError,
    LegacyAgencyCode,
    NoSuchDay,
    ProcedureCode,
    UnitCode,
    agency_of_urn,
    agency_urn,
    dossier_day,
    modern_code,
    parse_dossier_code,
)


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("000.00.15.H19-200101-0001", ("000.00.15.H19", "200101", "0001")),
        ("H15.50.05.13-261008-0975", ("H15.50.05.13", "261008", "0975")),
        ("G15-260102-0901234", ("G15", "260102", "0901234")),
        ("G09.20-20260609-0012345", ("G09.20", "20260609", "0012345")),
        ("G22.99.08-260921-890000", ("G22.99.08", "260921", "890000")),
        ("G01.899.909-260916-890000", ("G01.899.909", "260916", "890000")),
    ],
)
def test_every_dossier_code_seen_in_use_is_read(code: str, parts: tuple[str, str, str]) -> None:
    assert parse_dossier_code(code) == DossierCodeParts(*parts)
    assert TypeAdapter(DossierCode).validate_python(code) == code


@pytest.mark.parametrize(
    "code",
    [
        "",
        "H19",
        "H19-260302",
        "h19-260302-0001",
        "H19-2603021-0001",
        "H19-260302-001",
        "H19-260302-123456789",
        "H19-260302-0001\n",
        " H19-260302-0001",
        "H19-260302-٠٠٠١",
        "H19.1-260302-0001",
    ],
)
def test_what_is_no_dossier_code_is_refused(code: str) -> None:
    with pytest.raises(IdentifierError):
        parse_dossier_code(code)
    with pytest.raises(ValidationError):
        TypeAdapter(DossierCode).validate_python(code)


@pytest.mark.parametrize(
    ("legacy", "modern"),
    [
        ("000.00.00.H19", "H19"),
        ("000.00.15.H19", "H19.15"),
        ("000.07.15.H19", "H19.15.07"),
        ("001.07.15.H19", "H19.15.07.001"),
    ],
)
def test_an_older_code_turns_round_into_a_present_one(legacy: str, modern: str) -> None:
    assert modern_code(legacy) == modern


def test_a_zero_group_between_two_levels_keeps_its_place() -> None:
    assert modern_code("000.07.00.H19") == "H19.00.07"
    assert modern_code("000.07.00.H19") != modern_code("000.00.07.H19")


def test_only_an_older_code_is_turned_round() -> None:
    with pytest.raises(IdentifierError):
        modern_code("H19.15.07")


@given(
    st.integers(0, 999),
    st.integers(0, 99),
    st.integers(0, 99),
    st.from_regex("[A-Y][0-9]{2}", fullmatch=True),
)
def test_no_two_older_codes_become_the_same_present_code(
    level4: int, level3: int, level2: int, level1: str
) -> None:
    legacy = f"{level4:03}.{level3:02}.{level2:02}.{level1}"
    groups = modern_code(legacy).split(".")

    restored = [*groups, *["000"] * (4 - len(groups))]

    assert [int(group) for group in restored[1:]] == [level2, level3, level4]


@pytest.mark.parametrize("code", ["H54", "H54.15.07", "G01.801.307.000", "H55.242", "Y99"])
def test_present_agency_codes_are_accepted(code: str) -> None:
    assert TypeAdapter(AgencyCode).validate_python(code) == code
    assert TypeAdapter(AgencyRef).validate_python(code) == code


@pytest.mark.parametrize(
    "code", ["Z54", "H5", "H54.", "H54..1", "h54", "H54.15,07", "H54" + ".123" * 9, "H54\n"]
)
def test_what_is_no_agency_code_is_refused(code: str) -> None:
    for type_ in (AgencyCode, AgencyRef, LegacyAgencyCode):
        with pytest.raises(ValidationError):
            TypeAdapter(type_).validate_python(code)


def test_an_agency_is_named_by_a_urn_and_read_back() -> None:
    assert agency_urn("H54.15.07") == "urn:lienthong:agency:H54.15.07"
    assert agency_of_urn("urn:lienthong:agency:H54.15.07") == "H54.15.07"
    assert agency_of_urn("urn:lienthong:agency:000.07.15.H54") == "000.07.15.H54"


@pytest.mark.parametrize(
    "urn",
    ["H54.15.07", "urn:lienthong:agency:", "urn:lienthong:agency:x", "urn:other:agency:H54", ""],
)
def test_other_sources_are_not_agencies(urn: str) -> None:
    with pytest.raises(IdentifierError):
        agency_of_urn(urn)


@pytest.mark.parametrize(
    "code", ["1.004222", "2.000635", "1.011442.000.00.00.H38", "2.000815.000.00.00.H55.02"]
)
def test_procedure_codes_are_accepted(code: str) -> None:
    assert TypeAdapter(ProcedureCode).validate_python(code) == code


@pytest.mark.parametrize("code", ["1.1.012756", "0.004222", "1.00422", "1004222"])
def test_a_mistyped_procedure_code_is_refused(code: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(ProcedureCode).validate_python(code)


@pytest.mark.parametrize("code", ["01", "001", "00001", "12988"])
def test_unit_codes_keep_their_zeros(code: str) -> None:
    assert TypeAdapter(UnitCode).validate_python(code) == code


@pytest.mark.parametrize("code", ["1", "0001", "000001", "1a", "٠١"])
def test_what_is_no_unit_code_is_refused(code: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(UnitCode).validate_python(code)


@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("H19-260302-0001", date(2026, 3, 2)),
        ("H19-20240229-0001", date(2024, 2, 29)),
        ("000.00.15.H19-200101-0001", date(2020, 1, 1)),
    ],
)
def test_a_dossier_code_names_its_day(code: str, day: date) -> None:
    assert dossier_day(code) == day


@pytest.mark.parametrize(
    "code", ["H19-260230-0001", "H19-261301-0001", "H19-260300-0001", "H19-99990101-0001"]
)
def test_a_day_that_no_calendar_has_is_told_apart_from_a_bad_form(code: str) -> None:
    parse_dossier_code(code)

    with pytest.raises(NoSuchDay):
        dossier_day(code)


@given(st.from_regex(DOSSIER_PATTERN, fullmatch=True))
def test_a_code_with_a_day_has_the_published_form_of_new_ones(code: str) -> None:
    try:
        dossier_day(code)
    except IdentifierError:
        return

    assert re.fullmatch(NEW_DOSSIER_PATTERN, code)
