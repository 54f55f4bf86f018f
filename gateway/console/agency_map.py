"""The map: every agency as a cell, family by family, its condition as colour and shape.

Pure. A family is who hangs directly below one agency, level by level. Where there are too many
cells to be told apart, a family is folded into one cell that looks like its worst, and leads to a
map of its own.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.console.agency_tree import AgencyTree, by_level
from gateway.operations.agency_census import Census
from gateway.operations.agency_standing import TROUBLE, WORST_FIRST, Condition
from routing.directory import Agency

MOST_CELLS: Final = 1_500
FEW: Final = 8
"""Bands of so few cells stand side by side."""


@dataclass(frozen=True, slots=True)
class Cell:
    """An agency, or a family folded into its worst; no condition: out of its reader's reach."""

    agency: Agency
    condition: Condition | None
    folded: int = 0
    """How many agencies it stands for beside itself."""

    @property
    def is_trouble(self) -> bool:
        return self.condition in TROUBLE


@dataclass(frozen=True, slots=True)
class Band:
    """Agencies of one level below one agency; `parent` None: at the top."""

    parent: Agency | None
    level: str
    cells: Sequence[Cell]

    @property
    def is_wide(self) -> bool:
        """Whether it needs a row of its own."""
        return len(self.cells) > FEW

    @property
    def trouble(self) -> int:
        return sum(1 for one in self.cells if one.is_trouble)


def draw_map(
    tree: AgencyTree, census: Census, reach: Collection[str] | None, root: str | None = None
) -> list[Band]:
    """Draw the whole directory, or what is below one agency; wide bands first."""

    def seen(agency: Agency) -> Condition | None:
        is_near = reach is None or agency.code in reach
        return census.condition(agency.code) if is_near else None

    size = len(tree.agencies) if root is None else tree.size(root)
    top = tree.agencies.get(root) if root is not None else None
    siblings = tree.roots if root is None else tree.below(root)
    bands = _family(tree, top, siblings, seen, folds=size > MOST_CELLS)
    return sorted(bands, key=lambda band: not band.is_wide)


def _family(
    tree: AgencyTree,
    parent: Agency | None,
    siblings: Sequence[Agency],
    seen: Callable[[Agency], Condition | None],
    *,
    folds: bool,
) -> list[Band]:
    bands = [
        Band(parent, level, [_cell(tree, one, seen, folds=folds) for one in agencies])
        for level, agencies in by_level(siblings)
    ]
    if not folds:
        for one in siblings:
            if below := tree.below(one.code):
                bands += _family(tree, one, below, seen, folds=False)
    return bands


def _cell(
    tree: AgencyTree, one: Agency, seen: Callable[[Agency], Condition | None], *, folds: bool
) -> Cell:
    if not folds or not tree.below(one.code):
        return Cell(one, seen(one))
    conditions = {seen(one), *map(seen, tree.everybody_below(one.code))}
    worst = next((each for each in WORST_FIRST if each in conditions), None)
    return Cell(one, worst, tree.size(one.code))
