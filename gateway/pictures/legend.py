"""The legend: each sign that the picture uses, once, with its meaning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from gateway.pictures.axis import CUTOFF_ROOM, Axis
from gateway.pictures.marks import CUTOFF_LINE, QUIET, bar, ending, mark
from gateway.pictures.story import Mark, Point, Span, Story
from gateway.pictures.svg import element, width_of, words, wrapped
from gateway.pictures.words import Language, say

_SIGN, _GAP, _LINE = 30.0, 20.0, 20.0
_ANY: Final = datetime(2026, 1, 1, tzinfo=UTC)
_LOWERED = {Mark.WARNED: 14.0, Mark.DEADLINE: 5.0, Mark.MOVED: 5.0}
_MARKS = (
    (Mark.DEADLINE, "legend-deadline"),
    (Mark.MOVED, "legend-moved"),
    (Mark.WARNED, "legend-warned"),
    (Mark.BREACHED, "legend-breached"),
)


def legend(
    story: Story, axis: Axis, language: Language, prefix: str, top: float, width: float
) -> tuple[str, float]:
    """Write the legend from `top` on; return it and how high it is."""
    drawn: list[str] = []
    x, y = 24.0, top + 10
    for sign, said in items(story, axis, language, prefix):
        wide = _SIGN + width_of(said, 10.5)
        if x + wide > width - 24:
            x, y = 24.0, y + _LINE
        drawn.append(element("g", sign, transform=f"translate({x:.1f} {y:.1f})"))
        drawn.append(words(x + _SIGN, y + 3.5, said, size=10.5, fill="#475569"))
        x += wide + _GAP
    for key, titles in (("skipped", story.skipped), ("never-began", story.waiting)):
        if titles:
            said = say(language, key, "; ".join(titles))
            for line in wrapped(said, 10.5, width - 60, most=3):
                y += _LINE - 3
                drawn.append(words(24, y + 3.5, line, size=10.5, fill=QUIET))
    return "".join(drawn), y - top + 12


def items(
    story: Story, axis: Axis, language: Language, prefix: str, *, overdue: str | None = None
) -> Iterator[tuple[str, str]]:
    """Return each sign that the story uses with its meaning; signs lie around (0, 0) to (22, 0).

    `overdue` is the sign for what is late, where it is not drawn as a bar of its own kind.
    """
    lanes = (story.whole, *story.lanes)
    used = {one.kind for lane in lanes for one in lane.stretches}
    marks = {one.kind for lane in lanes for one in lane.points}
    if story.lanes:
        way = bar(prefix, Span.HANDOVER, 0, 0, 22)
        signs = (
            way + mark(Point(_ANY, Mark.OFFERED), 0, 0) + mark(Point(_ANY, Mark.RECEIVED), 22, 0)
        )
        yield signs, say(language, "legend-handover")
    for kind in (Span.WORK, Span.WAITING, Span.PAUSED, Span.OVERDUE, Span.SILENT):
        if kind in used:
            own = overdue if kind is Span.OVERDUE and overdue else bar(prefix, kind, 0, 0, 22)
            yield own, say(language, f"legend-{kind.value}")
    for kind_of_mark, key in _MARKS:
        if kind_of_mark in marks:
            y = _LOWERED.get(kind_of_mark, 0.0)
            yield mark(Point(_ANY, kind_of_mark), 12, y), say(language, key)
    for state in dict.fromkeys(_endings(story)):
        yield ending(state, 12, 0), say(language, state, "").strip()
    for party in dict.fromkeys(one.party for one in story.charges):
        strip = element("rect", y=-5.5, width=22, height=11, fill=f"url(#{prefix}-{party})")
        yield strip, say(language, party)
    box = {"x": 0, "y": -7, "width": 22, "height": 14, "stroke": "#cbd5e1"}
    yield element("rect", fill="#ffffff", **box), say(language, "legend-working-time")
    yield element("rect", fill="#e9edf2", **box), say(language, "legend-off")
    if any(day.right - day.left >= CUTOFF_ROOM for day in axis.days):
        line = element("path", d="M11 -8 V8", **CUTOFF_LINE)
        yield line, say(language, "legend-cutoff")


def _endings(story: Story) -> Iterator[str]:
    for lane in story.lanes:
        for one in lane.points:
            if one.kind is Mark.ENDED and one.detail is not None:
                yield one.detail
