"""How long each agency had the dossiers it worked on (TT 01/2018/TT-VPCP Art. 13, indicator 2).

A turn is counted on the day its agency completes it, from when it was handed over. Working time
leaves pauses out. Half and nine tenths are told as the upper bound of the class of working time
that they lie in: the books keep classes, not turns.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from gateway.reports.books import Turns
from gateway.reports.lines import ROMAN, TOTAL, in_order
from gateway.reports.names import LEVELS, level_of
from gateway.reports.question import Answering
from gateway.reports.sheet import Cell, Column, Row, Sheet, percent

BOUNDS: Final = (0.5, 1, 2, 4, 8, 16, 24, 40, 80, 160)
"""Working hours at which a class ends; turn_entries.bucket counts them."""

_WORKED: Final = ("Thời gian làm việc (giờ)", "Working time (hours)")

_COLUMNS: Final = (
    Column("turns", "Số lượt hoàn thành", "Turns completed"),
    Column("late", "Quá hạn chặng", "Late"),
    Column("late_percent", "Quá hạn (%)", "Late (%)", kind="percent"),
    Column("worked_mean", "Trung bình", "Mean", under=_WORKED, kind="hours"),
    Column("worked_half", "Một nửa trong vòng", "Half within", under=_WORKED, kind="hours"),
    Column("worked_most", "90 % trong vòng", "90 % within", under=_WORKED, kind="hours"),
    Column(
        "elapsed_mean", "Trung bình kể cả ngoài giờ (giờ)", "Mean elapsed (hours)", kind="hours"
    ),
    Column("used_percent", "Đã dùng so với hạn (%)", "Of the budget (%)", kind="percent"),
)
_STEPS: Final = (
    Column("procedure", "Thủ tục", "Procedure", kind="text"),
    Column("step", "Bước", "Step", kind="text"),
)


_NOTES: Final = (
    (
        "Tính từ khi bàn giao cho cơ quan đến khi cơ quan hoàn thành, vào ngày hoàn thành; thời"
        " gian làm việc không gồm thời gian tạm dừng (TT 01/2018/TT-VPCP, Điều 13).",
        "From the hand-over to the completion, on the day of completion; working time leaves"
        " pauses out (TT 01/2018/TT-VPCP, Article 13).",
    ),
)


@dataclass(slots=True)
class Times:
    """Turns added up."""

    turns: int = 0
    late: int = 0
    elapsed: int = 0
    measured: int = 0
    worked: int = 0
    budgeted: int = 0
    used: int = 0
    classes: Counter[int] = field(default_factory=Counter)

    def add(self, some: Turns) -> None:
        self.turns += some.turns
        self.late += some.late
        self.elapsed += some.elapsed
        self.measured += some.measured
        self.worked += some.worked
        self.budgeted += some.budgeted
        self.used += some.used
        if some.bucket >= 0:
            self.classes[some.bucket] += some.turns

    def within(self, share: float) -> Cell:
        """Return the working hours within which this share of the turns was completed."""
        seen = 0
        for bucket in sorted(self.classes):
            seen += self.classes[bucket]
            if seen >= share * self.measured:
                return BOUNDS[bucket] if bucket < len(BOUNDS) else f"> {BOUNDS[-1]}"
        return None

    def cells(self) -> tuple[Cell, ...]:
        return (
            self.turns,
            self.late,
            percent(self.late, self.turns),
            _hours(self.worked, self.measured),
            self.within(0.5),
            self.within(0.9),
            _hours(self.elapsed, self.turns),
            round(self.used / self.budgeted, 1) if self.budgeted else None,
        )


def agency_time(answering: Answering, turns: Sequence[Turns]) -> Sheet:
    """Make the report: by level and agency; of one agency, by procedure and step."""
    one = answering.question.is_of_one_agency
    return Sheet(
        name="agency-time",
        form=None,
        title_vi="Thời gian giải quyết của từng cơ quan tham gia",
        title_en="Time of each participating agency",
        heading=answering.heading(),
        columns=(
            Column("no", "TT", "No.", kind="text"),
            *(_STEPS if one else (Column("unit", "Đơn vị", "Unit", kind="text"),)),
            *_COLUMNS,
        ),
        rows=_by_step(answering, turns) if one else _by_agency(answering, turns),
        notes=answering.all_said(_NOTES),
        language=answering.question.language,
    )


def _by_agency(answering: Answering, turns: Iterable[Turns]) -> list[Row]:
    levels: dict[str, Times] = {}
    agencies: dict[str, dict[str, Times]] = {}
    total = Times()
    for some in turns:
        level = answering.level(some.agency)
        times = agencies.setdefault(level, {}).setdefault(some.agency, Times())
        for sum_ in (times, levels.setdefault(level, Times()), total):
            sum_.add(some)
    rows: list[Row] = []
    for number, level in enumerate(in_order(levels, LEVELS)):
        rows.append(
            Row(
                "group",
                (ROMAN[number], answering.said(level_of(level)), *levels[level].cells()),
                level,
            )
        )
        rows.extend(
            Row("line", (str(no), answering.name(code), *times.cells()), code)
            for no, (code, times) in enumerate(sorted(agencies[level].items()), start=1)
        )
    return [*rows, Row("total", (None, answering.said(TOTAL), *total.cells()))]


def _by_step(answering: Answering, turns: Iterable[Turns]) -> list[Row]:
    steps: dict[tuple[str, str], Times] = {}
    total = Times()
    for some in turns:
        key = (some.procedure or "", some.step or "")
        for sum_ in (steps.setdefault(key, Times()), total):
            sum_.add(some)
    rows = [
        Row(
            "line",
            (str(no), answering.title(code), answering.step(code, step), *times.cells()),
            code,
        )
        for no, ((code, step), times) in enumerate(sorted(steps.items()), start=1)
    ]
    return [*rows, Row("total", (None, answering.said(TOTAL), None, *total.cells()))]


def _hours(seconds: int, of: int) -> float | None:
    return round(seconds / 3600 / of, 2) if of else None
