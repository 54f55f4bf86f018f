"""Each fault put into a sound directory is found, as what it is and where, and nothing else is."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings

from routing.data.generators import national
from routing.data.tables import legal_midnight
from routing.directory import Agency, Directory, read_directory
from routing.directory.coverage import Coverage
from routing.directory.findings import EXPLAINED, Finding, Severity
from routing.legaltime import load_calendar
from routing.procedures import Catalogue, load_catalogue
from routing.survey import survey, survey_places
from routing.units import load_units
from tests.unit.directory.test_competence_means_what_it_says import EDGES, UNITS, agencies

Rows = dict[str, list[Agency]]
BEGIN, LATER = legal_midnight("2025-07-01"), legal_midnight("2026-01-01")
THAI_THUY = "12826"


@cache
def sound() -> tuple[Agency, ...]:
    """Hưng Yên, and Thái Bình and the old Hưng Yên that it was made of."""
    return read_directory(national.sheets(["33"]), load_units()).agencies


def checked(rows: Iterable[Agency]) -> list[Finding]:
    directory = Directory(version="seeded", agencies=rows, units=load_units())
    return list(survey_places(load_catalogue(), directory, load_units()))


def test_the_sound_directory_has_nothing_to_be_found() -> None:
    assert checked(sound()) == []


def test_how_far_a_survey_has_come_is_told() -> None:
    told: list[tuple[int, int]] = []
    directory = Directory(version="sound", agencies=sound(), units=load_units())
    catalogue = Catalogue("few", load_catalogue().versions("2.000908"))

    survey(
        catalogue,
        directory,
        load_units(),
        load_calendar("vn"),
        lambda done, parts: told.append((done, parts)),
    )

    assert told == [(done, told[0][1]) for done in range(1, told[0][1] + 1)]


def without_unit(rows: Rows) -> None:
    """A commune that the tax areas forgot."""
    [area] = [one for one in rows["tax.local"] if THAI_THUY in one.jurisdiction]
    swap(rows, area, jurisdiction=tuple(u for u in area.jurisdiction if u != THAI_THUY))


def break_in_time(rows: Rows) -> None:
    """A tax area that is not there for a month."""
    [area] = [one for one in rows["tax.local"] if THAI_THUY in one.jurisdiction]
    swap(rows, area, valid_to=LATER)
    rows["tax.local"].append(replace(area, valid_from=legal_midnight("2026-02-01")))


def twice_listed(rows: Rows) -> None:
    """A commune that two land registry branches list."""
    now = [one for one in rows["land-registry.branch"] if one.valid_from == BEGIN]
    [other] = [one for one in now if one.code == "H31.15.20.001"]
    swap(rows, other, jurisdiction=(*other.jurisdiction, THAI_THUY))


def role_of_nobody(rows: Rows) -> None:
    """A department whose role is written in another way from the reform on."""
    [fire] = [one for one in rows["fire-police.province"] if one.valid_from == BEGIN]
    swap(rows, fire, roles=("fire.province",))


def district_role_of_nobody(rows: Rows) -> None:
    """District committees whose role is written in another way: a step of the old era needs it."""
    for one in list(rows["committee.district"]):
        swap(rows, one, roles=("district.committee",))


def ends_early(rows: Rows) -> None:
    """A national database that a step names, and that ends."""
    [database] = [one for one in rows["national"] if one.code == "G01.899.001"]
    swap(rows, database, valid_to=LATER)


def successor_cycle(rows: Rows) -> None:
    """Two abolished departments that each name the other."""
    [justice] = [one for one in rows["justice.province"] if one.code == "H54.11"]
    [health] = [one for one in rows["health.province"] if one.code == "H54.12"]
    swap(rows, justice, successors=("H54.12",))
    swap(rows, health, successors=("H54.11",))


def late_successor(rows: Rows) -> None:
    """A successor that is there a year later."""
    [justice] = [one for one in rows["justice.province"] if one.code == "H54.11"]
    swap(rows, justice, successors=("G01.899.100",))


def no_successor(rows: Rows) -> None:
    """An abolished department that names nobody."""
    [justice] = [one for one in rows["justice.province"] if one.code == "H54.11"]
    swap(rows, justice, successors=())


def successor_of_the_living(rows: Rows) -> None:
    """A department that goes on, and names a successor."""
    [justice] = [o for o in rows["justice.province"] if o.code == "H31.11" and not o.valid_to]
    swap(rows, justice, successors=("H31.12",))


def parent_cycle(rows: Rows) -> None:
    """Two departments that are each above the other."""
    [justice] = [o for o in rows["justice.province"] if o.code == "H31.11" and not o.valid_to]
    [finance] = [o for o in rows["finance.province"] if o.code == "H31.16" and not o.valid_to]
    swap(rows, justice, parent="H31.16")
    swap(rows, finance, parent="H31.11")


def orphan(rows: Rows) -> None:
    """A department below an agency that ended."""
    [justice] = [o for o in rows["justice.province"] if o.code == "H31.11" and not o.valid_to]
    swap(rows, justice, parent="H54.12")


def rows_overlap(rows: Rows) -> None:
    """A renamed department whose first row was not ended."""
    [justice] = [o for o in rows["justice.province"] if o.code == "H31.11" and not o.valid_to]
    rows["justice.province"].append(replace(justice, name="another", valid_from=LATER))


def unit_of_the_past(rows: Rows) -> None:
    """A department that still lists an abolished province."""
    [justice] = [o for o in rows["justice.province"] if o.code == "H31.11" and not o.valid_to]
    swap(rows, justice, jurisdiction=("33", "34"))


def shared_alias(rows: Rows) -> None:
    """An older code that two departments have."""
    [justice] = [o for o in rows["justice.province"] if o.code == "H31.11" and not o.valid_to]
    swap(rows, justice, aliases=(*justice.aliases, "000.00.12.H31"))


def alias_that_is_a_code(rows: Rows) -> None:
    """An older code that is another's present one."""
    [justice] = [o for o in rows["justice.province"] if o.code == "H31.11" and not o.valid_to]
    swap(rows, justice, aliases=("H31.12",))


