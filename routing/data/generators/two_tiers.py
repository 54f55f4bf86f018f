"""Hưng Yên from 2025-07-01: province bodies, 104 communes, areas in place of districts."""

from collections.abc import Iterator

from routing.data.generators import areas, province
from routing.data.generators.province import HUNG_YEN, THAI_BINH
from routing.data.generators.rows import AgencyRow, in_sentence
from routing.units import Unit, load_units

FIRST_COMMUNE = 101


def communes() -> dict[str, int]:
    """Return the ordinal of each current commune, by unit code; its codes end in it."""
    current = areas.unit_then(HUNG_YEN.unit, HUNG_YEN.begin)
    ordered = sorted(unit.code for unit in load_units().children(current))
    return {code: ordinal for ordinal, code in enumerate(ordered, start=FIRST_COMMUNE)}


def area_ordinals() -> dict[str, int]:
    """Return the ordinal of each area, by the code of the former district."""
    return {district.code: n for n, (district, _) in enumerate(_areas(), start=1)}


def rows() -> Iterator[AgencyRow]:
    """Yield every agency of the province as it is since the reform."""
    yield from province.bodies(HUNG_YEN, None)
    ordinals = communes()
    for n, (district, members) in enumerate(_areas(), start=1):
        where = area_name(district)
        yield from areas.bodies(
            HUNG_YEN,
            areas.local_bodies(HUNG_YEN, n),
            level="area",
            jurisdiction=" ".join(unit.code for unit in members),
            names=(
                f"Chi nhánh Văn phòng Đăng ký đất đai {where}",
                f"Thuế cơ sở {where}",
                f"Kho bạc Nhà nước {where}",
                f"Bảo hiểm xã hội cơ sở {where}",
            ),
            heirs=None,
        )
        for unit in members:
            yield from _commune(unit, ordinals[unit.code])


def area_name(district: Unit) -> str:
    """Return what an area is called: "khu vực Quỳnh Phụ", "khu vực thành phố Thái Bình"."""
    name = district.name.removeprefix("Huyện ").removeprefix("Thị xã ")
    return f"khu vực {in_sentence(name) if name.startswith('Thành phố') else name}"


def _areas() -> Iterator[tuple[Unit, tuple[Unit, ...]]]:
    current = areas.unit_then(HUNG_YEN.unit, HUNG_YEN.begin)
    return areas.communes_by_area(current, THAI_BINH.begin)


def _commune(unit: Unit, ordinal: int) -> Iterator[AgencyRow]:
    where = in_sentence(unit.name)
    for code, role, parent, name in (
        (
            f"{HUNG_YEN.root}.{ordinal}",
            "one-stop.commune",
            HUNG_YEN.root,
            f"Trung tâm Phục vụ hành chính công {where}",
        ),
        (f"{HUNG_YEN.police}.{ordinal}", "police.local", HUNG_YEN.police, f"Công an {where}"),
    ):
        yield AgencyRow(
            code=code,
            level="commune",
            roles=role,
            parent=parent,
            jurisdiction=unit.code,
            begin=HUNG_YEN.begin,
            source=HUNG_YEN.source,
            name=name,
        )
