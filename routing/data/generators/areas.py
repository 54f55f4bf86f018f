"""The areas of the two-tier era, and the local bodies that each of them has.

A former district makes one area: every current commune belongs to the district from which most
of its legacy communes came (the lower code, if as many). Vertical agencies' real areas since
2025-07-01 are not verified.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from routing.data.generators.province import Province
from routing.data.generators.rows import AgencyRow
from routing.data.tables import legal_midnight
from routing.units import Level, Unit, UnitFound, Units, load_units

FORMER_PROVINCES = ("33", "34")


@dataclass(frozen=True, slots=True)
class LocalBodies:
    """The codes of the four local bodies of one district or area; n counts from 1."""

    land_registry: str
    tax: str
    treasury: str
    social_insurance: str


def local_bodies(province: Province, n: int) -> LocalBodies:
    """Return the codes of the local bodies of a province's n-th district or area."""
    return LocalBodies(
        land_registry=f"{province.land_registry}.{n:03}",
        tax=f"{province.tax}.{n:03}",
        treasury=f"{province.treasury}.{n:03}",
        social_insurance=f"{province.social_insurance}.{n:02}",
    )


def unit_then(code: str, date: str) -> Unit:
    """Return the unit that the code names on the date."""
    answer = load_units().find(code, legal_midnight(date))
    assert isinstance(answer, UnitFound), code
    return answer.unit


def districts(province: str, date: str) -> tuple[Unit, ...]:
    """Return the districts of a legacy province, in code order."""
    children = load_units().children(unit_then(province, date))
    return tuple(unit for unit in children if unit.level is Level.DISTRICT)


def communes_by_area(current: Unit, legacy_date: str) -> Iterator[tuple[Unit, tuple[Unit, ...]]]:
    """Yield each former district with the current communes of its area, in code order."""
    units = load_units()
    former = [d for p in FORMER_PROVINCES for d in districts(p, legacy_date)]
    origins = _origins(units, former)
    members: dict[str, list[Unit]] = {district.code: [] for district in former}
    for commune in units.children(current):
        most = min(origins[commune.code].items(), key=lambda item: (-item[1], item[0]))
        members[most[0]].append(commune)
    for district in former:
        yield district, tuple(members[district.code])


def _origins(units: Units, former: list[Unit]) -> dict[str, Counter[str]]:
    origins: dict[str, Counter[str]] = {}
    for district in former:
        for commune in units.children(district):
            for target in units.successors(commune):
                origins.setdefault(target, Counter())[district.code] += 1
    return origins


def bodies(
    province: Province,
    codes: LocalBodies,
    *,
    level: str,
    jurisdiction: str,
    names: tuple[str, str, str, str],
    heirs: LocalBodies | None,
) -> Iterator[AgencyRow]:
    """Yield the land registry branch, tax, treasury and social insurance of one area."""
    land, tax, treasury, insurance = names
    listed = (
        (codes.land_registry, province.land_registry, "land-registry.branch", land),
        (codes.tax, province.tax, "tax.local", tax),
        (codes.treasury, province.treasury, "treasury.local", treasury),
        (codes.social_insurance, province.social_insurance, "social-insurance.local", insurance),
    )
    after = (
        (heirs.land_registry, heirs.tax, heirs.treasury, heirs.social_insurance)
        if heirs
        else ("", "", "", "")
    )
    for (code, parent, role, name), heir in zip(listed, after, strict=True):
        yield AgencyRow(
            code=code,
            level=level,
            roles=role,
            parent=parent,
            jurisdiction=jurisdiction,
            begin=province.begin,
            end=province.end,
            successors=heir,
            name=name,
        )
