"""Each local role has exactly one agency in each commune, before and after the reform."""

from datetime import UTC, datetime, timedelta

import pytest

from routing.data.tables import legal_midnight
from routing.directory import load_directory
from routing.directory.lint import lint
from routing.units import Level, UnitFound, load_units

REFORM = legal_midnight("2025-07-01")
LAST_MOMENT = REFORM - timedelta(microseconds=1)
JUNE_2025 = datetime(2025, 6, 20, 2, tzinfo=UTC)
MARCH_2026 = datetime(2026, 3, 2, 2, tzinfo=UTC)

LOCAL = {
    "one-stop.commune",
    "police.local",
    "tax.local",
    "social-insurance.local",
    "land-registry.branch",
    "treasury.local",
}
DISTRICT = {"one-stop.district", "committee.district", "social.district"}
PROVINCE = {
    "committee.province",
    "one-stop.province",
    "justice.province",
    "health.province",
    "home-affairs.province",
    "construction.province",
    "environment.province",
    "finance.province",
    "labour.province",
    "tax.province",
    "social-insurance.province",
    "police.province",
    "land-registry.province",
    "treasury.province",
    "social-facility.province",
    "fire-police.province",
}


def _communes(province: str, as_of: datetime) -> list[str]:
    units = load_units()
    return [
        unit.code
        for unit in units
        if unit.level is Level.COMMUNE
        and unit.in_force(as_of)
        and units.ancestors(unit.code, as_of)[-1] == province
    ]


def test_the_packaged_directory_has_no_findings() -> None:
    assert lint(load_directory(), load_units()) == ()


@pytest.mark.parametrize(
    ("province", "as_of", "communes", "roles"),
    [
        ("34", legal_midnight("2025-03-01"), 242, LOCAL | DISTRICT | PROVINCE),
        ("34", JUNE_2025, 242, LOCAL | DISTRICT | PROVINCE),
        ("34", LAST_MOMENT, 242, LOCAL | DISTRICT | PROVINCE),
        ("33", REFORM, 104, LOCAL | PROVINCE),
        ("33", MARCH_2026, 104, LOCAL | PROVINCE),
    ],
)
def test_every_role_has_exactly_one_agency_in_every_commune(
    province: str, as_of: datetime, communes: int, roles: set[str]
) -> None:
    directory = load_directory()

    codes = _communes(province, as_of)

    assert len(codes) == communes
    for code in codes:
        for role in roles:
            assert len(directory.competent(role, code, as_of)) == 1, (role, code)


def test_nobody_is_competent_at_the_district_once_districts_are_gone() -> None:
    directory = load_directory()

    for role in DISTRICT:
        for code in _communes("33", REFORM):
            assert directory.competent(role, code, REFORM) == ()


def test_a_district_agency_covers_the_communes_below_its_district() -> None:
    (office,) = load_directory().competent("tax.local", "12826", JUNE_2025)

    assert (office.code, office.name) == ("G12.05.34.005", "Đội Thuế huyện Thái Thụy")
    assert office.jurisdiction == ("341",)


def test_the_same_commune_code_has_other_agencies_after_the_reform() -> None:
    (before,) = load_directory().competent("one-stop.commune", "12826", LAST_MOMENT)
    (after,) = load_directory().competent("one-stop.commune", "12826", REFORM)

    assert before.name == "Bộ phận Tiếp nhận và Trả kết quả UBND thị trấn Diêm Điền"
    assert after.name == "Trung tâm Phục vụ hành chính công xã Thái Thụy"
    assert before.successor == after.code


def test_an_area_body_covers_current_communes_of_a_former_district() -> None:
    (office,) = load_directory().competent("land-registry.branch", "12826", MARCH_2026)

    assert office.level == "area"
    assert office.demo
    assert office.certainty == "unverified"
    for code in office.jurisdiction:
        answer = load_units().find(code, MARCH_2026)
        assert isinstance(answer, UnitFound)
        assert answer.unit.level is Level.COMMUNE


@pytest.mark.parametrize(
    ("role", "unit"),
    [("no-such-role", "12826"), ("tax.local", "00000"), ("tax.local", "00001"), ("national", "33")],
)
def test_what_nobody_covers_has_no_candidates(role: str, unit: str) -> None:
    assert load_directory().competent(role, unit, MARCH_2026) == ()


def test_before_the_directory_knows_anything_nobody_is_competent() -> None:
    early = legal_midnight("2025-03-01") - timedelta(seconds=1)

    assert load_directory().competent("tax.local", "12826", early) == ()


def test_one_body_may_hold_two_roles() -> None:
    directory = load_directory()

    (home_affairs,) = directory.competent("home-affairs.province", "12826", MARCH_2026)
    (labour,) = directory.competent("labour.province", "12826", MARCH_2026)

    assert home_affairs is labour
    assert home_affairs.role == "home-affairs.province"
