"""The province-level bodies, alike before and after the reform."""

from collections.abc import Iterator
from dataclasses import dataclass

from routing.data.generators.rows import AgencyRow


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


THAI_BINH = Province(
    unit="34",
    name="tỉnh Thái Bình",
    root="H54",
    police="G01.834",
    tax="G12.05.34",
    treasury="G12.06.34",
    social_insurance="G24.34",
    begin="2025-03-01",
    end="2025-07-01",
    source="until NQ 202/2025/QH15",
)
HUNG_YEN = Province(
    unit="33",
    name="tỉnh Hưng Yên",
    root="H31",
    police="G01.833",
    tax="G12.05.33",
    treasury="G12.06.33",
    social_insurance="G24.33",
    begin="2025-07-01",
    end="",
    source="NQ 202/2025/QH15",
)


def bodies(province: Province, successor: Province | None) -> Iterator[AgencyRow]:
    """Yield the province-level bodies; each is succeeded by its like in the other province."""
    mine = _listed(province)
    then = [row[0] for row in _listed(successor)] if successor else [""] * len(mine)
    for (code, parent, roles, name), heir in zip(mine, then, strict=True):
        yield AgencyRow(
            code=code,
            level="province",
            roles=roles,
            parent=parent,
            jurisdiction=province.unit,
            begin=province.begin,
            end=province.end,
            successors=heir,
            certainty="memory" if code == province.root else "unverified",
            source=province.source,
            name=name,
        )


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
