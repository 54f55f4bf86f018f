"""What pictures say, in Vietnamese first and in English as the second language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Final, Literal

from routing.legaltime import Budget, Unit

Language = Literal["vi", "en"]

_UNITS: Final[Mapping[Language, Mapping[Unit, str]]] = MappingProxyType(
    {
        "vi": {
            Unit.MINUTE: "phút",
            Unit.WORKING_HOUR: "giờ làm việc",
            Unit.WORKING_DAY: "ngày làm việc",
            Unit.CALENDAR_DAY: "ngày",
            Unit.HOUR: "giờ",
        },
        "en": {
            Unit.MINUTE: "min",
            Unit.WORKING_HOUR: "working hours",
            Unit.WORKING_DAY: "working days",
            Unit.CALENDAR_DAY: "calendar days",
            Unit.HOUR: "hours",
        },
    }
)

_SAID: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        # what the lanes are
        "whole": ("Hồ sơ: thời hạn chung", "The dossier: its total"),
        "whole-none": ("Hồ sơ", "The dossier"),
        "charges": ("Thời gian thuộc về ai", "Whose time it was"),
        "total": ("thời hạn chung {}", "total {}"),
        "limit": ("hạn mức {}", "limit {}"),
        "same-day": ("xong trong ngày", "the same day"),
        "notice-day": ("sửa trong ngày được báo", "mended within the day of the notice"),
        "no-limit": ("không có hạn mức riêng", "no limit of its own"),
        "no-total": ("luật không định thời hạn chung", "the law sets no total"),
        "from-receipt": ("tính từ lúc nhận", "from its receipt"),
        "outside": ("ngoài thời hạn chung", "outside the total"),
        "silence": ("im lặng là đồng ý", "silence is consent"),
        "round": ("lần {}", "round {}"),
        "originator": ("nơi nộp: {}", "handed in at {}"),
        # what the marks are
        "received-dossier": ("nhận hồ sơ {}", "taken in {}"),
        "submitted": ("chuyển đi {}", "passed on {}"),
        "received": ("nhận {}", "received {}"),
        "offered": ("bàn giao {}", "offered {}"),
        "came": ("đến nơi {}", "arrived {}"),
        "late-by": ("quá hạn, do {}", "overdue because of: {}"),
        "now": ("bây giờ", "now"),
        "deadline": ("hạn {}", "due {}"),
        "moved": ("hạn cũ {}", "first due {}"),
        "warned": ("nhắc {}", "warned {}"),
        "late": ("quá hạn", "late"),
        "late-receipt": ("chưa xác nhận đã nhận", "receipt not confirmed"),
        "late-handover": ("chưa giao được", "not handed over"),
        "handed-over-late": ("giao chậm", "handed over late"),
        "late-supplement": ("quá hạn bổ sung", "no supplement in time"),
        "late-request": ("quá hạn yêu cầu bổ sung", "supplement asked for too late"),
        "late-return": ("trả lại chưa được xử lý", "return not answered"),
        "late-refusal": ("từ chối chưa được ghi nhận", "refusal not acknowledged"),
        "completed": ("xong {}", "done {}"),
        "returned": ("trả lại {}", "given back {}"),
        "refused": ("từ chối {}", "refused {}"),
        "cancelled": ("thu hồi {}", "taken back {}"),
        "withdrawn": ("rút {}", "withdrawn {}"),
        "stopped": ("dừng {}", "stopped {}"),
        "lapsed": ("đồng ý do im lặng {}", "consent by silence {}"),
        "open": ("đang xử lý", "under way"),
        # why a clock stands
        "supplement": ("chờ bổ sung", "supplement"),
        "payment": ("chờ nộp tiền", "payment"),
        "confirmation": ("chờ xác nhận", "confirmation"),
        "publication": ("niêm yết", "public posting"),
        "outage": ("sự cố", "outage"),
        "outside-total": ("bước ngoài thời hạn chung", "a step outside the total"),
        # whose time
        "sender": ("bên gửi", "sender"),
        "gateway": ("cổng liên thông", "gateway"),
        "network": ("đường truyền", "network"),
        "receiver": ("bên xử lý", "receiver"),
        "citizen": ("người dân", "citizen"),
        "law": ("luật định", "law"),
        "provisional": ("tạm tính", "provisional"),
        # the legend
        "legend-work": ("đang xử lý trong hạn", "at work, in time"),
        "legend-overdue": ("xử lý sau hạn", "at work, overdue"),
        "legend-paused": ("tạm dừng, không tính giờ", "paused, not counted"),
        "legend-waiting": ("đã nhận, giờ chưa tính", "received, not yet counted"),
        "legend-handover": ("chuyển giao → xác nhận nhận", "handed over → receipt"),
        "legend-silent": ("đã giao, không trả lời", "delivered, no answer"),
        "legend-deadline": ("hạn", "deadline"),
        "legend-moved": ("hạn trước khi gia hạn", "deadline before it moved"),
        "legend-warned": ("cảnh báo", "warning"),
        "legend-breached": ("quá hạn", "limit passed"),
        "legend-working-time": ("giờ làm việc", "working time"),
        "legend-off": ("đêm, ngày nghỉ (thu hẹp)", "nights, days off (compressed)"),
        "legend-cutoff": (
            "15:00, sau đó tính từ ngày làm việc sau",
            "15:00, from then on the next working day",
        ),
        "holiday": ("nghỉ lễ", "holiday"),
        "skipped": ("Không phải làm: {}.", "Did not have to run: {}."),
        "never-began": ("Chưa tới lượt: {}.", "Not begun: {}."),
    }
)
_WEEKDAYS: Final[Mapping[Language, tuple[str, ...]]] = MappingProxyType(
    {
        "vi": ("T2", "T3", "T4", "T5", "T6", "T7", "CN"),
        "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    }
)


def say(language: Language, key: str, *values: object) -> str:
    """Return a text; KeyError for one that nobody wrote."""
    vi, en = _SAID[key]
    return (vi if language == "vi" else en).format(*values)


def budget_words(language: Language, budget: str) -> str:
    """Write a budget for a person: "2,5 ngày làm việc"."""
    parsed = Budget.parse(budget)
    amount, _, unit = str(parsed).partition(" ")
    said = _UNITS[language][Unit(unit)]
    if language == "vi":
        return f"{amount.replace('.', ',')} {said}"
    return f"{amount} {said.removesuffix('s') if amount == '1' else said}"


def day_words(language: Language, weekday: int, date: str) -> str:
    """Write a day: "T2 02/03"."""
    return f"{_WEEKDAYS[language][weekday]} {date}"


def moment(instant: datetime, zone: tzinfo) -> str:
    """Write a local instant without its year: "02/03 08:15"."""
    local = instant.astimezone(zone)
    return f"{local:%d/%m %H:%M:%S}" if local.second else f"{local:%d/%m %H:%M}"
