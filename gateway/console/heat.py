"""SLA as a heat map: a row per level, a cell per agency, the worst first; by QĐ 766."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.console.words import Language
from gateway.reports.books import Tally
from gateway.reports.names import LEVELS, level_of
from routing.directory import Directory

MOST_CELLS: Final = 20
"""Of each level: the worst. What is left out is counted."""
_STEPS: Final = (0.98, 0.95, 0.90, 0.80)
_UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Cell:
    """One agency, or a whole level: what was judged, and the share of it that is on time."""

    code: str
    name: str
    judged: int
    on_time: int

    @property
    def share(self) -> float:
        return self.on_time / self.judged

    @property
    def heat(self) -> int:
        """How hot it is: 0 is well (98 % and more), 4 is below 80 %."""
        return sum(1 for step in _STEPS if self.share < step)


@dataclass(frozen=True, slots=True)
class Band:
    """A level: all of it together, and its worst agencies."""

    whole: Cell
    cells: tuple[Cell, ...]
    more: int


def heat_map(
    books: Mapping[str, Tally],
    directory: Directory,
    as_of: datetime,
    reach: Collection[str] | None,
    language: Language,
) -> list[Band]:
    """Lay the books out by level, as far as a reader may see."""
    levels: dict[str, list[Cell]] = {}
    for code, tally in books.items():
        judged = tally.met + tally.missed + tally.open
        if judged <= 0 or not (reach is None or code in reach):
            continue
        history = directory.history(code)
        agency = directory.agency(code, as_of) or (history[-1] if history else None)
        level, name = (agency.level, agency.name) if agency else (_UNKNOWN, code)
        on_time = judged - tally.missed - tally.failing
        levels.setdefault(level, []).append(Cell(code, name, judged, max(0, on_time)))
    order = list(LEVELS)
    known = sorted(levels, key=lambda one: order.index(one) if one in order else len(order))
    return [_band(level, levels[level], language) for level in known]


def _band(level: str, cells: Iterable[Cell], language: Language) -> Band:
    worst = sorted(cells, key=lambda one: (one.share, -one.judged, one.code))
    whole = Cell(
        level,
        level_of(level)[0 if language == "vi" else 1],
        sum(one.judged for one in worst),
        sum(one.on_time for one in worst),
    )
    return Band(whole, tuple(worst[:MOST_CELLS]), max(0, len(worst) - MOST_CELLS))
