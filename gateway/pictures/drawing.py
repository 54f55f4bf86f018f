"""Draw a story: a dossier's way over legal time, as one SVG.

    draw(story, calendar, language="vi", prefix="p") -> str

The same values give the same text. Lanes stand in the order in which turns came, branches under
each other; every mark carries a title of its own, and the whole a description, so that what is
seen can also be heard.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from gateway.pictures.axis import CUTOFF, CUTOFF_ROOM, Axis, Kind, axis_for
from gateway.pictures.labels import Track
from gateway.pictures.legend import legend
from gateway.pictures.marks import (
    BAR,
    CUTOFF_LINE,
    HOLIDAY,
    INK,
    QUIET,
    RED,
    bar,
    beyond,
    mark,
    patterns,
)
from gateway.pictures.story import Lane, Mark, Point, Span, Story
from gateway.pictures.svg import FONT, element, hint, path, width_of, words, wrapped
from gateway.pictures.words import Language, budget_words, day_words, moment, say
from routing.legaltime import WorkCalendar

WIDTH: Final = 1180.0
_LEFT, _RIGHT = 304.0, 1156.0
_LABEL = 256.0
_HEAD = 98.0
_TEXT, _STEP = 10.5, 13.0


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

    def at(self, instant: datetime) -> str:
        return moment(instant, self.calendar.zone)

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
        for one in self.axis.stretches:
            if one.kind is Kind.WORK:
                continue
            fill = "#e9edf2" if one.kind is Kind.OFF else "#f4f6f9"
            drawn.append(
                element(
                    "rect",
                    x=one.left,
                    y=_HEAD,
                    width=one.right - one.left,
                    height=foot - _HEAD,
                    fill=fill,
                )
            )
        drawn += self._day_names()
        drawn += self._cutoffs(foot)
        drawn += self._holidays()
        return "".join(drawn)

    def _day_names(self) -> Iterator[str]:
        """Name each day, with its weekday if there is room; else only the first of each week."""
        room = min((day.right - day.left for day in self.axis.days), default=0.0)
        every = room + 2 >= width_of("00/00", 10.5)
        full = room >= 1.1 * width_of("T2 00/00", 11, bold=True)
        week, free = 0, _LEFT - 20
        for day in self.axis.days:
            begins = day.date.isocalendar().week != week
            week = day.date.isocalendar().week
            if not (every or begins):
                continue
            said, size = f"{day.date:%d/%m}", 10.5
            if full or not every:
                said, size = day_words(self.language, day.date.weekday(), said), 11
            middle = (day.left + day.right) / 2
            wide = width_of(said, size, bold=begins)
            if middle - wide / 2 < free:
                continue
            free = middle + wide / 2 + 4
            yield words(middle, _HEAD - 8, said, size=size, anchor="middle", bold=begins)

    def _cutoffs(self, foot: float) -> Iterator[str]:
        for day in self.axis.days:
            if day.right - day.left >= CUTOFF_ROOM:
                x = self.axis.x(datetime.combine(day.date, CUTOFF, self.calendar.zone))
                yield element("path", d=path([(x, _HEAD), (x, foot)]), **CUTOFF_LINE)

    def _holidays(self) -> Iterator[str]:
        free = _LEFT - 20
        for one in self.axis.stretches:
            notes = [self.calendar.notes[day] for day in one.days if day in self.calendar.notes]
            if not notes:
                continue
            public = self.language == "vi" and notes[0].kind == "public_holiday"
            said = notes[0].reason if public else self.say("holiday")
            middle, wide = (one.left + one.right) / 2, width_of(said, 9.5)
            if middle - wide / 2 >= free and middle + wide / 2 <= WIDTH - 8:
                free = middle + wide / 2 + 6
                yield words(middle, _HEAD - 23, said, size=9.5, fill=HOLIDAY, anchor="middle")

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
        above, below = Track(_LEFT, _RIGHT, _TEXT), Track(_LEFT, _RIGHT, _TEXT)
        late = any(one.kind is Mark.BREACHED and one.detail in _OWN for one in lane.points)
        for point in lane.points:
            self._name(lane, point, above, below, late=late)
        for reason, spans in groupby(
            [one for one in lane.stretches if one.kind is Span.PAUSED], key=lambda one: one.reason
        ):
            first = next(iter(spans))
            middle = (self.axis.x(first.start) + self.axis.x(first.end)) / 2
            below.put(middle, self._paused(reason), fill=QUIET)
        ended = any(one.kind is Mark.ENDED for one in lane.points)
        if not ended and lane.stretches:
            below.put(self.axis.x(lane.stretches[-1].end), self.say("open"), fill=QUIET)
        title = lane.title
        if lane.step is None:
            title = self.say("whole" if lane.clock.budget else "whole-none")
        elif lane.round > 1:
            title = f"{title} ({self.say('round', lane.round)})"
        agency = "" if lane.step is None else lane.agency or ""
        return _Row(
            lane,
            tuple(wrapped(title, 12.5, _LABEL, most=2, bold=True)),
            tuple(wrapped(agency, 11, _LABEL, most=2)),
            tuple(wrapped(self._limit(lane), 10, _LABEL, most=2)),
            above,
            below,
        )

    def _name(self, lane: Lane, point: Point, above: Track, below: Track, *, late: bool) -> None:
        x = self.axis.x(point.at)
        match point.kind:
            case Mark.DEADLINE:
                said = self.say("deadline", self.at(point.at))
                if late:
                    said += f" · {self.say('late')}"
                above.put(x, said, fill=RED if late else INK, bold=True)
            case Mark.MOVED:
                above.put(x, self.say("moved", self.at(point.at)), fill=QUIET)
            case Mark.BREACHED if point.detail not in _OWN:
                above.put(x, self.say(f"late-{point.detail}"), fill=RED)
            case Mark.RECEIVED:
                key = "received-dossier" if lane.step is None else "received"
                below.put(x, self.say(key, self.at(point.at)), fill=QUIET)
            case Mark.OFFERED if lane.step is None:
                below.put(x, self.say("submitted", self.at(point.at)), fill=QUIET)
            case Mark.ENDED:
                below.put(x, self.say(point.detail or "", self.at(point.at)), fill=INK)

    def _paused(self, reason: str | None) -> str:
        return self.say(reason or "outside-total")

    def _limit(self, lane: Lane) -> str:
        clock = lane.clock
        if lane.step is None:
            if clock.budget is None:
                return self.say("no-total")
            return self.say("total", budget_words(self.language, clock.budget))
        parts: list[str] = []
        if clock.rule != "budget":
            parts.append(self.say(clock.rule))
        elif clock.budget is not None:
            parts.append(self.say("limit", budget_words(self.language, clock.budget)))
        else:
            parts.append(self.say("no-limit"))
        if lane.from_receipt and (clock.budget is not None or clock.rule == "same-day"):
            parts.append(self.say("from-receipt"))
        if lane.outside:
            parts.append(self.say("outside"))
        if lane.silence:
            parts.append(self.say("silence"))
        return ", ".join(parts)

    def drawn(self, row: _Row, top: float) -> str:
        """Draw a lane: its label, its bar, its marks, and their texts."""
        y, lane = top + row.ahead, row.lane
        parts = [hint(self._heard(lane))]
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
        in_order = sorted(lane.points, key=lambda one: _ORDER.index(one.kind))
        parts += [
            beyond(_RIGHT, y) if point.at > self.axis.end else mark(point, self.axis.x(point.at), y)
            for point in in_order
        ]
        parts.append(row.above.draw(y - BAR / 2 - 12, -_STEP))
        parts.append(row.below.draw(y + BAR / 2 + 12, _STEP))
        return element("g", *parts)

    def charges(self, story: Story, top: float) -> str:
        """A strip that says whose time each stretch was."""
        names = Track(_LEFT, _RIGHT, 10)
        parts = [words(24, top + 12, self.say("charges"), size=11, fill="#475569")]
        for one in story.charges:
            x, end = self.axis.x(one.start), self.axis.x(one.end)
            said = self.say(one.party)
            if one.provisional:
                said += f" ({self.say('provisional')})"
            parts.append(
                element(
                    "rect",
                    hint(f"{said}: {self.at(one.start)} – {self.at(one.end)}"),
                    x=x,
                    y=top + 3,
                    width=max(end - x, 0.6),
                    height=11,
                    fill=f"url(#{self.prefix}-{one.party})",
                    opacity=0.55 if one.provisional else None,
                )
            )
        for party, group in groupby(story.charges, key=lambda one: one.party):
            ones = list(group)
            x, end = self.axis.x(ones[0].start), self.axis.x(ones[-1].end)
            if end - x >= width_of(self.say(party), 10) + 4:
                names.put((x + end) / 2, self.say(party), fill=QUIET)
        parts.append(names.draw(top + 26, 12))
        return element("g", *parts)

    # What is heard

    def told(self, story: Story) -> str:
        """The whole story in words."""
        return " ".join(f"{self._heard(lane)}." for lane in (story.whole, *story.lanes))

    def _heard(self, lane: Lane) -> str:
        title = self.say("whole") if lane.step is None else lane.title
        if lane.round > 1:
            title = f"{title} ({self.say('round', lane.round)})"
        parts = [title, lane.agency or "", self._limit(lane)]
        for point in sorted(lane.points, key=lambda one: one.at):
            match point.kind:
                case Mark.RECEIVED | Mark.DEADLINE | Mark.MOVED:
                    parts.append(self.say(point.kind.value, self.at(point.at)))
                case Mark.WARNED:
                    parts.append(self.say("warned", self.at(point.at)))
                case Mark.BREACHED:
                    key = "late" if point.detail in _OWN else f"late-{point.detail}"
                    parts.append(f"{self.say(key)} {self.at(point.at)}")
                case Mark.ENDED:
                    parts.append(self.say(point.detail or "", self.at(point.at)))
        for one in lane.stretches:
            if one.kind is Span.PAUSED:
                paused = self._paused(one.reason)
                parts.append(f"{paused} {self.at(one.start)} – {self.at(one.end)}")
        return "; ".join(part for part in parts if part)


_OWN = ("deadline", "overall")
_ORDER = (
    Mark.MOVED,
    Mark.DEADLINE,
    Mark.OFFERED,
    Mark.DELIVERED,
    Mark.RECEIVED,
    Mark.ENDED,
    Mark.WARNED,
    Mark.BREACHED,
)


def _plain(said: str) -> str:
    return said.replace("&", "&amp;").replace("<", "&lt;")
