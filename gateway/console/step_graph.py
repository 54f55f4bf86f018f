"""A procedure's steps as a picture: who follows whom, laid out here and drawn by the template.

Steps stand in columns by how many come before them; what runs side by side stands under each
other. A way that leaps over columns gets a place of its own in each, so that it passes beside what
it leaps over. Only attributes carry sizes: the content security policy lets no style through.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from gateway.pictures.svg import wrapped

ORIGIN: Final = "origin"
_WIDE, _GAP, _ROW = 196.0, 44.0, 20.0
_START, _LEAP = 120.0, 14.0
_PAD: Final = 13.0
_TITLE, _SMALL = 13.0, 11.5
_TITLE_LINE, _SMALL_LINE = 17.0, 15.5
_MARGIN: Final = 10.0


@dataclass(frozen=True, slots=True)
class GraphStep:
    """What is drawn of a step; `tags` are said with a sign each, `tone` is bad for what fails."""

    id: str
    title: str
    who: str
    limit: str
    after: tuple[str, ...]
    tags: tuple[tuple[str, str], ...] = ()
    conditional: bool = False
    outside: bool = False
    idle: bool = False
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text at its baseline; `kind` is title, who, limit or tag."""

    x: float
    y: float
    said: str
    kind: str


@dataclass(frozen=True, slots=True)
class Box:
    """A step in its place, with its number and its texts."""

    step: GraphStep
    number: int
    x: float
    y: float
    width: float
    height: float
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """Boxes, the ways between them, and where the one who hands in stands."""

    width: float
    height: float
    start: Box
    boxes: tuple[Box, ...]
    ways: tuple[str, ...]


@dataclass(slots=True)
class _Slot:
    """A place in a column: a step's, or one that a way passes through."""

    id: str
    column: int
    height: float
    before: list["_Slot"] = field(default_factory=list)
    y: float = 0.0

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def lay_out(steps: Sequence[GraphStep], origin: str) -> Graph:
    """Lay out steps, which are listed after those that they wait for; `origin` hands in."""
    texts = {step.id: _lines(step) for step in steps}
    tallest = max((height for _, height in texts.values()), default=60.0)
    columns = _columns(steps)
    slots, ways = _slots(steps, columns, tallest)
    height = _place(slots)
    boxes = tuple(
        _box(step, number, slots[step.id], texts[step.id][0])
        for number, step in enumerate(steps, 1)
    )
    start_lines = wrapped(origin, _TITLE, _START - 2 * _PAD, most=3, bold=True)
    tall = _PAD + len(start_lines) * _TITLE_LINE + _PAD - 4
    top = slots[ORIGIN].middle - tall / 2
    start = Box(
        GraphStep(ORIGIN, origin, "", "", ()),
        0,
        _MARGIN,
        top,
        _START,
        tall,
        tuple(
            Line(_MARGIN + _START / 2, top + _PAD + 9 + n * _TITLE_LINE, said, "title")
            for n, said in enumerate(start_lines)
        ),
    )
    width = _left(max(columns.values(), default=0)) + _WIDE + _MARGIN
    return Graph(width, height, start, boxes, tuple(_way(route) for route in ways))


def _columns(steps: Sequence[GraphStep]) -> Mapping[str, int]:
    columns = {ORIGIN: 0}
    for step in steps:
        columns[step.id] = 1 + max(columns[one] for one in step.after or (ORIGIN,))
    return columns


def _slots(
    steps: Sequence[GraphStep], columns: Mapping[str, int], tallest: float
) -> tuple[dict[str, _Slot], list[list[_Slot]]]:
    """Give every step a place, and every way that leaps one in each column that it leaps over."""
    slots = {ORIGIN: _Slot(ORIGIN, 0, tallest)}
    ways: list[list[_Slot]] = []
    for step in steps:
        here = slots[step.id] = _Slot(step.id, columns[step.id], tallest)
        for before in step.after or (ORIGIN,):
            route = [slots[before]]
            for column in range(columns[before] + 1, here.column):
                leap = _Slot(f"{before}>{step.id}@{column}", column, _LEAP, [route[-1]])
                slots[leap.id] = leap
                route.append(leap)
            here.before.append(route[-1])
            ways.append([*route, here])
    return slots, ways


def _place(slots: Mapping[str, _Slot]) -> float:
    """Stack each column around a common middle, in the order of what comes before; the height."""
    columns: dict[int, list[_Slot]] = {}
    for slot in slots.values():
        columns.setdefault(slot.column, []).append(slot)
    height = 2 * _MARGIN + max(
        sum(one.height for one in column) + _ROW * (len(column) - 1) for column in columns.values()
    )
    for _, column in sorted(columns.items()):
        column.sort(key=lambda one: sum(b.middle for b in one.before) / max(1, len(one.before)))
        taken = sum(one.height for one in column) + _ROW * (len(column) - 1)
        y = (height - taken) / 2
        for slot in column:
            slot.y = y
            y += slot.height + _ROW
    return height


def _lines(step: GraphStep) -> tuple[list[tuple[float, str, str]], float]:
    """Break a step's texts into lines, each with its distance from the top; and the height."""
    room = _WIDE - 2 * _PAD
    lines: list[tuple[float, str, str]] = []
    y = _PAD + 10
    for said in wrapped(step.title, _TITLE, room - 22, most=4, bold=True):
        lines.append((y, said, "title"))
        y += _TITLE_LINE
    y += 2
    for kind, text, most in (("who", step.who, 3), ("limit", step.limit, 2)):
        for said in wrapped(text, _SMALL, room, most=most):
            lines.append((y, said, kind))
            y += _SMALL_LINE
    for sign, text in step.tags:
        for n, said in enumerate(wrapped(text, _SMALL, room - 16, most=2)):
            lines.append((y, said if n else f"{sign} {said}", "tag"))
            y += _SMALL_LINE
    return lines, y - _SMALL_LINE + _PAD


def _box(step: GraphStep, number: int, slot: _Slot, lines: list[tuple[float, str, str]]) -> Box:
    x = _left(slot.column)
    placed = tuple(
        Line(x + _PAD + (22 if kind == "title" else 0), slot.y + y, said, kind)
        for y, said, kind in lines
    )
    return Box(step, number, x, slot.y, _WIDE, slot.height, placed)


def _left(column: int) -> float:
    return _MARGIN if column == 0 else _MARGIN + _START + _GAP + (column - 1) * (_WIDE + _GAP)


def _way(route: Sequence[_Slot]) -> str:
    """Draw a way from slot to slot; through the places of its own it goes straight."""
    drawn: list[str] = []
    for here, there in pairwise(route):
        wide = _START if here.id == ORIGIN else _WIDE
        x, end = _left(here.column) + wide, _left(there.column)
        if not drawn:
            drawn.append(f"M{x:.1f} {here.middle:.1f}")
        elif here.height == _LEAP:
            drawn.append(f"H{x:.1f}")
        tip = end if there.height == _LEAP else end - 7
        bend = (x + tip) / 2
        drawn.append(
            f"C{bend:.1f} {here.middle:.1f} {bend:.1f} {there.middle:.1f}"
            f" {tip:.1f} {there.middle:.1f}"
        )
    return " ".join(drawn)
