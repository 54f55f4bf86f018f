"""Deadlines by the line: a JSON object in, a JSON object out, a reason where it cannot be.

A bad line spoils only its own answer. Strict on purpose: an unknown field or a missing offset is
an error, because a misspelt ``cutoff`` would otherwise give a wrong legal deadline. A start or a
deadline on a day that the calendar does not know is refused, whatever the unit. Answers are ISO
8601 in the calendar's own offset.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import Any

import orjson

from routing.legaltime import (
    Budget,
    CalendarUnknown,
    NoSuchCalendar,
    Pause,
    Unit,
    WorkCalendar,
    load_calendar,
    parse_cutoff,
)
from routing.legaltime.calendar import time_of_day
from routing.legaltime.deadlines import due_micros
from routing.legaltime.instants import MICROSECOND, instant_of, micros_of

REFUSALS = (ValueError, CalendarUnknown, NoSuchCalendar)  # JSONDecodeError is a ValueError

_KEYS = frozenset({"start", "budget", "calendar", "cutoff", "pauses"})
_PAUSE_KEYS = frozenset({"from", "to"})
_REMEMBERED = 4096  # distinct budget texts kept parsed per run


def run_lines(lines: Iterable[bytes | str]) -> Iterator[bytes]:
    """Answer each line with one JSON object, without a newline; never raises for a bad line."""
    desks: dict[str, _Desk] = {}
    for line in lines:
        try:
            yield _answer(orjson.loads(line), desks)
        except REFUSALS as refusal:
            yield orjson.dumps({"error": str(refusal)})


def read_instant(written: Any, field: str) -> datetime:
    """Read an ISO 8601 instant with an offset; digits finer than a microsecond are dropped."""
    if type(written) is not str:
        raise ValueError(f"{field} must be an ISO 8601 instant")
    try:
        instant = datetime.fromisoformat(written)
    except ValueError:
        raise ValueError(f"{field}: {written[:40]!r} is not an ISO 8601 instant") from None
    if instant.tzinfo is None:
        raise ValueError(f"{field}: {written[:40]!r} has no UTC offset, such as +07:00")
    return instant


def read_cutoff(written: Any) -> time | None:
    """Read a time of day; None is no cutoff."""
    if written is not None and type(written) is not str:
        raise ValueError('cutoff must be text such as "15:00", or null')
    try:
        return parse_cutoff(written)
    except ValueError as refusal:
        raise ValueError(f"cutoff: {refusal}") from None


def read_pause(span: Any, field: str) -> Pause:
    """Read ``{"from", "to"}``, both required."""
    if type(span) is not dict or span.keys() != _PAUSE_KEYS:
        raise ValueError(f"{field} needs exactly from and to")
    start = read_instant(span["from"], f"{field}.from")
    end = read_instant(span["to"], f"{field}.to")
    try:
        return Pause(start, end)
    except ValueError as refusal:
        raise ValueError(f"{field}: {refusal}") from None


class _Desk:
    """One calendar with what was already read against it in this run."""

    __slots__ = ("calendar", "cutoffs", "epoch", "lengths")

    def __init__(self, calendar: WorkCalendar) -> None:
        self.calendar = calendar
        self.epoch = instant_of(0).astimezone(calendar.zone)
        self.lengths: dict[str, tuple[int, Unit]] = {}
        self.cutoffs: dict[str, int] = {}

    def length_of(self, written: str) -> tuple[int, Unit]:
        known = self.lengths.get(written)
        if known is None:
            if len(self.lengths) >= _REMEMBERED:
                self.lengths.clear()
            budget = Budget.parse(written)
            known = self.lengths[written] = budget.micros(self.calendar.nominal), budget.unit
        return known

    def cutoff_of(self, written: Any) -> int | None:
        known = self.cutoffs.get(written) if type(written) is str else None
        if known is None:
            cutoff = read_cutoff(written)
            if cutoff is None:
                return None
            known = self.cutoffs[written] = time_of_day(cutoff)
        return known


def _answer(asked: Any, desks: dict[str, _Desk]) -> bytes:
    if type(asked) is not dict:
        raise ValueError("a line must be a JSON object")
    if not asked.keys() <= _KEYS:
        raise ValueError(f"unknown field {min(asked.keys() - _KEYS)[:40]!r}")
    arrived = micros_of(read_instant(asked.get("start"), "start"))
    written = asked.get("budget")
    if type(written) is not str:
        raise ValueError('budget must be text such as "3 wd"')
    name = asked.get("calendar", "vn")
    if type(name) is not str:
        raise ValueError("calendar must be text")
    desk = desks.get(name)
    if desk is None:
        desk = desks[name] = _Desk(load_calendar(name))
    length, unit = desk.length_of(written)
    cutoff = desk.cutoff_of(asked.get("cutoff", "15:00"))
    pauses = _pauses(asked["pauses"]) if "pauses" in asked else ()
    calendar = desk.calendar
    started, end = due_micros(calendar, arrived, length, unit, cutoff, pauses)
    if not (calendar.first <= started and end < calendar.end):
        raise CalendarUnknown(calendar, "the answer")
    return orjson.dumps(
        {
            "started_at": desk.epoch + started * MICROSECOND,
            "deadline_at": desk.epoch + end * MICROSECOND,
        }
    )


def _pauses(written: Any) -> list[Pause]:
    if type(written) is not list:
        raise ValueError('pauses must be a list of {"from", "to"}')
    return [read_pause(span, f"pauses[{index}]") for index, span in enumerate(written)]
