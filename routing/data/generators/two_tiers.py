"""A province from 2025-07-01: province bodies, communes, areas in place of districts."""

from collections.abc import Iterator
from functools import cache

from routing.data.generators import areas, province
from routing.data.generators.eras import communes_now, forerunners, provinces
from routing.data.generators.province import Province
from routing.data.generators.rows import LAW, REFORM, AgencyRow, in_sentence
from routing.units import Unit

FIRST_COMMUNE = 101


def rows(code: str) -> Iterator[AgencyRow]:
    """Yield every agency of a current province but those that were there before the reform."""
    now = province.current(code)
    if len(forerunners(code)) > 1:
        yield from province.bodies(now, None)
    for area in areas.areas_of(code):
        if not area.communes:
            continue
        where = area_name(area.district)
        yield from areas.bodies(
            now,
            area.bodies(now),
            level="area",
            jurisdiction=" ".join(unit.code for unit in area.communes),
            names=(
                f"Chi nhánh Văn phòng Đăng ký đất đai {where}",
                f"Thuế cơ sở {where}",
                f"Kho bạc Nhà nước {where}",
                f"Bảo hiểm xã hội cơ sở {where}",
            ),
            begin=REFORM,
        )
        for unit in area.communes:
            yield from _commune(now, unit)


def one_stop(commune: str) -> str:
    """Return the code of a current commune's one-stop."""
    province_now, ordinal = _ordinals()[commune]
    return f"{province_now.root}.{ordinal}"


def police(commune: str) -> str:
    """Return the code of a current commune's police."""
    province_now, ordinal = _ordinals()[commune]
    return f"{province_now.police}.{ordinal}"


def area_name(district: Unit) -> str:
    """Return what an area is called: "khu vực Quỳnh Phụ", "khu vực thành phố Thái Bình"."""
    name = district.name.removeprefix("Huyện ").removeprefix("Thị xã ")
    keeps_kind = name.startswith(("Thành phố ", "Quận "))
    return f"khu vực {in_sentence(name) if keeps_kind else name}"


@cache
def _ordinals() -> dict[str, tuple[Province, int]]:
    """Return the province and the ordinal of each current commune; its codes end in it."""
    return {
        commune.code: (province.current(unit.code), ordinal)
        for unit in provinces(REFORM)
        for ordinal, commune in enumerate(communes_now(unit.code), start=FIRST_COMMUNE)
    }


def _commune(now: Province, unit: Unit) -> Iterator[AgencyRow]:
    where = in_sentence(unit.name)
    for code, role, parent, name in (
        (
            one_stop(unit.code),
            "one-stop.commune",
            now.root,
            f"Trung tâm Phục vụ hành chính công {where}",
        ),
        (police(unit.code), "police.local", now.police, f"Công an {where}"),
    ):
        yield AgencyRow(
            code=code,
            level="commune",
            roles=role,
            parent=parent,
            jurisdiction=unit.code,
            begin=REFORM,
            source=LAW,
            name=name,
        )
