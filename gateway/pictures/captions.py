"""What a picture says: the texts beside its bars, the days above, and each lane in words.

For a drawing in one piece (drawing.py) and for one lane by lane (lanes.py) alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from gateway.pictures.axis import Axis, Kind
from gateway.pictures.labels import Track
from gateway.pictures.marks import HOLIDAY, INK, QUIET, RED
from gateway.pictures.story import Lane, Mark, Point, Span
from gateway.pictures.svg import width_of, words
from gateway.pictures.words import Language, budget_words, day_words, moment, say
from routing.legaltime import WorkCalendar

TEXT: Final = 10.5
"""How large texts beside bars are."""
OWN: Final = ("deadline", "overall")
"""Limits that are a lane's own deadline."""


@dataclass(frozen=True, slots=True)
class Captions:
    """The words of one picture."""

    axis: Axis
    calendar: WorkCalendar
    language: Language
    size: float = TEXT

    def say(self, key: str, *values: object) -> str:
        return say(self.language, key, *values)

    def at(self, instant: datetime) -> str:
        return moment(instant, self.calendar.zone)

    # What a lane is

    def title(self, lane: Lane) -> str:
        """Name a lane: its step and round, or the dossier."""
        if lane.step is None:
            return self.say("whole" if lane.clock.budget else "whole-none")
        if lane.round > 1:
            return f"{lane.title} ({self.say('round', lane.round)})"
        return lane.title

    def limit(self, lane: Lane) -> str:
        """Say how long it may take."""
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

    def paused(self, reason: str | None) -> str:
        """Say why a clock stands."""
        return self.say(reason or "outside-total")

    def passed(self, lane: Lane, point: Point) -> str:
        """Name a limit that was passed; what arrived later is no longer "not handed over"."""
        if point.detail in OWN:
            return self.say("late")
        arrived = any(one.kind in (Mark.DELIVERED, Mark.RECEIVED) for one in lane.points)
        if point.detail == "handover" and arrived:
            return self.say("handed-over-late")
        return self.say(f"late-{point.detail}")

    def due(self, lane: Lane) -> str:
        """Say when a lane is due; nothing where it has no deadline."""
        found = [one.at for one in lane.points if one.kind is Mark.DEADLINE]
        return self.say("deadline", self.at(found[0])) if found else ""

    def beside(self, lane: Lane) -> tuple[Track, Track]:
        """Write the texts above and below a lane's bar."""
        above = Track(self.axis.left, self.axis.right, self.size)
        below = Track(self.axis.left, self.axis.right, self.size)
        late = any(one.kind is Mark.BREACHED and one.detail in OWN for one in lane.points)
        for point in lane.points:
            self._name(lane, point, above, below, late=late)
        for reason, spans in groupby(
            [one for one in lane.stretches if one.kind is Span.PAUSED], key=lambda one: one.reason
        ):
            first = next(iter(spans))
            middle = (self.axis.x(first.start) + self.axis.x(first.end)) / 2
            below.put(middle, self.paused(reason), fill=QUIET)
        ended = any(one.kind is Mark.ENDED for one in lane.points)
        if not ended and lane.stretches:
            said = self.say("open")
            before = self.axis.x(lane.stretches[-1].end) - width_of(said, self.size) / 2 - 4
            below.put(before, said, fill=QUIET)
        return above, below

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
            case Mark.BREACHED if point.detail not in OWN:
                above.put(x, self.passed(lane, point), fill=RED)
            case Mark.RECEIVED:
                key = "received-dossier" if lane.step is None else "received"
                below.put(x, self.say(key, self.at(point.at)), fill=QUIET)
            case Mark.OFFERED if lane.step is None:
                below.put(x, self.say("submitted", self.at(point.at)), fill=QUIET)
            case Mark.ENDED:
                below.put(x, self.say(point.detail or "", self.at(point.at)), fill=INK)

    def heard(self, lane: Lane) -> str:
        """Tell a lane in words."""
        title = self.say("whole") if lane.step is None else self.title(lane)
        parts = [title, lane.agency or "", self.limit(lane)]
        for point in sorted(lane.points, key=lambda one: one.at):
            match point.kind:
                case Mark.RECEIVED | Mark.DEADLINE | Mark.MOVED:
                    parts.append(self.say(point.kind.value, self.at(point.at)))
                case Mark.WARNED:
                    parts.append(self.say("warned", self.at(point.at)))
                case Mark.BREACHED:
                    parts.append(f"{self.passed(lane, point)} {self.at(point.at)}")
                case Mark.ENDED:
                    parts.append(self.say(point.detail or "", self.at(point.at)))
        for one in lane.stretches:
            if one.kind is Span.PAUSED:
                paused = self.paused(one.reason)
                parts.append(f"{paused} {self.at(one.start)} – {self.at(one.end)}")
        return "; ".join(part for part in parts if part)

    # The days above

    def days(self, foot: float, edge: float, *, at_start: bool = False) -> Iterator[str]:
        """Name each day, with its weekday if there is room; else only the first of each week.

        In the middle of the day, or where it begins.
        """
        room = min((day.right - day.left for day in self.axis.days), default=0.0)
        every = room + 2 >= width_of("00/00", 10.5)
        full = room >= 1.1 * width_of("T2 00/00", 11, bold=True)
        week, free = 0, edge - 20
        for day in self.axis.days:
            begins = day.date.isocalendar().week != week
            week = day.date.isocalendar().week
            if not (every or begins):
                continue
            said, size = f"{day.date:%d/%m}", 10.5
            if full or not every:
                said, size = day_words(self.language, day.date.weekday(), said), 11
            wide = width_of(said, size, bold=begins)
            middle = day.left + wide / 2 if at_start else (day.left + day.right) / 2
            if middle - wide / 2 < free:
                continue
            free = middle + wide / 2 + 4
            yield words(middle, foot - 8, said, size=size, anchor="middle", bold=begins)

    def hours(self, foot: float) -> Iterator[str]:
        """Name each day where it begins, and below it the hours at which work begins and ends."""
        for day in self.axis.days:
            said = day_words(self.language, day.date.weekday(), f"{day.date:%d/%m}")
            yield words(day.left, foot - 23, said, size=11, anchor="start", bold=True)
        free = self.axis.left - 20
        for one in self.axis.stretches:
            if one.kind is not Kind.WORK:
                continue
            for x, at in ((one.left, one.start), (one.right, one.end)):
                said = f"{at.astimezone(self.calendar.zone):%H:%M}"
                half = width_of(said, 10) / 2
                if x - half < free:
                    continue
                free = x + half + 4
                yield words(x, foot - 8, said, size=10, anchor="middle", fill=QUIET)

    def holidays(self, foot: float, edge: float) -> Iterator[str]:
        """Name the holidays above the days."""
        free = edge - 20
        for one in self.axis.stretches:
            notes = [self.calendar.notes[day] for day in one.days if day in self.calendar.notes]
            if not notes:
                continue
            public = self.language == "vi" and notes[0].kind == "public_holiday"
            said = notes[0].reason if public else self.say("holiday")
            middle, wide = (one.left + one.right) / 2, width_of(said, 9.5)
            if middle - wide / 2 >= free and middle + wide / 2 <= self.axis.right + 16:
                free = middle + wide / 2 + 6
                yield words(middle, foot - 23, said, size=9.5, fill=HOLIDAY, anchor="middle")
