"""A route over legal time, laid out here and drawn by the template: a lane per step that runs.

Working time is to scale, nights and days off are narrow (gateway/pictures/axis.py). A bar runs from
the instant at which a step's clock starts to its deadline; what lies before, waiting for the clock,
is drawn hollow. A step without a limit of its own is a point.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.pictures.axis import Axis, Kind, axis_for
from gateway.pictures.svg import width_of, wrapped
from gateway.pictures.words import Language, day_words, moment
from routing.legaltime import WorkCalendar

WIDTH: Final = 1180.0
_LEFT, _RIGHT = 290.0, 1164.0
_ROOM: Final = _LEFT - 34
_HEAD: Final = 30.0
_TITLE, _SMALL = 13.0, 11.5
_BAR: Final = 14.0


@dataclass(frozen=True, slots=True)
class RouteStep:
    """What a lane tells; `starts` and `due` are None where no limit binds."""

    title: str
    who: str
    arrives: datetime
    starts: datetime | None
    due: datetime | None
    said: str
    look: str
    fed_by: Sequence[int] = ()
    """Lanes, by number, that it waits for; the first lane is the whole."""


@dataclass(frozen=True, slots=True)
class Text:
    """A line at its baseline."""

    x: float
    y: float
    said: str
    kind: str
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Shade:
    """What is not working time."""

    x: float
    width: float
    kind: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A lane's bar: hollow from `x` to `start`, full from there to `end`."""

    look: str
    y: float
    x: float
    start: float
    end: float
    limited: bool


@dataclass(frozen=True, slots=True)
class RoutePicture:
    """Everything that is drawn, in units of the view box."""

    width: float
    height: float
    left: float
    head: float
    shades: tuple[Shade, ...]
    days: tuple[Text, ...]
    rules: tuple[float, ...]
    bars: tuple[Bar, ...]
    texts: tuple[Text, ...]
    ways: tuple[str, ...]


def picture_of_route(
    steps: Sequence[RouteStep], calendar: WorkCalendar, language: Language
) -> RoutePicture:
    """Lay out the lanes; the first step is the dossier's own total."""
    first = min(one.arrives for one in steps)
    last = max(one.due or one.arrives for one in steps)
    axis = axis_for(calendar, first, last, _LEFT, _RIGHT)
    bars: list[Bar] = []
    texts: list[Text] = []
    rules = [_HEAD]
    for step in steps:
        top = rules[-1]
        lines = list(_label(step, top))
        texts += lines
        height = max(lines[-1].y - top + 14, 54.0)
        bar = _bar(step, axis, top + height / 2 + 7)
        bars.append(bar)
        texts.append(_deadline(step, bar, calendar))
        rules.append(top + height)
    return RoutePicture(
        WIDTH,
        rules[-1] + 2,
        _LEFT,
        _HEAD,
        tuple(_shades(axis)),
        tuple(_days(axis, language)),
        tuple(rules),
        tuple(bars),
        tuple(texts),
        tuple(_ways(steps, bars)),
    )


def _label(step: RouteStep, top: float) -> Iterator[Text]:
    y = top + 20
    for said in wrapped(step.title, _TITLE, _ROOM, most=3, bold=True):
        yield Text(16, y, said, "title")
        y += 16.5
    for said in wrapped(step.who, _SMALL, _ROOM, most=2):
        yield Text(16, y, said, "who")
        y += 15


def _bar(step: RouteStep, axis: Axis, y: float) -> Bar:
    x = axis.x(step.arrives)
    start = axis.x(step.starts) if step.starts else x
    end = axis.x(step.due) if step.due else x
    return Bar(step.look, y - _BAR / 2, x, start, max(end, start), step.due is not None)


def _deadline(step: RouteStep, bar: Bar, calendar: WorkCalendar) -> Text:
    """Write when it is due above the end of the bar, or what it has instead of a limit."""
    said = step.said if step.due is None else f"{step.said} {moment(step.due, calendar.zone)}"
    wide = width_of(said, _SMALL, bold=True)
    x = max(_LEFT + 4, min(bar.end - wide / 2, _RIGHT - wide))
    return Text(x, bar.y - 6, said, "due")


def _shades(axis: Axis) -> Iterator[Shade]:
    for one in axis.stretches:
        if one.kind is not Kind.WORK:
            yield Shade(one.left, one.right - one.left, str(one.kind))


def _days(axis: Axis, language: Language) -> Iterator[Text]:
    """Name the days as far as there is room, the first of a week before others."""
    room = min((day.right - day.left for day in axis.days), default=0.0)
    every = room >= width_of("00/00", _SMALL) + 4
    full = room >= width_of("T2 00/00", _SMALL) + 4
    free, week = 0.0, 0
    for day in axis.days:
        begins = day.date.isocalendar().week != week
        week = day.date.isocalendar().week
        said = f"{day.date:%d/%m}"
        if full or (begins and not every):
            said = day_words(language, day.date.weekday(), said)
        middle, wide = (day.left + day.right) / 2, width_of(said, _SMALL)
        if (every or begins) and middle - wide / 2 >= free:
            free = middle + wide / 2 + 6
            yield Text(middle, _HEAD - 10, said, "day", "middle")


def _ways(steps: Sequence[RouteStep], bars: Sequence[Bar]) -> Iterator[str]:
    """From the end of what a step waited for down to its beginning."""
    for step, bar in zip(steps, bars, strict=True):
        for number in step.fed_by:
            source = bars[number]
            if source.end <= bar.x + 0.1:
                yield (
                    f"M{source.end:.1f} {source.y + _BAR:.1f} V{bar.y - 4:.1f} H{bar.x:.1f}"
                    if source.end < bar.x - 0.1
                    else f"M{bar.x:.1f} {source.y + _BAR:.1f} V{bar.y:.1f}"
                )


def numbered(ids: Sequence[str], after: Mapping[str, Sequence[str]]) -> dict[str, list[int]]:
    """Number the lanes of steps from one on; what waits for nothing is fed by lane nought.

    A step that does not run has no lane: what fed it feeds what follows.
    """
    places = {one: number for number, one in enumerate(ids, 1)}

    def feeding(step: str) -> set[int]:
        found: set[int] = set()
        for before in after[step]:
            found |= {places[before]} if before in places else feeding(before)
        return found or {0}

    return {one: sorted(feeding(one)) for one in ids}
