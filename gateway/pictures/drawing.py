"""Draw a story: a dossier's way over legal time, as one SVG.

    draw(story, calendar, language="vi", prefix="p") -> str

The same values give the same text. Lanes stand in the order in which turns came, branches under
each other; every mark carries a title of its own, and the whole a description, so that what is
seen can also be heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gateway.pictures.axis import Axis, axis_for
from gateway.pictures.blame import strip
from gateway.pictures.captions import Captions
from gateway.pictures.ground import cutoffs, shades
from gateway.pictures.labels import Track
from gateway.pictures.legend import legend
from gateway.pictures.marks import (
    BAR,
    ORDER,
    QUIET,
    bar,
    beyond,
    mark,
    patterns,
)
from gateway.pictures.story import Lane, Story
from gateway.pictures.svg import FONT, element, hint, path, words, wrapped
from gateway.pictures.words import Language, say
from routing.legaltime import WorkCalendar

WIDTH: Final = 1180.0
_LEFT, _RIGHT = 304.0, 1156.0
_LABEL = 256.0
_HEAD = 98.0
_STEP = 13.0


@dataclass(frozen=True, slots=True)
class _Row:
    """A lane with its texts laid out: how high it is and where its bar runs."""

    lane: Lane
    titled: tuple[str, ...]
    named: tuple[str, ...]
    limited: tuple[str, ...]
    above: Track
    below: Track

    @property
    def ahead(self) -> float:
        """From the row's top to the middle of its bar."""
        return 8 + max(self.above.lines * _STEP + 11, 8) + BAR / 2

    @property
    def height(self) -> float:
        said = 15 * len(self.titled) + 13.5 * (len(self.named) + len(self.limited)) + 14
        return max(said, self.ahead + BAR / 2 + self.below.lines * _STEP + 10)


def draw(
    story: Story, calendar: WorkCalendar, *, language: Language = "vi", prefix: str = "p"
) -> str:
    """Draw the story in one language; `prefix` keeps the ids of pictures in one page apart."""
    axis = axis_for(calendar, story.since, story.until, _LEFT, _RIGHT)
    pen = _Pen(axis, calendar, language, prefix)
    rows = [pen.row(lane) for lane in (story.whole, *story.lanes)]
    strip = 46.0 if story.charges else 0.0
    tops = [_HEAD]
    for number, row in enumerate(rows):
        tops.append(tops[-1] + row.height + (strip if number == 0 else 0))
    foot = tops[-1]
    below, legend_height = legend(story, axis, language, prefix, foot + 16, WIDTH)
    height = foot + 16 + legend_height + 10
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {height:.0f}"'
            f' width="{WIDTH:.0f}" height="{height:.0f}" font-family="{FONT}"'
            f' xml:lang="{language}" role="img" aria-labelledby="{prefix}-title {prefix}-desc">',
            element("title", _plain(story.title), id=f"{prefix}-title"),
            element("desc", _plain(pen.told(story)), id=f"{prefix}-desc"),
            patterns(prefix),
            element("rect", width=WIDTH, height=height, rx=8, fill="#ffffff"),
            pen.heading(story),
            pen.ground(foot),
            pen.rules(tops),
            pen.ways(rows, tops),
            *(pen.drawn(row, top) for row, top in zip(rows, tops, strict=False)),
            pen.charges(story, tops[0] + rows[0].height) if story.charges else "",
            below,
            "</svg>\n",
        ]
    )


