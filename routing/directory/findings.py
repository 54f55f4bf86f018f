"""What a check can say of a directory: typed, grouped, with what it means and what to do.

An `error` strands dossiers or makes the directory contradict itself, a `warning` needs a person's
look, a `note` is a fact worth knowing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: the rule, the agency, role or procedure it concerns, the facts.

    What is wrong alike in many units is one finding that lists them. `steps` are the steps of
    procedures that cannot be resolved there then. An open `end` is None.
    """

    severity: Severity
    rule: str
    subject: str
    detail: str
    units: tuple[str, ...] = ()
    begin: datetime | None = None
    end: datetime | None = None
    steps: tuple[str, ...] = ()


EXPLAINED: Final[Mapping[str, tuple[str, str]]] = {
    "rows-overlap": (
        "Hai dòng cùng mã cùng có hiệu lực: sửa ngày kết thúc của dòng trước.",
        "Two rows of a code hold at once: end the earlier where the later begins.",
    ),
    "rows-apart": (
        "Mã không có hiệu lực giữa hai dòng: nối hai dòng hoặc dùng mã mới.",
        "The code is nobody's between two of its rows: join them, or give the later another code.",
    ),
    "begins-before-it-ends": (
        "Dòng kết thúc trước khi bắt đầu.",
        "The row ends before it begins: correct its dates.",
    ),
    "parent-in-force": (
        "Cơ quan cấp trên không tồn tại suốt thời gian của dòng.",
        "The parent is not there all the time: split the row where the parent changes.",
    ),
    "parent-cycle": (
        "Cơ quan cấp trên đi vòng.",
        "Each is above the other: one of them has another parent.",
    ),
    "only-the-ended-have-successors": (
        "Chỉ cơ quan đã kết thúc mới có cơ quan kế thừa.",
        "Who goes on has no successor: give the row an end, or remove the successor.",
    ),
    "successor-in-force": (
        "Cơ quan kế thừa không tồn tại khi tiếp nhận.",
        "The successor is not there when it takes over: correct a date, or name another.",
    ),
    "successor-cycle": (
        "Các cơ quan kế thừa đi vòng, không đến cơ quan nào đang tồn tại.",
        "Successors lead back to where they began and to nobody in force: name who took over.",
    ),
    "no-successor": (
        "Cơ quan đã kết thúc mà không nêu cơ quan kế thừa.",
        "It ended, and nobody is named for what it had: name who took over.",
    ),
    "unit-in-force": (
        "Đơn vị hành chính không tồn tại suốt thời gian của dòng.",
        "A listed unit is not there all the time: end the row with the unit.",
    ),
    "alias-is-no-code": (
        "Mã khác trùng mã của một cơ quan.",
        "An alias is another agency's code: remove it.",
    ),
    "alias-means-one": (
        "Mã khác chỉ hai cơ quan cùng lúc.",
        "An alias means two agencies at once: leave it to one.",
    ),
    "gap": (
        "Không cơ quan nào có thẩm quyền ở đây, dù nơi khác trong tỉnh có.",
        "Nobody is competent here, while others of the province have somebody: list the units.",
    ),
    "overlap": (
        "Nhiều cơ quan cùng có thẩm quyền.",
        "Several are competent at once: leave each unit to one.",
    ),
    "nobody": (
        "Thủ tục cần vai trò này mà trong tỉnh không cơ quan nào có.",
        "A step needs this role, and nobody in the province has it: add the agency.",
    ),
    "agency-not-in-force": (
        "Bước nêu một cơ quan không tồn tại suốt thời gian của thủ tục.",
        "A step names an agency that is not there all the time: end the procedure's version.",
    ),
    "overshoot": (
        "Thời hạn các bước có thể vượt tổng thời hạn.",
        "Limits of the steps can exceed the total: told, not mended (decision 44).",
    ),
}
"""Rule → what it means and what to do, Vietnamese and English."""
