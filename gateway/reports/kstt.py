"""Biểu 06/VPCP/KSTT and II.06a/VPCP/KSTT (TT 01/2020/TT-VPCP): thirteen columns of dossiers.

Both are the same arithmetic, by unit and by field. 3 = 4 + 5 + 6, 7 = 8 + 9 + 10, 11 = 12 + 13 and
3 = 7 + 11 hold because every column is made from the same few sums, never counted on its own.
"""

from collections.abc import Mapping
from typing import Final

from gateway.reports.books import Tally
from gateway.reports.lines import by_field, by_level, leading
from gateway.reports.question import Answering
from gateway.reports.sheet import Column, Sheet

_RECEIVED: Final = ("Tiếp nhận", "Received")
_SETTLED: Final = ("Đã giải quyết", "Settled")
_OPEN: Final = ("Đang giải quyết", "In progress")

NUMBERS: Final = (
    Column("received", "Tổng", "Total", "3", _RECEIVED),
    Column("received_online", "Trong kỳ, trực tuyến", "In the period: online", "4", _RECEIVED),
    Column(
        "received_otherwise",
        "Trong kỳ, trực tiếp + BCCI",
        "In the period: in person, by post",
        "5",
        _RECEIVED,
    ),
    Column("carried_over", "Kỳ trước chuyển qua", "Carried over", "6", _RECEIVED),
    Column("settled", "Tổng", "Total", "7", _SETTLED),
    Column("settled_early", "Trước hạn", "Early", "8", _SETTLED),
    Column("settled_on_time", "Đúng hạn", "On time", "9", _SETTLED),
    Column("settled_late", "Quá hạn", "Late", "10", _SETTLED),
    Column("open", "Tổng", "Total", "11", _OPEN),
    Column("open_within", "Trong hạn", "Within time", "12", _OPEN),
    Column("open_overdue", "Quá hạn", "Overdue", "13", _OPEN),
)

_NOTES: Final = (
    (
        "Đơn vị tính: Số hồ sơ TTHC. BCCI: bưu chính công ích. Cột 9 gồm cả hồ sơ trả lại công dân"
        " (từ chối, rút, dừng giải quyết) và hồ sơ không có hạn để so.",
        "Counted in dossiers. Column 9 includes what went back to the citizen (refused, withdrawn,"
        " stopped) and what has no date to be late by.",
    ),
    (
        "Trước hạn: kết thúc vào ngày trước ngày hẹn trả; đúng hạn: vào ngày đó, không sau thời"
        " điểm hết hạn; quá hạn: sau thời điểm đó.",
        "Early: ended on a day before the promised one; on time: on that day, not after the"
        " deadline; late: after it.",
    ),
)


def columns_of(tally: Tally) -> tuple[int, ...]:
    """Return columns 3 to 13."""
    on_time = tally.on_time + tally.undated + tally.returned
    return (
        tally.received,
        tally.online,
        tally.at_counter,
        tally.carried,
        tally.early + on_time + tally.late,
        tally.early,
        on_time,
        tally.late,
        tally.open,
        tally.open - tally.overdue,
        tally.overdue,
    )


def bieu_06(answering: Answering, tallies: Mapping[str, Tally]) -> Sheet:
    """Make the form by unit: the province's, the districts', the communes', each with its sum."""
    return Sheet(
        name="bieu-06",
        form="Biểu 06/VPCP/KSTT",
        title_vi="Tình hình, kết quả giải quyết thủ tục hành chính",
        title_en="Settlement of administrative procedures, by unit",
        heading=answering.heading(),
        columns=(*leading("unit", "Đơn vị", "Unit"), *NUMBERS),
        rows=by_level(answering, tallies, columns_of),
        notes=answering.all_said(_NOTES),
        language=answering.question.language,
    )


def ii_06a(answering: Answering, tallies: Mapping[str, Tally]) -> Sheet:
    """Make the form by field of the procedures, as a one-stop centre reports it."""
    return Sheet(
        name="ii-06a",
        form="Biểu II.06a/VPCP/KSTT",
        title_vi="Tình hình, kết quả giải quyết thủ tục hành chính theo lĩnh vực",
        title_en="Settlement of administrative procedures, by field",
        heading=answering.heading(),
        columns=(*leading("field", "Lĩnh vực", "Field"), *NUMBERS),
        rows=by_field(answering, tallies, columns_of),
        notes=answering.all_said(_NOTES),
        language=answering.question.language,
    )
