"""The directory of the whole country: every unit has its bodies, and every abolished body heirs."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.directory import app
from routing.data.generators import national
from routing.data.generators.level_one import LEVEL_ONE, OBSERVED
from routing.data.tables import legal_midnight
from routing.directory import Agency, Directory, load_directory, read_directory
from routing.procedures import load_catalogue
from routing.survey import survey_places
from routing.units import Level, Unit, load_units

BEFORE, AFTER = legal_midnight("2025-06-30"), legal_midnight("2025-07-01")
LOCAL = ("tax.local", "treasury.local", "social-insurance.local", "land-registry.branch")
DISTRICT = ("committee.district", "one-stop.district", "social.district", *LOCAL)


@cache
def country() -> Directory:
    return read_directory(national.sheets(), load_units()).directory(load_units())


def units(level: Level, as_of: datetime) -> Iterator[Unit]:
    return (unit for unit in load_units() if unit.level is level and unit.in_force(as_of))


def test_the_same_code_makes_the_same_bytes() -> None:
    lai_chau = national.sheets(["12"])

    assert lai_chau == national.sheets(["12"])
    assert lai_chau.digest.hex() == LAI_CHAU


LAI_CHAU = "47b6515465033ba5393fba9c639a49f7edec2a81fc1f063df54c166f176ceb09"
"""Changes with the generator: then give it a new version too."""


def test_it_has_every_province_district_and_commune_on_both_sides() -> None:
    before = Counter(role for one in country().in_force(BEFORE) for role in one.roles)
    after = Counter(role for one in country().in_force(AFTER) for role in one.roles)

    assert {before[role] for role in ("one-stop.province", "tax.province")} == {63}
    assert {before[role] for role in DISTRICT} == {696}
    # Five islands are districts without communes, and do their work themselves.
    assert before["one-stop.commune"] == before["police.local"] == 10_035 + 5
    assert {after[role] for role in ("one-stop.province", "tax.province")} == {34}
    assert after["one-stop.commune"] == after["police.local"] == 3_321
    assert {role for role in DISTRICT if after[role]} == set(LOCAL)


@pytest.mark.parametrize("as_of", [BEFORE, AFTER])
def test_each_commune_has_exactly_one_body_of_each_role(as_of: datetime) -> None:
    everywhere = {
        role
        for one in country().in_force(as_of)
        for role in one.roles
        if one.jurisdiction and one.level != "national"
    }

    wrong = [
        (role, unit.code)
        for unit in units(Level.COMMUNE, as_of)
        for role in everywhere
        if len(country().competent(role, unit.code, as_of)) != 1
    ]

    assert len(everywhere) > 20
    assert wrong == []


def test_every_step_of_every_procedure_resolves_wherever_it_can_start() -> None:
    assert survey_places(load_catalogue(), country(), load_units()) == ()


def test_who_is_abolished_names_all_who_took_over_in_the_place() -> None:
    for one in ended():
        there = {heir for unit in one.jurisdiction for heir in now_competent(one, unit)}
        assert set(one.successors) - {one.code} <= there, one
        assert there - {one.code} == set(one.successors) - {one.code}, one


def ended() -> list[Agency]:
    """Bodies of communes and local bodies: their heirs are competent for the same ground."""
    local = ("one-stop.commune", "police.local", *LOCAL)
    found = [one for one in country() if one.valid_to == AFTER and one.roles[0] in local]
    assert len(found) > 20_000
    return found


def now_competent(one: Agency, unit_code: str) -> Iterator[str]:
    """Return who is competent today where a legacy unit lies."""
    [unit] = [v for v in load_units().versions(unit_code) if v.in_force(BEFORE)]
    for target in load_units().successors(unit):
        yield from (heir.code for heir in country().competent(one.role, target, AFTER))


def test_a_split_commune_and_a_district_name_several() -> None:
    several = [one for one in country() if len(one.successors) > 1]

    split = [one for one in several if one.role == "one-stop.commune"]
    districts = [one for one in several if one.role == "committee.district"]
    assert len(split) == 471
    assert len(districts) > 600


def test_a_code_that_goes_on_means_the_same_place() -> None:
    for one in ended():
        later = country().agency(one.code, AFTER)
        if later is not None:
            assert later.roles == one.roles
            ground = {heir for unit in one.jurisdiction for heir in now_competent(one, unit)}
            assert one.code in ground, (one, later)


def test_the_packaged_directory_is_a_part_of_it() -> None:
    whole = set(country())

    missing = [one for one in load_directory() if one not in whole]

    assert missing == []


def test_what_is_not_confirmed_is_marked() -> None:
    real = {one.code for one in country() if not one.demo}

    roots = {code for code in real if re.fullmatch(r"[A-Y]\d\d", code)}
    assert {code for code in roots if code.startswith("H")} == OBSERVED
    assert all(one.certainty != "unverified" for one in country() if not one.demo)
    kept = [one for one in country() if one.role == "committee.province" and not one.valid_to]
    assert Counter(one.certainty for one in kept) == {"unverified": 23, "memory": 6, "observed": 5}
    assert len(set(LEVEL_ONE.values())) == 63


def test_it_is_written_by_a_command_and_can_be_asked(tmp_path: Path) -> None:
    out = str(tmp_path / "lai-chau")

    made = CliRunner().invoke(app, ["generate", "12", "--out", out])
    asked = CliRunner().invoke(
        app, ["find", "tax.local", "03388", "--as-of", "2025-06-30", "--directory", out]
    )
    bad = CliRunner().invoke(app, ["generate", "34", "--out", out])

    assert made.exit_code == 0, made.output
    assert asked.exit_code == 0, asked.output
    assert "Đội Thuế" in asked.output
    assert (bad.exit_code, len(bad.stderr.splitlines())) == (2, 1)
