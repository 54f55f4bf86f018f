"""A province until 2025-07-01: province bodies, districts, communes.

Police is the commune's: it registers residence, and district police were abolished before June
2025 (from memory), so none is listed. An island district without communes does their work itself.
"""

from collections.abc import Iterator
from itertools import count

from routing.data.generators import areas, province, two_tiers
from routing.data.generators.eras import communes_of, current_of, districts, provinces
from routing.data.generators.province import Province
from routing.data.generators.rows import KNOWN_FROM, REFORM, AgencyRow, in_sentence
from routing.units import Unit, load_units

FIRST_DISTRICT = 20
FIRST_COMMUNE = 11
SOURCE = "until NQ 202/2025/QH15"


def rows(code: str) -> Iterator[AgencyRow]:
    """Yield every agency of a legacy province, those included that went on after the reform."""
    then, now = province.legacy(code), province.current(current_of(code))
    yield from province.bodies(then, now if then.end else None)
    police = count(_first_police(code))
    for n, unit in enumerate(districts(code), start=1):
        district = f"{then.root}.{FIRST_DISTRICT + n - 1}"
        communes = communes_of(unit)
        island = communes == (unit,)
        yield from _district(then, unit, district, island=island)
        where = in_sentence(unit.name)
        yield from areas.bodies(
            then,
            areas.local_bodies(then, n, n),
            level="district",
            jurisdiction=unit.code,
            names=(
                f"Chi nhánh Văn phòng Đăng ký đất đai {where}",
                f"Đội Thuế {where}",
                f"Kho bạc Nhà nước {where.removeprefix('huyện ')}",
                f"Bảo hiểm xã hội {where}",
            ),
            begin=KNOWN_FROM,
            end=REFORM,
            heirs=tuple(area.bodies(now) for area in areas.heirs_of(unit, now.unit)),
        )
        for ordinal, commune in enumerate(communes, start=FIRST_COMMUNE):
            if not island:
                yield _one_stop(commune, f"{district}.{ordinal}", district)
            yield _police(commune, f"{then.police}.{next(police):03}", then.police)


def _first_police(code: str) -> int:
    """Where the code above goes on, communes of today have the three-digit numbers below it."""
    goes_on = code in {unit.code for unit in provinces(REFORM)}
    return 1001 if goes_on else 1


def _district(then: Province, unit: Unit, code: str, *, island: bool) -> Iterator[AgencyRow]:
    where = in_sentence(unit.name)
    # The tier went without one heir: its work is now in the communes (and partly the province).
    heirs = " ".join(two_tiers.one_stop(target) for target in load_units().successors(unit))
    for own, roles, parent, name in (
        (code, "committee.district", then.root, f"Ủy ban nhân dân {where}"),
        (
            f"{code}.01",
            "one-stop.district one-stop.commune" if island else "one-stop.district",
            code,
            f"Bộ phận Tiếp nhận và Trả kết quả UBND {where}",
        ),
        (
            f"{code}.05",
            "social.district",
            code,
            f"Phòng Lao động - Thương binh và Xã hội {where}",
        ),
    ):
        yield AgencyRow(
            code=own,
            level="district",
            roles=roles,
            parent=parent,
            jurisdiction=unit.code,
            begin=KNOWN_FROM,
            end=REFORM,
            successors=heirs,
            source=SOURCE,
            name=name,
        )


def _one_stop(unit: Unit, code: str, district: str) -> AgencyRow:
    targets = load_units().successors(unit)
    return AgencyRow(
        code=code,
        level="commune",
        roles="one-stop.commune",
        parent=district,
        jurisdiction=unit.code,
        begin=KNOWN_FROM,
        end=REFORM,
        successors=" ".join(two_tiers.one_stop(target) for target in targets),
        source=SOURCE,
        name=f"Bộ phận Tiếp nhận và Trả kết quả UBND {in_sentence(unit.name)}",
    )


def _police(unit: Unit, code: str, parent: str) -> AgencyRow:
    targets = load_units().successors(unit)
    return AgencyRow(
        code=code,
        level="commune",
        roles="police.local",
        parent=parent,
        jurisdiction=unit.code,
        begin=KNOWN_FROM,
        end=REFORM,
        successors=" ".join(two_tiers.police(target) for target in targets),
        source=SOURCE,
        name=f"Công an {in_sentence(unit.name)}",
    )
