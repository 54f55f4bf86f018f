"""`make bench-desk`: how long operators wait in front of a grown store, and what they cost.

Loads a store (bench/desk_store.py), then: asks what the screens ask, directly; visits every page
over HTTP as somebody signed in; measures the intake alone and beside ten operators. The last line
on stdout is JSON; exit code 1 if something that must hold does not: a first page under 300 ms at
the 95th percentile, a filter by text under a second, the intake within 5 % of its rate alone.
`--keep FOLDER` leaves the store there and finds it there the next time.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

import orjson
import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bench.desk_operators import run_in_company
from bench.desk_pages import MOST_PAGE_MS, MOST_TEXT_MS, visit_pages
from bench.desk_questions import Taken, ask_questions
from bench.desk_store import OtherStore, Sizes, desk_store
from bench.gateway_process import gateway_on
from bench.past import DiskTooSmall
from bench.stage import Stage
from gateway.rulebook import load_rulebook
from gateway.store.pool import open_pool

PARTS: Final = ("questions", "pages", "operators")

Figures = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Load, measure, show, print the JSON line."""
    read = read_order(arguments)
    console = Console(stderr=True)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            report = runner.run(measure(read, console))
    except (DiskTooSmall, OtherStore) as error:
        console.print(f"bench-desk: {error}")
        sys.exit(2)
    print(orjson.dumps(report).decode(), flush=True)
    sys.exit(0 if report["holds"] else 1)


def read_order(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read what is asked for from the command line."""
    sizes = Sizes()
    parser = argparse.ArgumentParser(description="A grown store, as operators meet it.")
    parser.add_argument("--transfers", type=int, default=sizes.transfers)
    parser.add_argument("--open", type=int, default=sizes.opened)
    parser.add_argument("--stuck", type=int, default=sizes.stuck)
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--dossiers", type=int, default=9000, help="of one run of the intake")
    parser.add_argument("--pairs", type=int, default=5, help="runs alone and beside operators")
    parser.add_argument("--keep", type=Path, help="a folder for the store, used again")
    parser.add_argument("--only", choices=PARTS, action="append", help="leave the others out")
    return parser.parse_args(arguments)


async def measure(read: argparse.Namespace, console: Console) -> Figures:
    """Measure what is asked for; return the figures of the JSON line."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    sizes = Sizes(read.transfers, read.open, read.stuck)
    report: Figures = {"transfers": sizes.transfers, "open": sizes.opened, "stuck": sizes.stuck}
    wanted = read.only or PARTS
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        async with desk_store(sizes, progress, read.keep) as stage:
            if "questions" in wanted:
                report["questions"] = await _questions(stage, read.times, progress, console)
            if "pages" in wanted:
                report["pages"] = _pages(stage, read.times, progress, console)
            if "operators" in wanted:
                report["operators"] = await run_in_company(
                    stage, dossiers=read.dossiers, pairs=read.pairs, progress=progress
                )
    report["load"] = [round(one, 1) for one in os.getloadavg()]
    report["holds"] = all(report[part]["holds"] for part in wanted)
    return report


async def _questions(stage: Stage, times: int, progress: Progress, console: Console) -> Figures:
    rulebook = load_rulebook("thai-binh-hung-yen", "vn")
    async with open_pool(stage.database_url, size=1, name="bench desk") as pool:
        taken = await ask_questions(pool, rulebook, times, progress)
    told = {name: _told(times) for name, times in taken.items()}
    _show(console, "asked directly; milliseconds", ("median", "p95", "processor", "p95"), told)
    pages = [name for name in told if not name.startswith(("text", "freezes"))]
    texts = [name for name in told if name.startswith("text")]
    page, text = (max(told[name][1] for name in names) for names in (pages, texts))
    return {
        "page_p95_ms": round(page),
        "text_p95_ms": round(text),
        "page_processor_p95_ms": round(max(told[name][3] for name in pages)),
        "text_processor_p95_ms": round(max(told[name][3] for name in texts)),
        "holds": page < MOST_PAGE_MS and text < MOST_TEXT_MS,
        "ms": told,
    }


def _told(times: Sequence[Taken]) -> list[float]:
    waited, worked = [one.waited for one in times], [one.worked for one in times]
    return [*_middle_and_p95(waited), *_middle_and_p95(worked)]


def _pages(stage: Stage, times: int, progress: Progress, console: Console) -> Figures:
    with gateway_on(stage) as process:
        found = visit_pages(stage, process, times, progress)
    told = {f"{one.address} ({one.who})": one.figures() for one in found}
    columns = ("p50_ms", "p95_ms", "p99_ms", "gateway_ms", "database_ms", "kb")
    shown = {name: [one[column] for column in columns] for name, one in told.items()}
    _show(console, "pages over HTTP; milliseconds, KB", columns, shown)
    pages = [one for one in found if one.is_page]
    whole = [one for one in pages if not one.is_text]
    return {
        "visited": len(found),
        "page_p95_ms": round(max(one.p95 for one in whole)),
        "text_p95_ms": round(max((one.p95 for one in pages if one.is_text), default=0.0)),
        "page_processor_ms": round(
            max(median(one.gateway) + median(one.database) for one in whole)
        ),
        "kb": round(max(one.kb for one in pages)),
        "over": [f"{one.address} ({one.who})" for one in found if not one.holds],
        "holds": all(one.holds for one in found),
        "ms": told,
    }


def _show(
    console: Console, title: str, columns: Sequence[str], rows: dict[str, list[float]]
) -> None:
    table = Table(title=title)
    table.add_column("")
    for heading in columns:
        table.add_column(heading, justify="right")
    for name, numbers in rows.items():
        table.add_row(name, *(f"{number:.1f}" for number in numbers))
    console.print(table)


def _middle_and_p95(numbers: Sequence[float]) -> tuple[float, float]:
    p95 = quantiles(numbers, n=20, method="inclusive")[-1] if len(numbers) > 1 else numbers[0]
    return round(median(numbers), 1), round(p95, 1)


if __name__ == "__main__":
    main()
