"""The province-level bodies, alike before and after the reform."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from routing.data.generators.eras import current_of, forerunners, namesake, unit_then
from routing.data.generators.level_one import LEVEL_ONE, OBSERVED
from routing.data.generators.rows import (
    CONSTRUCTED,
    KNOWN_FROM,
    LAW,
    REFORM,
    SEEN,
    AgencyRow,
    in_sentence,
)
from routing.units import Unit

KEPT_CODE = f"{LAW}; the code of the province whose name it keeps"


@dataclass(frozen=True, slots=True)
class Province:
    """One province during one era, with the level-1 and vertical codes of its bodies."""

    unit: str
    name: str
    root: str
    police: str
    tax: str
    treasury: str
    social_insurance: str
    begin: str
    end: str
    source: str

    @property
    def one_stop(self) -> str:
        """The province's public administrative service centre."""
        return f"{self.root}.01"

    @property
    def environment(self) -> str:
        """The department above the land registry."""
        return f"{self.root}.15"

    @property
    def land_registry(self) -> str:
        """The land registration office, above its branches."""
        return f"{self.root}.15.20"


def legacy(code: str) -> Province:
    """Return the province that the unit code named until the reform; it may have gone on."""
    merged = len(forerunners(current_of(code))) > 1
    return _province(
        unit_then(code, KNOWN_FROM),
        LEVEL_ONE[code],
        begin=KNOWN_FROM,
        end=REFORM if merged else "",
        source="until NQ 202/2025/QH15" if merged else CONSTRUCTED,
    )


def current(code: str) -> Province:
    """Return the province that the unit code has named since the reform."""
    unit = unit_then(code, REFORM)
    return _province(unit, LEVEL_ONE[namesake(code).code], begin=REFORM, source=LAW)


def _province(unit: Unit, root: str, *, begin: str, end: str = "", source: str) -> Province:
    return Province(
        unit=unit.code,
        name=in_sentence(unit.name),
        root=root,
        police=f"G01.8{unit.code}",
        tax=f"G12.05.{unit.code}",
        treasury=f"G12.06.{unit.code}",
        social_insurance=f"G24.{unit.code}",
        begin=begin,
        end=end,
        source=source,
    )


def bodies(province: Province, successor: Province | None) -> Iterator[AgencyRow]:
    """Yield the province-level bodies; each is succeeded by its like in the other province.

    A code that goes on there needs no successor.
    """
    mine = _listed(province)
    then = [row[0] for row in _listed(successor)] if successor else [""] * len(mine)
    for (code, parent, roles, name), heir in zip(mine, then, strict=True):
        row = AgencyRow(
            code=code,
            level="province",
            roles=roles,
            parent=parent,
            jurisdiction=province.unit,
            begin=province.begin,
            end=province.end,
            successors="" if heir == code else heir,
            source=province.source,
            name=name,
        )
        yield _root(row, province) if code == province.root else row


def _root(row: AgencyRow, province: Province) -> AgencyRow:
    """Say how sure a level-1 code is: less so for a province that was merged."""
    if province.begin == REFORM and len(forerunners(province.unit)) > 1:
        return replace(row, certainty="unverified", source=KEPT_CODE)
    if row.code in OBSERVED:
        return replace(row, code_is="real", certainty="observed", source=SEEN)
    return replace(row, certainty="memory")


def _listed(province: Province) -> list[tuple[str, str, str, str]]:
    root, name = province.root, province.name
    return [
        (root, "", "committee.province", f"Ủy ban nhân dân {name}"),
        (
            province.one_stop,
            root,
            "one-stop.province",
            f"Trung tâm Phục vụ hành chính công {name}",
        ),
        (f"{root}.11", root, "justice.province", f"Sở Tư pháp {name}"),
        (f"{root}.12", root, "health.province", f"Sở Y tế {name}"),
        (
            f"{root}.12.30",
            f"{root}.12",
            "social-facility.province",
            f"Trung tâm Công tác xã hội và Bảo trợ xã hội {name}",
        ),
        # Since early 2025 labour belongs to home affairs (from memory): one body, both roles.
        (f"{root}.13", root, "home-affairs.province labour.province", f"Sở Nội vụ {name}"),
        (f"{root}.14", root, "construction.province", f"Sở Xây dựng {name}"),
        (
            province.environment,
            root,
            "environment.province",
            f"Sở Nông nghiệp và Môi trường {name}",
        ),
        (
            province.land_registry,
            province.environment,
            "land-registry.province",
            f"Văn phòng Đăng ký đất đai {name}",
        ),
        (f"{root}.16", root, "finance.province", f"Sở Tài chính {name}"),
        # Since early 2025 enterprises are registered under finance (from memory).
        (
            f"{root}.16.20",
            f"{root}.16",
            "business-registration.province",
            f"Phòng Đăng ký kinh doanh Sở Tài chính {name}",
        ),
        (province.police, "G01", "police.province", f"Công an {name}"),
        (
            f"{province.police}.900",
            province.police,
            "fire-police.province",
            f"Phòng Cảnh sát phòng cháy, chữa cháy và cứu nạn, cứu hộ Công an {name}",
        ),
        (province.tax, "G12.05", "tax.province", f"Thuế {name}"),
        (province.treasury, "G12.06", "treasury.province", f"Kho bạc Nhà nước {name}"),
        (
            province.social_insurance,
            "G24",
            "social-insurance.province",
            f"Bảo hiểm xã hội {name}",
        ),
    ]
