"""``lienthong deadline``: legal deadlines for scripts (JSON lines) and for people (explained).

Bad arguments are one line on stderr and exit code 2; a bad line is its own answer.
"""

import os
import sys
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import Annotated, cast

import orjson
import typer

from gateway.cli.deadline_lines import (
    REFUSALS,
    read_cutoff,
    read_instant,
    read_pause,
    run_lines,
)
from gateway.cli.explained_deadline import as_document, as_text
from routing.legaltime import (
    AgencyHours,
    Budget,
    CalendarUnknown,
    Explanation,
    Pause,
    WorkCalendar,
    explain,
    load_calendar,
    read_calendar,
)

__all__ = ["deadline", "run_lines"]

_CHUNK = 1 << 18


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
    calendar: Annotated[
        str, typer.Option(help="Name of the working calendar, or a calendar file (*.toml).")
    ] = "vn",
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
        table = _calendar(calendar)
        told = _explain(table, start, budget, cutoff, pause or [])
    except REFUSALS as refusal:
        raise _refuse(str(refusal)) from None
    if as_json:
        typer.echo(orjson.dumps(as_document(table, told)).decode())
    else:
        typer.echo(as_text(table, told, budget))


def _calendar(named: str) -> WorkCalendar:
    """Load a packaged calendar, or a file; the hours of agencies lie over the newest base."""
    if not named.endswith(".toml"):
        return load_calendar(named)
    try:
        found = read_calendar(Path(named).read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"--calendar {named[:80]!r} cannot be read") from None
    return (
        found.laid_over(load_calendar(found.extends)) if isinstance(found, AgencyHours) else found
    )


def _explain(
    calendar: WorkCalendar, start: str, budget: str, cutoff: str, pauses: list[str]
) -> Explanation:
    spans: list[Pause] = []
    for written in pauses:
        opening, slash, end = written.partition("/")
        if not slash:
            raise ValueError(f"--pause {written[:80]!r} is not FROM/TO")
        spans.append(read_pause({"from": opening, "to": end}, "--pause"))
    told = explain(
        calendar,
        read_instant(start, "--start"),
        Budget.parse(budget),
        None if cutoff == "none" else read_cutoff(cutoff),
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
