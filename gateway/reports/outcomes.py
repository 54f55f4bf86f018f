"""Dossiers by outcome: what came in, and what became of it, each in one place only."""

from collections.abc import Mapping
from typing import Final

from gateway.reports.books import Tally
from gateway.reports.lines import by_level, leading
from gateway.reports.question import Answering
from gateway.reports.sheet import Cell, Column, Sheet, percent

_SETTLED: Final = ("Đã giải quyết", "Settled")
_RETURNED: Final = ("Trả lại công dân", "Returned to the citizen")
_OPEN: Final = ("Đang giải quyết", "In progress")

_COLUMNS: Final = (
    Column("received", "Tiếp nhận", "Received"),
    Column("settled", "Tổng số", "Total", under=_SETTLED),
    Column("settled_early", "Trước hạn", "Early", under=_SETTLED),
    Column("settled_on_time", "Đúng hạn", "On time", under=_SETTLED),
    Column("settled_late", "Quá hạn", "Late", under=_SETTLED),
    Column("settled_undated", "Không có hạn", "Undated", under=_SETTLED),
    Column("returned", "Tổng số", "Total", under=_RETURNED),
    Column("refused", "Từ chối", "Refused", under=_RETURNED),
    Column("withdrawn", "Công dân rút", "Withdrawn", under=_RETURNED),
    Column("stopped", "Dừng giải quyết", "Stopped", under=_RETURNED),
    Column("open", "Tổng số", "Total", under=_OPEN),
    Column("open_overdue", "Quá hạn", "Overdue", under=_OPEN),
    Column(
        "late_of_received", "Quá hạn trên tiếp nhận (%)", "Late of received (%)", kind="percent"
    ),
)


_NOTES: Final = (
    (
        "Tiếp nhận gồm cả hồ sơ kỳ trước chuyển qua.",
        "Received includes what was carried over from before the period.",
    ),
)


def outcomes(answering: Answering, tallies: Mapping[str, Tally]) -> Sheet:
    """Make the report: received = settled + returned + in progress."""
    return Sheet(
        name="outcomes",
        form=None,
        title_vi="Kết quả xử lý hồ sơ liên thông",
        title_en="Transfers by outcome",
        heading=answering.heading(),
        columns=(*leading("unit", "Đơn vị", "Unit"), *_COLUMNS),
        rows=by_level(answering, tallies, _cells),
        notes=answering.all_said(_NOTES),
        language=answering.question.language,
    )


def _cells(tally: Tally) -> tuple[Cell, ...]:
    return (
        tally.received,
        tally.settled,
        tally.early,
        tally.on_time,
        tally.late,
        tally.undated,
        tally.returned,
        tally.refused,
        tally.withdrawn,
        tally.stopped,
        tally.open,
        tally.overdue,
        percent(tally.late, tally.received),
    )
