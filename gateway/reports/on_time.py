"""On time by QĐ 766/QĐ-TTg (2.1), beside the operational figure.

Ended no later than the promised date, the time of one supplement not counted; more than one request
for a supplement is late whatever the dates. What has not ended is compared with the period's end.
"""

from collections.abc import Mapping
from typing import Final

from gateway.reports.books import Tally
from gateway.reports.lines import by_level, leading
from gateway.reports.question import Answering
from gateway.reports.sheet import Cell, Column, Sheet, percent

_ENDED: Final = ("Đã kết thúc (QĐ 766)", "Ended (QĐ 766)")
_OPEN: Final = ("Chưa kết thúc (QĐ 766)", "Not ended (QĐ 766)")
_OPERATIONAL: Final = ("Theo hạn xử lý", "By the operational deadline")

_COLUMNS: Final = (
    Column("judged", "Tổng số hồ sơ xét", "Judged"),
    Column("ended_on_time", "Đúng hạn", "On time", under=_ENDED),
    Column("ended_late", "Quá hạn", "Late", under=_ENDED),
    Column("open_within", "Trong hạn", "Within time", under=_OPEN),
    Column("open_late", "Quá hạn", "Late", under=_OPEN),
    Column("on_time_percent", "Đúng hạn (%)", "On time (%)", kind="percent"),
    Column("settled_late", "Đã giải quyết quá hạn", "Settled late", under=_OPERATIONAL),
    Column("open_overdue", "Đang giải quyết quá hạn", "Open, overdue", under=_OPERATIONAL),
    Column(
        "operational_percent", "Đúng hạn (%)", "On time (%)", under=_OPERATIONAL, kind="percent"
    ),
)


_NOTES: Final = (
    (
        "QĐ 766: trừ thời gian bổ sung hồ sơ một lần; yêu cầu bổ sung từ hai lần trở lên tính là"
        " quá hạn; hồ sơ chưa kết thúc so với ngày cuối kỳ.",
        "QĐ 766: the time of one supplement is not counted; a second request for one is late; what"
        " has not ended is compared with the last day of the period.",
    ),
)


def on_time(answering: Answering, tallies: Mapping[str, Tally]) -> Sheet:
    """Make the report by unit."""
    return Sheet(
        name="on-time",
        form=None,
        title_vi="Tỷ lệ giải quyết hồ sơ đúng hạn theo Quyết định 766/QĐ-TTg",
        title_en="On time by QĐ 766/QĐ-TTg",
        heading=answering.heading(),
        columns=(*leading("unit", "Đơn vị", "Unit"), *_COLUMNS),
        rows=by_level(answering, tallies, _cells),
        notes=answering.all_said(_NOTES),
        language=answering.question.language,
    )


def _cells(tally: Tally) -> tuple[Cell, ...]:
    judged = tally.met + tally.missed + tally.open
    return (
        judged,
        tally.met,
        tally.missed,
        tally.open - tally.failing,
        tally.failing,
        percent(judged - tally.missed - tally.failing, judged),
        tally.late,
        tally.overdue,
        percent(judged - tally.late - tally.overdue, judged),
    )
