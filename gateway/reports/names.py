"""What levels and fields are called, in the order in which the forms list them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

Titles = Mapping[str, tuple[str, str]]

LEVELS: Final[Titles] = MappingProxyType(
    {
        "province": ("Sở, ban, ngành", "Departments of the province"),
        "district": ("UBND cấp huyện (trước 01/7/2025)", "Districts (before 01/07/2025)"),
        "commune": ("UBND cấp xã", "Communes"),
        "area": ("Chi nhánh, đơn vị khu vực", "Branches of an area"),
        "national": ("Cơ quan trung ương", "Central agencies"),
        "unknown": ("Không có trong danh bạ cơ quan", "Not in the directory of agencies"),
    }
)
"""By the level that the directory gives an agency. The form itself knows the first three."""

FIELDS: Final[Titles] = MappingProxyType(
    {
        "civil-status": ("Hộ tịch", "Civil status"),
        "certification": ("Chứng thực", "Certification"),
        "land": ("Đất đai", "Land"),
        "population": ("Đăng ký cư trú, dân cư", "Residence and population"),
        "business": ("Thành lập và hoạt động của doanh nghiệp", "Business registration"),
        "social-insurance": ("Bảo hiểm xã hội", "Social insurance"),
        "construction": ("Hoạt động xây dựng", "Construction"),
        "social-protection": ("Bảo trợ xã hội", "Social protection"),
    }
)
"""By the field that a procedure's data name."""


def level_of(level: str) -> tuple[str, str]:
    """Return what a level is called; a level that is new in the data, by its own word."""
    return LEVELS.get(level, (level, level))


def field_of(field: str) -> tuple[str, str]:
    """Return what a field is called; one that is new in the data, by its own word."""
    return FIELDS.get(field, (field, field))