@dataclass(frozen=True, slots=True)
class _Pen:
    """What every part of one picture is drawn with."""

    axis: Axis
    calendar: WorkCalendar
    language: Language
    prefix: str

    def say(self, key: str, *values: object) -> str:
        return say(self.language, key, *values)

    @property
    def captions(self) -> Captions:
        return Captions(self.axis, self.calendar, self.language)

    # The ground

    def heading(self, story: Story) -> str:
        """The title, and under it the procedure and where it was handed in."""
        [title] = wrapped(story.title, 17, WIDTH - 60, most=1, bold=True)
        years = {one.astimezone(self.calendar.zone).year for one in (story.since, story.until)}
        under = [story.procedure, self.say("originator", story.originator)]
        under.append("–".join(str(year) for year in sorted(years)))
        return words(24, 34, title, size=17, bold=True) + words(
            24, 54, "  ·  ".join(under), size=12, fill=QUIET
        )

    def ground(self, foot: float) -> str:
        """Working time white, lunch, nights and days off shaded; days named above."""
        drawn = [element("path", d=path([(_LEFT, _HEAD), (_RIGHT, _HEAD)]), stroke="#cbd5e1")]
        drawn += shades(self.axis, _HEAD, foot)
        drawn += self.captions.days(_HEAD, _LEFT)
        drawn += cutoffs(self.axis, self.calendar, _HEAD, foot)
        drawn += self.captions.holidays(_HEAD, _LEFT)
        return "".join(drawn)

    def rules(self, tops: list[float]) -> str:
        """Thin lines between the lanes."""
        lines = [path([(16, y), (WIDTH - 16, y)]) for y in tops]
        return element("path", d=" ".join(lines), stroke="#e2e8f0", fill="none")

    def ways(self, rows: list[_Row], tops: list[float]) -> str:
        """From the bar that fed a turn down to the one it began."""
        places = {
            (row.lane.step, row.lane.round): top + row.ahead
            for row, top in zip(rows, tops, strict=False)
        }
        drawn: list[str] = []
        for row, top in zip(rows[1:], tops[1:], strict=False):
            fed_by = row.lane.fed_by
            source = places.get(fed_by) if fed_by is not None else None
            begin = source if source is not None else places[None, 1]
            end, x = top + row.ahead, self.axis.x(row.lane.points[0].at)
            way = path([(x, begin + BAR / 2), (x, end - 6)])
            drawn.append(
                element("path", d=way, stroke="#8494a8", stroke_dasharray="2 3", fill="none")
            )
        return "".join(drawn)

    # The lanes

    def row(self, lane: Lane) -> _Row:
        """Lay out a lane's texts."""
        above, below = self.captions.beside(lane)
        agency = "" if lane.step is None else lane.agency or ""
        return _Row(
            lane,
            tuple(wrapped(self.captions.title(lane), 12.5, _LABEL, most=2, bold=True)),
            tuple(wrapped(agency, 11, _LABEL, most=2)),
            tuple(wrapped(self.captions.limit(lane), 10, _LABEL, most=2)),
            above,
            below,
        )

    def drawn(self, row: _Row, top: float) -> str:
        """Draw a lane: its label, its bar, its marks, and their texts."""
        y, lane = top + row.ahead, row.lane
        parts = [hint(self.captions.heard(lane))]
        baseline = top + 20
        for line in row.titled:
            parts.append(words(24, baseline, line, size=12.5, bold=True))
            baseline += 15
        for line in row.named:
            parts.append(words(24, baseline - 1, line, size=11, fill="#475569"))
            baseline += 13.5
        for line in row.limited:
            parts.append(words(24, baseline - 1, line, size=10, fill=QUIET))
            baseline += 13
        for one in lane.stretches:
            x, end = self.axis.x(one.start), self.axis.x(one.end)
            parts.append(bar(self.prefix, one.kind, x, y, end - x, lane.look))
        in_order = sorted(lane.points, key=lambda one: ORDER.index(one.kind))
        parts += [
            beyond(_RIGHT, y) if point.at > self.axis.end else mark(point, self.axis.x(point.at), y)
            for point in in_order
        ]
        parts.append(row.above.draw(y - BAR / 2 - 12, -_STEP))
        parts.append(row.below.draw(y + BAR / 2 + 12, _STEP))
        return element("g", *parts)

    def charges(self, story: Story, top: float) -> str:
        """A strip that says whose time each stretch was."""
        said = words(24, top + 12, self.say("charges"), size=11, fill="#475569")
        return element("g", said, strip(story.charges, self.captions, self.prefix, top))

    # What is heard

    def told(self, story: Story) -> str:
        """The whole story in words."""
        return " ".join(f"{self.captions.heard(lane)}." for lane in (story.whole, *story.lanes))


def _plain(said: str) -> str:
    return said.replace("&", "&amp;").replace("<", "&lt;")
