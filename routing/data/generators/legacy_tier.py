"""Thái Bình until 2025-07-01: province, 8 districts, 242 communes.

Police is the commune's: it registers residence, and district police were abolished before June
2025 (from memory), so none is listed.
"""

from collections.abc import Iterator
from itertools import count

from routing.data.generators import areas, province, two_tiers
from routing.data.generators.province import HUNG_YEN, THAI_BINH
from routing.data.generators.rows import AgencyRow, in_sentence
from routing.units import Unit, load_units

FIRST_DISTRICT = 20
FIRST_COMMUNE = 11


def rows() -> Iterator[AgencyRow]:
    """Yield every agency of the province as it was before the reform."""
    yield from province.bodies(THAI_BINH, HUNG_YEN)
    current, areas_now = two_tiers.communes(), two_tiers.area_ordinals()
    police = count(1)
    for n, district in enumerate(areas.districts(THAI_BINH.unit, THAI_BINH.begin), start=1):
        code = f"{THAI_BINH.root}.{FIRST_DISTRICT + n - 1}"
        yield from _district(district, code, current)
        where = in_sentence(district.name)
        yield from areas.bodies(
            THAI_BINH,
            areas.local_bodies(THAI_BINH, n),
            level="district",
            jurisdiction=district.code,
            names=(
                f"Chi nhánh Văn phòng Đăng ký đất đai {where}",
                f"Đội Thuế {where}",
                f"Kho bạc Nhà nước {where.removeprefix('huyện ')}",
                f"Bảo hiểm xã hội {where}",
            ),
            heirs=areas.local_bodies(HUNG_YEN, areas_now[district.code]),
        )
        for ordinal, commune in enumerate(load_units().children(district), start=FIRST_COMMUNE):
            yield from _commune(commune, f"{code}.{ordinal}", code, next(police), current)


def _district(unit: Unit, code: str, current: dict[str, int]) -> Iterator[AgencyRow]:
    where = in_sentence(unit.name)
    # The tier went without one heir: its work is now in the communes (and partly the province).
    heirs = " ".join(_one_stop(current, target) for target in load_units().successors(unit))
    for own, role, parent, name in (
        (code, "committee.district", THAI_BINH.root, f"Ủy ban nhân dân {where}"),
        (
            f"{code}.01",
            "one-stop.district",
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
            roles=role,
            parent=parent,
            jurisdiction=unit.code,
            begin=THAI_BINH.begin,
            end=THAI_BINH.end,
            successors=heirs,
            source=THAI_BINH.source,
            name=name,
        )


def _commune(
    unit: Unit, code: str, district: str, police: int, current: dict[str, int]
) -> Iterator[AgencyRow]:
    where = in_sentence(unit.name)
    targets = load_units().successors(unit)
    police_now = " ".join(f"{HUNG_YEN.police}.{current[target]}" for target in targets)
    for own, role, parent, heirs, name in (
        (
            code,
            "one-stop.commune",
            district,
            " ".join(_one_stop(current, target) for target in targets),
            f"Bộ phận Tiếp nhận và Trả kết quả UBND {where}",
        ),
        (
            f"{THAI_BINH.police}.{police:03}",
            "police.local",
            THAI_BINH.police,
            police_now,
            f"Công an {where}",
        ),
    ):
        yield AgencyRow(
            code=own,
            level="commune",
            roles=role,
            parent=parent,
            jurisdiction=unit.code,
            begin=THAI_BINH.begin,
            end=THAI_BINH.end,
            successors=heirs,
            source=THAI_BINH.source,
            name=name,
        )


def _one_stop(current: dict[str, int], commune: str) -> str:
    return f"{HUNG_YEN.root}.{current[commune]}"