def swap(rows: Rows, one: Agency, **changes: Any) -> None:
    among = rows[one.role]
    among[among.index(one)] = replace(one, **changes)


@pytest.mark.parametrize(
    ("seed", "expected"),
    [
        (without_unit, [("gap", "tax.local", 1)]),
        (break_in_time, [("rows-apart", "G12.05.33.015", 0), ("gap", "tax.local", 11)]),
        (twice_listed, [("overlap", "land-registry.branch", 1)]),
        (role_of_nobody, [("nobody", "fire-police.province", 104)]),
        (district_role_of_nobody, [("nobody", "committee.district", 242 + 139)]),
        (ends_early, [("agency-not-in-force", "G01.899.001", 0)]),
        (successor_cycle, [("successor-cycle", "H54.11", 0)]),
        (late_successor, [("successor-in-force", "H54.11", 0)]),
        (no_successor, [("no-successor", "H54.11", 0)]),
        (successor_of_the_living, [("only-the-ended-have-successors", "H31.11", 0)]),
        (parent_cycle, [("parent-cycle", "H31.11", 0)]),
        (orphan, [("parent-in-force", "H31.11", 0)]),
        (rows_overlap, [("rows-overlap", "H31.11", 0)]),
        (unit_of_the_past, [("unit-in-force", "H31.11", 0)]),
        (shared_alias, [("alias-means-one", "000.00.12.H31", 0)]),
        (alias_that_is_a_code, [("alias-is-no-code", "H31.12", 0)]),
    ],
)
def test_a_seeded_fault_is_found_and_nothing_else(
    seed: Callable[[Rows], None], expected: list[tuple[str, str, int]]
) -> None:
    rows: Rows = {}
    for one in sound():
        rows.setdefault(one.role, []).append(one)

    seed(rows)
    found = checked(one for several in rows.values() for one in several)

    assert sorted({(one.rule, one.subject, len(one.units)) for one in found}) == sorted(expected)
    assert all(one.rule in EXPLAINED for one in found)


def test_what_is_found_names_the_steps_that_it_strands_and_its_time() -> None:
    rows: Rows = {}
    for one in sound():
        rows.setdefault(one.role, []).append(one)

    break_in_time(rows)
    [gap] = [f for f in checked(o for s in rows.values() for o in s) if f.rule == "gap"]

    assert (gap.begin, gap.end) == (LATER, legal_midnight("2026-02-01"))
    versions = {step.rsplit(" ", 1)[0] for step in gap.steps}
    assert "1.012781 2025-01-01" in versions
    assert "1.001776 2021-07-01" not in versions


def test_a_step_that_asks_too_much_time_is_told_by_how_much() -> None:
    catalogue = load_catalogue()
    [one, *_] = catalogue.versions("2.000635")
    step = replace(one.steps[0], budget="3 wd", budget_cases=())
    slow = replace(one, total="1 wd", total_cases=(), steps=(step, *one.steps[1:]))
    directory = Directory(version="sound", agencies=sound(), units=load_units())

    found = survey(Catalogue("seeded", [slow]), directory, load_units(), load_calendar("vn"))

    assert [(one.severity, one.rule) for one in found] == [(Severity.NOTE, "overshoot")]
    assert "beyond the total" in found[0].detail


@settings(max_examples=40)
@given(drawn=agencies())
def test_the_places_found_are_those_where_not_exactly_one_is_competent(
    drawn: list[Agency],
) -> None:
    directory = Directory(version="drawn", agencies=drawn, units=load_units())
    coverage = Coverage(directory, load_units())

    found = list(coverage.findings("tax.local"))

    edges = sorted(
        {
            coverage.begin,
            *EDGES,
            *(o.valid_from for o in drawn),
            *(o.valid_to or LATER for o in drawn),
        }
    )
    for code in UNITS[:40]:
        for instant, _ in pairwise(edges):
            if instant < coverage.begin or not load_units().ancestors(code, instant):
                continue
            several = len(directory.competent("tax.local", code, instant)) > 1
            told = [one for one in found if code in one.units and holds(one, instant)]
            assert several == any(one.rule == "overlap" for one in told)
            if not directory.competent("tax.local", code, instant):
                assert bool(told) == province_has_somebody(directory, code, instant)


def holds(one: Finding, instant: datetime) -> bool:
    assert one.begin is not None
    return one.begin <= instant and (one.end is None or instant < one.end)


def province_has_somebody(directory: Directory, code: str, instant: datetime) -> bool:
    """By definition: some unit of the same province is listed by somebody in force."""
    units = load_units()
    province = units.ancestors(code, instant)[-1]
    return any(
        line and line[-1] == province
        for agency in directory.in_force(instant)
        for listed in agency.jurisdiction
        if (line := units.ancestors(listed, instant))
    )
