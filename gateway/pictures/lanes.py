"""A story lane by lane, for a screen: each bar a small SVG beside its lane's words in HTML.

    panorama = draw_lanes(story, calendar, now=now, language="vi")

The words of a lane can then be read, wrapped and stay in sight while the bars are scrolled. Colours
are the tokens of the screen's stylesheet (`TOKENS`), so that one drawing serves light and dark. All
rows share one axis and one width; lines between them are drawn row by row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from gateway.pictures.axis import Axis, axis_for
from gateway.pictures.blame import delays, strip
from gateway.pictures.captions import Captions
from gateway.pictures.ground import cutoffs, shades
from gateway.pictures.labels import Track
from gateway.pictures.legend import items
from gateway.pictures.marks import BAR, ORDER, bar, beyond, late, mark, patterns
from gateway.pictures.story import Lane, Mark, Point, Span, Story
from gateway.pictures.svg import element, hint, path, words
from gateway.pictures.words import Language
from routing.legaltime import WorkCalendar
from routing.lifecycle.charges import Charge, Party
from routing.lifecycle.model import HopKey

_EDGE: Final = 12.0
_NARROWEST, _WIDEST, _DAY = 900.0, 2400.0, 36.0
"""Widths of the axis: as many working days as stand side by side in a window, then wider."""
_FEW_DAYS: Final = 3
"""So few working days have their hours above the picture."""
_TEXT, _STEP = 12.0, 15.0
_HEAD, _STRIP = 56.0, 44.0
_NOW: Final = "#1a4f94"
_DEEP: Final = 600.0
"""How far down the ground reaches: further than any row is high, which cuts it off."""

TOKENS: Final[Mapping[str, str]] = MappingProxyType(
    {
        _NOW: "--accent",
        "#1f2937": "--ink",
        "#475569": "--ink-2",
        "#64748b": "--ink-2",
        "#b42318": "--bad",
        "#c2700a": "--warn",
        "#9a5b13": "--warn",
        "#0f766e": "--good",
        "#ffffff": "--surface",
        "#b8860b": "--way-cutoff",
        "#2f4a68": "--way-whole",
        "#4a78a8": "--way-work",
        "#a9c1dc": "--way-outside",
        "#e0a458": "--way-sender",
        "#7c8798": "--way-gateway",
        "#8b6fb3": "--way-network",
        "#4f9aa5": "--way-receiver",
        "#6aa584": "--way-citizen",
        "#d5dbe3": "--way-law",
        "#e5eaf0": "--way-waiting",
        "#f6c453": "--way-warning",
        "#cbd5e1": "--line-strong",
        "#e9edf2": "--way-off",
        "#f4f6f9": "--way-break",
        "#8494a8": "--line-strong",
    }
)
"""Colour of print → token of the stylesheet."""


@dataclass(frozen=True, slots=True)
class Row:
    """A lane: its words, and its bar as SVG. `heard` tells the bar to who does not see it."""

    key: HopKey | None
    title: str
    agency: str
    limit: str
    due: str
    """When it is due, for where the picture is wider than the window."""
    heard: str
    svg: str


@dataclass(frozen=True, slots=True)
class Panorama:
    """A whole picture for a screen; every text in it is plain, every `svg` is markup."""

    head: str
    whole: Row
    charges: str | None
    rows: tuple[Row, ...]
    legend: tuple[tuple[str, str], ...]
    skipped: tuple[str, ...]
    waiting: tuple[str, ...]
    is_long: bool
    """It spans more days than stand side by side in a window: it is scrolled, not made larger."""


def draw_lanes(
    story: Story,
    calendar: WorkCalendar,
    *,
    now: datetime | None,
    language: Language = "vi",
    prefix: str = "w",
) -> Panorama:
    """Draw a story for a screen; `now` is where the present is marked, None for what has ended."""
    axis = _axis(story, calendar)
    pen = _Pen(axis, Captions(axis, calendar, language, _TEXT), prefix, now, story.charges)
    lanes = (story.whole, *story.lanes)
    laid = [_Laid(lane, *pen.captions.beside(lane)) for lane in lanes]
    ways = list(_ways(lanes, axis))
    whole, *rows = (pen.row(number, one, ways) for number, one in enumerate(laid))
    frame = late(prefix, Party.RECEIVER, 0, 0, 22)
    legend = items(story, axis, language, prefix, overdue=frame)
    return Panorama(
        head=pen.head(),
        whole=whole,
        charges=pen.charges(ways) if story.charges else None,
        rows=tuple(rows),
        legend=tuple((pen.sign(sign), said) for sign, said in legend),
        skipped=story.skipped,
        waiting=story.waiting,
        is_long=axis.right + _EDGE > _NARROWEST,
    )


def themed(svg: str) -> str:
    """Put the stylesheet's tokens in the place of print's colours; KeyError for an unknown one."""
    return re.sub(r"#[0-9a-f]{6}\b", lambda found: f"var({TOKENS[found[0]]})", svg)


def _axis(story: Story, calendar: WorkCalendar) -> Axis:
    drawn = axis_for(calendar, story.since, story.until, _EDGE, _NARROWEST - _EDGE)
    wide = min(max(_NARROWEST, len(drawn.days) * _DAY), _WIDEST)
    if wide == _NARROWEST:
        return drawn
    return axis_for(calendar, story.since, story.until, _EDGE, wide - _EDGE)


@dataclass(frozen=True, slots=True)
class _Way:
    """From the end of a turn to the beginning of the one that it let begin."""

    source: int
    target: int
    left: float
    x: float


def _ways(lanes: Sequence[Lane], axis: Axis) -> Iterator[_Way]:
    places = {lane.key: number for number, lane in enumerate(lanes)}
    for number, lane in enumerate(lanes[1:], 1):
        x = axis.x(lane.points[0].at)
        for key in lane.joins or (None,):
            source = places.get(key, 0)
            if source >= number:
                continue
            ends = [one.at for one in lanes[source].points if one.kind is Mark.ENDED]
            left = axis.x(ends[0]) if source and ends else x
            yield _Way(source, number, min(left, x), x)


@dataclass(frozen=True, slots=True)
class _Laid:
    """A lane with its texts laid out."""

    lane: Lane
    above: Track
    below: Track

    @property
    def middle(self) -> float:
        return 6 + max(self.above.lines * _STEP + 11, 8) + BAR / 2

    @property
    def height(self) -> float:
        return max(56.0, self.middle + BAR / 2 + self.below.lines * _STEP + 8)


@dataclass(frozen=True, slots=True)
class _Pen:
    """What every row of one picture is drawn with."""

    axis: Axis
    captions: Captions
    prefix: str
    now: datetime | None
    charged: Sequence[Charge]

    def head(self) -> str:
        """The days, above all rows; the patterns of all rows are defined here."""
        drawn = [
            patterns(self.prefix),
            *(
                self.captions.hours(_HEAD)
                if len(self.axis.days) <= _FEW_DAYS
                else self.captions.days(_HEAD, 0, at_start=True)
            ),
            *self.captions.holidays(_HEAD, 0),
        ]
        if self.now is not None:
            x, said = self.axis.x(self.now), self.captions.say("now")
            drawn.append(words(x, 14, said, size=11, anchor="middle", fill=_NOW, bold=True))
            drawn.append(element("path", d=path([(x, 19), (x, _HEAD)]), class_="now"))
        return self._svg("".join(drawn), _HEAD)

    def row(self, number: int, laid: _Laid, ways: Sequence[_Way]) -> Row:
        """Draw a lane."""
        lane, y = laid.lane, laid.middle
        parts = [self._ground(), self._through(number, ways, y), *self._bars(lane, y)]
        for point in sorted(lane.points, key=lambda one: ORDER.index(one.kind)):
            is_far = point.at > self.axis.end
            x = self.axis.x(point.at)
            drawn = beyond(self.axis.right, y) if is_far else mark(point, x, y)
            parts.append(element("g", hint(self._named(lane, point)), drawn))
        parts.append(laid.above.draw(y - BAR / 2 - 12, -_STEP))
        parts.append(laid.below.draw(y + BAR / 2 + 13, _STEP))
        return Row(
            key=lane.key,
            title=self.captions.title(lane),
            agency="" if lane.step is None else lane.agency or "",
            limit=self.captions.limit(lane),
            due=self.captions.due(lane),
            heard=self.captions.heard(lane),
            svg=self._svg("".join(parts), laid.height),
        )

    def charges(self, ways: Sequence[_Way]) -> str:
        """Draw the strip that says whose time it was; it lies below the first row."""
        through = self._through(0.5, ways, 0)
        drawn = strip(self.charged, self.captions, self.prefix, 3)
        return self._svg(self._ground() + through + drawn, _STRIP)

    def sign(self, drawn: str) -> str:
        """Wrap a sign of the legend."""
        return themed(
            '<svg viewBox="-3 -13 30 26" width="1.875rem" height="1.625rem" aria-hidden="true">'
            f"{drawn}</svg>"
        )

    def _svg(self, drawn: str, height: float) -> str:
        wide = self.axis.right + _EDGE
        return themed(
            f'<svg viewBox="0 0 {wide:.0f} {height:.0f}" width="{wide / 16:.3f}rem"'
            f' height="{height / 16:.3f}rem" aria-hidden="true" focusable="false">{drawn}</svg>'
        )

    def _ground(self) -> str:
        drawn = [
            *shades(self.axis, 0, _DEEP),
            *cutoffs(self.axis, self.captions.calendar, 0, _DEEP),
        ]
        if self.now is not None:
            x = self.axis.x(self.now)
            drawn.append(element("path", d=path([(x, 0), (x, _DEEP)]), class_="now"))
        return "".join(drawn)

    def _through(self, number: float, ways: Sequence[_Way], y: float) -> str:
        """Draw what of the lines between turns lies in one row."""
        drawn: list[str] = []
        for way in ways:
            if number == way.source:
                drawn += [path([(way.left, y), (way.x, y)])] if way.left < way.x else []
                drawn.append(
                    path([(way.x, y + (BAR / 2 if way.left == way.x else 0)), (way.x, _DEEP)])
                )
            elif number == way.target:
                drawn.append(path([(way.x, 0), (way.x, y - 6)]))
            elif way.source < number < way.target:
                drawn.append(path([(way.x, 0), (way.x, _DEEP)]))
        return element("path", d=" ".join(drawn), class_="feeds", fill="none") if drawn else ""

    def _bars(self, lane: Lane, y: float) -> Iterator[str]:
        for one in lane.stretches:
            if one.kind is Span.OVERDUE:
                continue
            x, end = self.axis.x(one.start), self.axis.x(one.end)
            reason = f" ({self.captions.paused(one.reason)})" if one.kind is Span.PAUSED else ""
            said = self.captions.say(f"legend-{one.kind.value}") + reason
            told = hint(f"{said}: {self._from_to(one.start, one.end)}")
            yield element("g", told, bar(self.prefix, one.kind, x, y, end - x, lane.look))
        for delay in delays(lane, self.charged):
            x, end = self.axis.x(delay.start), self.axis.x(delay.end)
            said = self.captions.say("late-by", self.captions.say(delay.party))
            told = hint(f"{said}: {self._from_to(delay.start, delay.end)}")
            yield element("g", told, late(self.prefix, delay.party, x, y, end - x))

    def _from_to(self, start: datetime, end: datetime) -> str:
        return f"{self.captions.at(start)} – {self.captions.at(end)}"

    def _named(self, lane: Lane, point: Point) -> str:
        """Say what a mark is, for a pointer that rests on it."""
        at, say = self.captions.at(point.at), self.captions.say
        match point.kind:
            case Mark.DELIVERED:
                return say("came", at)
            case Mark.WARNED:
                return (
                    f"{say('warned', at)} ({point.detail})" if point.detail else say("warned", at)
                )
            case Mark.BREACHED:
                return f"{self.captions.passed(lane, point)} {at}"
            case Mark.ENDED:
                return say(point.detail or "", at)
            case _:
                return say(point.kind.value, at)
