"""The packaged unit tables hold what the law counts and what the mapping was measured to be."""

from collections import Counter

from routing.data.tables import legal_midnight, read_table
from routing.units import Level, Unit, UnitFound, load_units

REFORM = legal_midnight("2025-07-01")


def _counts(units: list[Unit]) -> Counter[Level]:
    return Counter(unit.level for unit in units)


def test_legacy_units_are_63_provinces_696_districts_and_10035_communes() -> None:
    legacy = [unit for unit in load_units() if unit.valid_to == REFORM]

    counts = _counts(legacy)

    assert counts == {Level.PROVINCE: 63, Level.DISTRICT: 696, Level.COMMUNE: 10_035}


def test_current_units_are_34_provinces_and_3321_communes_without_districts() -> None:
    current = [unit for unit in load_units() if unit.valid_from == REFORM]

    counts = _counts(current)

    assert counts == {Level.PROVINCE: 34, Level.COMMUNE: 3_321}


def test_9569_legacy_units_lie_in_one_current_unit_and_471_in_1033() -> None:
    rows = read_table("units", "succession.tsv").rows
    targets = [new.split(" ") for old, new in rows if len(old) != 2]

    whole = [found for found in targets if len(found) == 1]
    split = [found for found in targets if len(found) > 1]

    assert len(whole) == 9_569
    assert len(split) == 471
    assert sum(len(found) for found in split) == 1_033


def test_every_legacy_commune_went_into_the_province_that_its_province_became() -> None:
    units = load_units()
    before = legal_midnight("2025-06-30")

    for unit in list(units):
        if unit.level is Level.COMMUNE and unit.valid_to == REFORM:
            *_, old_province = units.ancestors(unit.code, before)
            (province,) = units.successors(units.versions(old_province)[0])
            for target in units.successors(unit):
                assert units.ancestors(target, REFORM) == (target, province)


def test_every_parent_is_in_force_as_long_as_its_children() -> None:
    units = load_units()

    for unit in units:
        if unit.parent is not None:
            at = unit.valid_from or units.known_from
            assert isinstance(units.find(unit.parent, at), UnitFound)


def test_tables_name_source_version_licence_and_validity() -> None:
    for name in ("legacy.tsv", "current.tsv", "succession.tsv"):
        header = read_table("units", name).header

        assert header["source"] == "vietnamadminunits 1.0.4"
        assert header["licence"].startswith("MIT")
        assert header["generated"].startswith("2026-11-22")
        assert header["valid"]
