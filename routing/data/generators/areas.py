"""The areas of the two-tier era, and the local bodies that each of them has.

A former district makes one area: every current commune belongs to the district from which most
of its legacy communes came (the lower code, if as many). One that was left without a commune makes
none. Vertical agencies' real areas since 2025-07-01 are not verified.

Districts and areas are numbered so that a code that goes on means the same place on both sides of
the reform: first come the districts of the legacy province that had the same code above.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from routing.data.generators.eras import (
    communes_now,
    communes_of,
    former_districts,
    namesake,
)
from routing.data.generators.province import Province
from routing.data.generators.rows import AgencyRow
from routing.units import Unit, load_units


@dataclass(frozen=True, slots=True)
class LocalBodies:
    """The codes of the four local bodies of one district or area."""

    land_registry: str
    tax: str
    treasury: str
    social_insurance: str


@dataclass(frozen=True, slots=True)
class Area:
    """What became of a former district: its numbers among the areas, and its communes."""

    district: Unit
    number: int
    land_number: int
    communes: tuple[Unit, ...]

    def bodies(self, province: Province) -> LocalBodies:
        """Return the codes of its local bodies in the current province."""
        return local_bodies(province, self.number, self.land_number)


def local_bodies(province: Province, number: int, land_number: int) -> LocalBodies:
    """Return the codes of the local bodies of a district or area; numbers count from 1."""
    return LocalBodies(
        land_registry=f"{province.land_registry}.{land_number:03}",
        tax=f"{province.tax}.{number:03}",
        treasury=f"{province.treasury}.{number:03}",
        social_insurance=f"{province.social_insurance}.{number:02}",
    )


@cache
def areas_of(current: str) -> tuple[Area, ...]:
    """Return the areas of a current province by number, those without a commune included."""
    members: dict[str, list[Unit]] = {}
    origins = _origins(current)
    for commune in communes_now(current):
        most = min(origins[commune.code].items(), key=lambda item: (-item[1], item[0]))
        members.setdefault(most[0], []).append(commune)
    by_root = former_districts(current, namesake(current).code)
    land_numbers = {district.code: n for n, district in enumerate(by_root, start=1)}
    return tuple(
        Area(district, n, land_numbers[district.code], tuple(members.get(district.code, ())))
        for n, district in enumerate(former_districts(current, current), start=1)
    )


def _origins(current: str) -> dict[str, Counter[str]]:
    """Return for every current commune how many legacy communes it has of which district."""
    origins: dict[str, Counter[str]] = {}
    for district in former_districts(current, current):
        for commune in communes_of(district):
            for target in load_units().successors(commune):
                origins.setdefault(target, Counter())[district.code] += 1
    return origins


def heirs_of(district: Unit, current: str) -> tuple[Area, ...]:
    """Return the areas in which the communes of a former district lie, by number."""
    units = load_units()
    targets = {one for commune in communes_of(district) for one in units.successors(commune)}
    return tuple(
        area for area in areas_of(current) if targets & {unit.code for unit in area.communes}
    )


def bodies(
    province: Province,
    codes: LocalBodies,
    *,
    level: str,
    jurisdiction: str,
    names: tuple[str, str, str, str],
    begin: str,
    end: str = "",
    heirs: tuple[LocalBodies, ...] = (),
) -> Iterator[AgencyRow]:
    """Yield the land registry branch, tax, treasury and social insurance of one area."""
    land, tax, treasury, insurance = names
    for code, parent, role, name, then in (
        (
            codes.land_registry,
            province.land_registry,
            "land-registry.branch",
            land,
            [one.land_registry for one in heirs],
        ),
        (codes.tax, province.tax, "tax.local", tax, [one.tax for one in heirs]),
        (
            codes.treasury,
            province.treasury,
            "treasury.local",
            treasury,
            [one.treasury for one in heirs],
        ),
        (
            codes.social_insurance,
            province.social_insurance,
            "social-insurance.local",
            insurance,
            [one.social_insurance for one in heirs],
        ),
    ):
        yield AgencyRow(
            code=code,
            level=level,
            roles=role,
            parent=parent,
            jurisdiction=jurisdiction,
            begin=begin,
            end=end,
            # A code that goes on needs no successor, unless others share what it had.
            successors="" if then == [code] else " ".join(then),
            name=name,
        )
