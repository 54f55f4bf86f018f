"""How the units of the three-tier era lie in those of the two-tier era."""

from collections.abc import Iterator
from functools import cache

from routing.data.generators.rows import KNOWN_FROM, REFORM
from routing.data.tables import legal_midnight
from routing.units import Level, Unit, UnitFound, load_units


def unit_then(code: str, date: str) -> Unit:
    """Return the unit that the code names on the date."""
    answer = load_units().find(code, legal_midnight(date))
    assert isinstance(answer, UnitFound), code
    return answer.unit


def provinces(date: str) -> tuple[Unit, ...]:
    """Return all provinces on the date, in code order."""
    found = (unit for unit in load_units() if unit.level is Level.PROVINCE)
    then = (unit for unit in found if unit.in_force(legal_midnight(date)))
    return tuple(sorted(then, key=lambda unit: unit.code))


def districts(province: str) -> tuple[Unit, ...]:
    """Return the districts of a legacy province, in code order."""
    children = load_units().children(unit_then(province, KNOWN_FROM))
    return tuple(unit for unit in children if unit.level is Level.DISTRICT)


def communes_of(district: Unit) -> tuple[Unit, ...]:
    """Return the communes of a district; of an island without any, the district itself."""
    return load_units().children(district) or (district,)


def communes_now(province: str) -> tuple[Unit, ...]:
    """Return the communes of a current province, in code order."""
    children = load_units().children(unit_then(province, REFORM))
    found = (unit for unit in children if unit.level is Level.COMMUNE)
    return tuple(sorted(found, key=lambda unit: unit.code))


@cache
def current_of(legacy: str) -> str:
    """Return the one current province in which a legacy one lies."""
    [current] = load_units().successors(unit_then(legacy, KNOWN_FROM))
    return current


@cache
def forerunners(current: str) -> tuple[str, ...]:
    """Return the legacy provinces that make up a current one, in code order."""
    return tuple(one.code for one in provinces(KNOWN_FROM) if current_of(one.code) == current)


def namesake(current: str) -> Unit:
    """Return the legacy province whose name a current one keeps."""
    name = _bare(unit_then(current, REFORM))
    former = (unit_then(code, KNOWN_FROM) for code in forerunners(current))
    [found] = [unit for unit in former if _bare(unit) == name]
    return found


def _bare(province: Unit) -> str:
    return province.name.removeprefix("Tỉnh ").removeprefix("Thành phố ")


def former_districts(current: str, first: str) -> Iterator[Unit]:
    """Yield the districts that lie in a current province, those of one legacy province first."""
    for province in sorted(forerunners(current), key=lambda code: (code != first, code)):
        yield from districts(province)
