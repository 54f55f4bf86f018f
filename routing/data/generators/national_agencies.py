"""National agencies: found by code only, so they have no jurisdiction."""

from collections.abc import Iterator

from routing.data.generators.rows import KNOWN_FROM, SEEN, AgencyRow

COORDINATOR_BEGINS = "2027-01-01"
PORTAL_CHAIN_LAW = "NĐ 301/2026 Đ.18.3"

MINISTRIES = (
    ("G01", "Bộ Công an", "observed"),
    ("G09", "Bộ Nội vụ", "observed"),
    ("G12", "Bộ Tài chính", "memory"),
    ("G15", "Bộ Tư pháp", "observed"),
    ("G18", "Bộ Y tế", "observed"),
    ("G22", "Văn phòng Chính phủ", "observed"),
    ("G24", "Bảo hiểm xã hội Việt Nam", "memory"),
)
SYSTEMS = (
    ("G01.899.001", "G01", "Cơ sở dữ liệu quốc gia về dân cư"),
    ("G09.99.01", "G09", "Hệ thống thông tin giải quyết thủ tục hành chính Bộ Nội vụ"),
    ("G12.05", "G12", "Cục Thuế"),
    ("G12.06", "G12", "Kho bạc Nhà nước"),
    ("G15.99.01", "G15", "Hệ thống thông tin giải quyết thủ tục hành chính Bộ Tư pháp"),
    ("G15.99.02", "G15", "Cơ sở dữ liệu hộ tịch điện tử"),
    ("G18.99.01", "G18", "Hệ thống thông tin giải quyết thủ tục hành chính Bộ Y tế"),
    ("G22.99.01", "G22", "Cổng Dịch vụ công quốc gia"),
)


def rows() -> Iterator[AgencyRow]:
    """Yield the ministries and their nationwide systems."""
    for code, name, certainty in MINISTRIES:
        yield AgencyRow(
            code=code,
            level="national",
            roles="ministry",
            begin=KNOWN_FROM,
            code_is="demo" if certainty == "memory" else "real",
            certainty=certainty,
            source="level-1 code list" if certainty == "memory" else SEEN,
            name=name,
        )
    for code, parent, name in SYSTEMS:
        yield AgencyRow(
            code=code,
            level="national",
            roles="national",
            parent=parent,
            begin=KNOWN_FROM,
            name=name,
        )
    yield AgencyRow(
        code="G01.899.909",
        level="national",
        roles="national",
        parent="G01",
        begin=KNOWN_FROM,
        code_is="real",
        certainty="observed",
        source=SEEN,
        name="Cổng dịch vụ công Bộ Công an",
    )
    yield AgencyRow(
        code="G22.99.08",
        level="national",
        roles="national",
        parent="G22",
        begin=KNOWN_FROM,
        end=COORDINATOR_BEGINS,
        successors="G01.899.100",
        code_is="real",
        certainty="observed",
        source=f"{SEEN}; end: {PORTAL_CHAIN_LAW}",
        name="Phần mềm dịch vụ công liên thông",
    )
    yield AgencyRow(
        code="G01.899.100",
        level="national",
        roles="national",
        parent="G01",
        begin=COORDINATOR_BEGINS,
        source=PORTAL_CHAIN_LAW,
        name="Hệ thống điều phối giải quyết thủ tục hành chính",
    )
