"""A unit code answers differently before and after 2025-07-01, and never guesses."""

from datetime import UTC, datetime, timedelta

import pytest

from routing.data.tables import legal_midnight
from routing.units import (
    Level,
    UnitAbolished,
    UnitFound,
    UnitUnknown,
    UnknownBecause,
    load_units,
)

JUNE_2025 = datetime(2025, 6, 20, 2, tzinfo=UTC)
MARCH_2026 = datetime(2026, 3, 2, 2, tzinfo=UTC)
REFORM = legal_midnight("2025-07-01")


def test_the_same_code_names_another_commune_after_the_reform() -> None:
    before = load_units().find("12826", JUNE_2025)
    after = load_units().find("12826", MARCH_2026)

    assert isinstance(before, UnitFound)
    assert isinstance(after, UnitFound)
    assert (before.unit.name, before.unit.parent) == ("Thị trấn Diêm Điền", "341")
    assert (after.unit.name, after.unit.parent) == ("Xã Thái Thụy", "33")


def test_the_reform_takes_effect_at_midnight_in_vietnam() -> None:
    last = load_units().find("12826", REFORM - timedelta(microseconds=1))
    first = load_units().find("12826", REFORM)

    assert isinstance(last, UnitFound)
    assert isinstance(first, UnitFound)
    assert last.unit.name == "Thị trấn Diêm Điền"
    assert first.unit.name == "Xã Thái Thụy"
    assert datetime(2025, 6, 30, 17, tzinfo=UTC) == REFORM


def test_an_abolished_commune_says_in_which_one_it_lies_now() -> None:
    answer = load_units().find("12832", MARCH_2026)

    assert isinstance(answer, UnitAbolished)
    assert answer.unit.valid_to == REFORM
    assert len(answer.successors) == 1
    assert not answer.ambiguous


def test_a_split_commune_is_ambiguous_and_keeps_all_its_targets() -> None:
    answer = load_units().find("11989", MARCH_2026)

    assert isinstance(answer, UnitAbolished)
    assert answer.unit.name == "Xã Lạc Đạo"
    assert answer.successors == ("11992", "11995")
    assert answer.ambiguous


def test_an_abolished_district_is_ambiguous_between_what_its_communes_became() -> None:
    answer = load_units().find("338", MARCH_2026)

    assert isinstance(answer, UnitAbolished)
    assert answer.unit.level is Level.DISTRICT
    assert len(answer.successors) == 9
    assert answer.ambiguous


def test_an_island_district_without_communes_became_one_special_zone() -> None:
    answer = load_units().find("318", MARCH_2026)

    assert isinstance(answer, UnitAbolished)
    assert not answer.ambiguous
    zone = load_units().find(answer.successors[0], MARCH_2026)
    assert isinstance(zone, UnitFound)
    assert zone.unit.name == "Đặc khu Bạch Long Vĩ"


def test_an_abolished_province_names_the_one_that_took_it_in() -> None:
    answer = load_units().find("34", MARCH_2026)

    assert isinstance(answer, UnitAbolished)
    assert answer.successors == ("33",)
    assert not answer.ambiguous


@pytest.mark.parametrize(
    ("code", "as_of", "because"),
    [
        ("99999", MARCH_2026, UnknownBecause.NO_SUCH_CODE),
        ("", MARCH_2026, UnknownBecause.NO_SUCH_CODE),
        ("12826", datetime(2025, 2, 28, tzinfo=UTC), UnknownBecause.BEFORE_KNOWN_VALIDITY),
    ],
)
def test_what_the_tables_do_not_know_is_unknown_with_a_reason(
    code: str, as_of: datetime, because: UnknownBecause
) -> None:
    assert load_units().find(code, as_of) == UnitUnknown(code, because)


def test_a_code_first_given_by_the_reform_is_not_known_before_it() -> None:
    units = load_units()

    fresh = [unit.code for unit in units if units.versions(unit.code)[0].valid_from == REFORM]

    for code in fresh:
        assert units.find(code, JUNE_2025) == UnitUnknown(code, UnknownBecause.NOT_YET)


def test_a_reviewed_patch_renames_a_province_from_its_day_on() -> None:
    day = legal_midnight("2026-04-30")

    before = load_units().find("75", day - timedelta(seconds=1))
    after = load_units().find("75", day)

    assert isinstance(before, UnitFound)
    assert isinstance(after, UnitFound)
    assert before.unit.name == "Tỉnh Đồng Nai"
    assert after.unit.name == "Thành phố Đồng Nai"


def test_ancestors_lead_to_the_province_of_the_time() -> None:
    units = load_units()

    assert units.ancestors("12826", JUNE_2025) == ("12826", "341", "34")
    assert units.ancestors("12826", MARCH_2026) == ("12826", "33")
    assert units.ancestors("338", MARCH_2026) == ()
    assert units.ancestors("99999", MARCH_2026) == ()


def test_an_instant_without_an_offset_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError):
        load_units().find("12826", datetime(2026, 3, 2))  # noqa: DTZ001
