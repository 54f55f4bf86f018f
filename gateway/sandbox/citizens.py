"""Invented citizens: common Vietnamese names in invented combinations, with no number of anyone.

Identifiers begin with 000, which no province has, so that none can be a real person's.
"""

from dataclasses import dataclass
from random import Random

_FAMILY = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Phan",
    "Ngô",
    "Lương",
)
_MIDDLE = ("Văn", "Thị", "Đức", "Minh", "Thanh", "Ngọc", "Hữu", "Thu", "Quang", "Hồng")
_GIVEN = (
    "An",
    "Bình",
    "Châu",
    "Dũng",
    "Giang",
    "Hà",
    "Hạnh",
    "Hiếu",
    "Hương",
    "Khánh",
    "Lan",
    "Linh",
    "Long",
    "Mai",
    "Nam",
    "Nga",
    "Phúc",
    "Quân",
    "Sơn",
    "Thảo",
    "Trang",
    "Tuấn",
    "Uyên",
    "Yến",
)


@dataclass(frozen=True, slots=True)
class Citizen:
    """An invented person."""

    name: str
    number: str

    def as_applicant(self) -> dict[str, object]:
        return {
            "kind": "citizen",
            "name": self.name,
            "identifier": {"kind": "personal_number", "value": self.number},
        }


def invent(draw: Random) -> Citizen:
    """Invent somebody."""
    name = f"{draw.choice(_FAMILY)} {draw.choice(_MIDDLE)} {draw.choice(_GIVEN)}"
    return Citizen(name, f"000{draw.randrange(10**9):09d}")
