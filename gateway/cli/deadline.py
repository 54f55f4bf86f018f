"""``lienthong deadline``: legal deadlines for scripts (JSON lines) and for people (explained).

A bad line spoils only its own answer; bad arguments are one line on stderr and exit code 2.
Both forms refuse a start or a deadline on a day that the calendar does not know, whatever the
unit, and print ISO 8601 in the calendar's own offset.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from io import BufferedReader
from typing import Annotated, Any, cast

import orjson
import typer

from gateway.cli.explained_deadline import as_document, as_text
from routing.legaltime import (
    Budget,
    CalendarUnknown,
    Explanation,
    NoSuchCalendar,
    Pause,
    Unit,
    WorkCalendar,
    explain,
    load_calendar,
    parse_cutoff,
)
from routing.legaltime.calendar import time_of_day
from routing.legaltime.deadlines import due_micros
from routing.legaltime.instants import MICROSECOND, instant_of, micros_of

_KEYS = frozenset({"start", "budget", "calendar", "cutoff", "pauses"})
_PAUSE_KEYS = frozenset({"from", "to"})
_CHUNK = 1 << 18
_REMEMBERED = 4096  # distinct budget texts kept parsed per run

_REFUSED = (ValueError, CalendarUnknown, NoSuchCalendar)  # JSONDecodeError is a ValueError


def deadline(
    source: Annotated[
        str | None, typer.Argument(metavar="[-]", help="'-' reads JSON lines from stdin.")
    ] = None,
    start: Annotated[
        str | None, typer.Option(help="Arrival, ISO 8601 with an offset.", metavar="ISO")
    ] = None,
    budget: Annotated[
        str | None, typer.Option(help='"3 wd", "2 wh", "10 min", "30 cd", "24 h".')
    ] = None,
    calendar: Annotated[str, typer.Option(help="Name of the working calendar.")] = "vn",
    cutoff: Annotated[str, typer.Option(help="HH:MM, or 'none'.")] = "15:00",
    pause: Annotated[
        list[str] | None, typer.Option(help="FROM/TO, two ISO instants; may be repeated.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, not text.")] = False,
) -> None:
    """Compute a legal deadline and explain each day it counted."""
    if source is not None:
        if source != "-" or start is not None or budget is not None or pause:
            raise _refuse("give either '-' (JSON lines on stdin) or --start and --budget")
        _answer_stdin()
        return
    if start is None or budget is None:
        raise _refuse("give --start and --budget, or '-' to read JSON lines from stdin")
    try:
        table = load_calendar(calendar)
        told = _explain(table, start, budget, cutoff, pause or [])
    except _REFUSED as refusal:
        raise _refuse(str(refusal)) from None
    if as_json:
        typer.echo(orjson.dumps(as_document(table, told)).decode())
    else:
        typer.echo(as_text(table, told, budget))


def run_lines(lines: Iterable[bytes | str]) -> Iterator[bytes]:
    """Answer each line with one JSON object, without a newline; never raises for a bad line."""
    desks: dict[str, _Desk] = {}
    for line in lines:
        try:
            yield _answer(orjson.loads(line), desks)
        except _REFUSED as refusal:
            yield orjson.dumps({"error": str(refusal)})


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
            cutoff = _cutoff(written)
            if cutoff is None:
                return None
            known = self.cutoffs[written] = time_of_day(cutoff)
        return known


def _answer(asked: Any, desks: dict[str, _Desk]) -> bytes:
    if type(asked) is not dict:
        raise ValueError("a line must be a JSON object")
    if not asked.keys() <= _KEYS:
        raise ValueError(f"unknown field {min(asked.keys() - _KEYS)[:40]!r}")
    arrived = micros_of(_instant(asked.get("start"), "start"))
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


def _instant(written: Any, field: str) -> datetime:
    if type(written) is not str:
        raise ValueError(f"{field} must be an ISO 8601 instant")
    try:
        instant = datetime.fromisoformat(written)
    except ValueError:
        raise ValueError(f"{field}: {written[:40]!r} is not an ISO 8601 instant") from None
    if instant.tzinfo is None:
        raise ValueError(f"{field}: {written[:40]!r} has no UTC offset, such as +07:00")
    return instant


def _cutoff(written: Any) -> time | None:
    if written is not None and type(written) is not str:
        raise ValueError('cutoff must be text such as "15:00", or null')
    try:
        return parse_cutoff(written)
    except ValueError as refusal:
        raise ValueError(f"cutoff: {refusal}") from None


def _pauses(written: Any) -> list[Pause]:
    if type(written) is not list:
        raise ValueError('pauses must be a list of {"from", "to"}')
    return [_pause(span, f"pauses[{index}]") for index, span in enumerate(written)]


def _pause(span: Any, field: str) -> Pause:
    if type(span) is not dict or span.keys() != _PAUSE_KEYS:
        raise ValueError(f"{field} needs exactly from and to")
    start, end = _instant(span["from"], f"{field}.from"), _instant(span["to"], f"{field}.to")
    try:
        return Pause(start, end)
    except ValueError as refusal:
        raise ValueError(f"{field}: {refusal}") from None


def _explain(
    calendar: WorkCalendar, start: str, budget: str, cutoff: str, pauses: list[str]
) -> Explanation:
    spans: list[Pause] = []
    for written in pauses:
        opening, slash, end = written.partition("/")
        if not slash:
            raise ValueError(f"--pause {written[:80]!r} is not FROM/TO")
        spans.append(_pause({"from": opening, "to": end}, "--pause"))
    told = explain(
        calendar,
        _instant(start, "--start"),
        Budget.parse(budget),
        None if cutoff == "none" else _cutoff(cutoff),
        spans,
    )
    if not (calendar.knows(told.started_at) and calendar.knows(told.deadline_at)):
        raise CalendarUnknown(calendar, "the answer")
    return told


def _answer_stdin() -> None:
    out = sys.stdout.buffer
    try:
        for answer in run_lines(_lines_as_they_come()):
            out.write(answer)
            out.write(b"\n")
        out.flush()
    except BrokenPipeError:
        # The reader left; keep the interpreter from complaining again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _lines_as_they_come() -> Iterator[bytes]:
    """Yield stdin's lines, flushing the answers before waiting, so that a caller may converse."""
    unfinished = b""
    stdin = cast(BufferedReader, sys.stdin.buffer)
    while chunk := stdin.read1(_CHUNK):
        *lines, unfinished = (unfinished + chunk).split(b"\n")
        yield from lines
        sys.stdout.buffer.flush()
    if unfinished:
        yield unfinished


def _refuse(reason: str) -> typer.Exit:
    typer.echo(f"lienthong deadline: {' '.join(reason.split())}", err=True)
    return typer.Exit(2)
