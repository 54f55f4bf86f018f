"""`make bench-grown`: is the gateway as fast with a million finished transfers stored?

Two databases on one server, one empty and one grown, take the same run in turns, so that what the
machine does meanwhile meets both alike. The last line on stdout is JSON. Exit code 1 when the
grown one is more than 20 % slower, 2 when there is no room for it.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import gettempdir
from typing import Any, Final

import orjson
import uvloop
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from bench.past import DiskTooSmall, check_disk, load_past, rows_of, table_sizes
from bench.plan import Plan
from bench.report import spread
from bench.runs import Runs
from bench.stage import Stage, make_database, set_stage

LEAST_RATIO: Final = 0.8


@dataclass(frozen=True, slots=True)
class Growth:
    """What the comparison came to."""

    transfers: int
    rows: int
    load_seconds: float
    sizes_mb: dict[str, float]
    empty_per_s: list[float]
    grown_per_s: list[float]

    @property
    def ratio(self) -> float:
        """The grown database's median rate over the empty one's."""
        return median(self.grown_per_s) / median(self.empty_per_s)

    def as_json(self) -> str:
        return orjson.dumps(
            {
                "empty_per_s": round(median(self.empty_per_s)),
                "grown_per_s": round(median(self.grown_per_s)),
                "ratio": round(self.ratio, 2),
                "empty_spread": [round(rate) for rate in spread(self.empty_per_s)],
                "grown_spread": [round(rate) for rate in spread(self.grown_per_s)],
                "transfers": self.transfers,
                "rows": self.rows,
                "load_seconds": round(self.load_seconds),
                "size_gb": round(sum(self.sizes_mb.values()) / 1000, 2),
                "table_mb": self.sizes_mb,
            }
        ).decode()


def main(arguments: Sequence[str] | None = None) -> None:
    """Load, measure, show, print the JSON line."""
    console = Console(stderr=True)
    plan, transfers = _read(arguments)
    try:
        check_disk(Path(gettempdir()))
    except DiskTooSmall as error:
        console.print(f"bench-grown: {error}")
        sys.exit(2)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        growth = runner.run(_measure(plan, transfers, console))
    _show(growth, console)
    print(growth.as_json(), flush=True)
    if growth.ratio < LEAST_RATIO:
        sys.exit(1)


def _read(arguments: Sequence[str] | None) -> tuple[Plan, int]:
    plan = Plan()
    parser = argparse.ArgumentParser(description="The same bench, empty and grown.")
    parser.add_argument("--transfers", type=int, default=1_000_000)
    parser.add_argument("--dossiers", type=int, default=plan.dossiers)
    parser.add_argument("--alternations", type=int, default=plan.alternations)
    read = parser.parse_args(arguments)
    return replace(plan, dossiers=read.dossiers, alternations=read.alternations), read.transfers


async def _measure(plan: Plan, transfers: int, console: Console) -> Growth:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        async with set_stage(plan.communes, database="empty") as empty:
            grown = replace(empty, database="grown")
            make_database(grown)
            began = time.monotonic()
            rows = await _load(grown, transfers, progress)
            load_seconds = time.monotonic() - began
            rates = await _in_turns(plan, (empty, grown), progress)
            with grown.connect() as connection:
                sizes = table_sizes(connection)
    return Growth(transfers, rows, load_seconds, sizes, rates["empty"], rates["grown"])


async def _load(grown: Stage, transfers: int, progress: Progress) -> int:
    task = progress.add_task(f"loads {transfers:,} transfers", total=rows_of(transfers))
    rows = await asyncio.to_thread(
        load_past,
        grown.database_url,
        transfers,
        on_rows=lambda some: progress.advance(task, some),
    )
    with grown.connect() as connection:
        # What the load left in memory is written out now, not during the measurement.
        connection.execute("CHECKPOINT")
    return rows


async def _in_turns(
    plan: Plan, stages: Sequence[Stage], progress: Progress
) -> dict[str, list[float]]:
    rates: dict[str, list[float]] = {stage.database: [] for stage in stages}
    task = progress.add_task("measures", total=plan.alternations * len(stages))
    for turn in range(plan.alternations):
        # Who goes first changes, so that neither always follows the other.
        for stage in stages if turn % 2 == 0 else stages[::-1]:
            progress.update(task, description=f"measures, {stage.database}")
            with stage.connect() as connection:
                run = await Runs(
                    stage, plan, connection, first=1 + turn * 10 * plan.dossiers
                ).gateway()
            rates[stage.database].append(run.per_second)
            progress.advance(task)
    return rates


def _show(growth: Growth, console: Console) -> None:
    table = Table(title=f"{growth.transfers:,} finished transfers, {growth.rows:,} rows")
    table.add_column("table")
    table.add_column("MB", justify="right")
    for name, size in growth.sizes_mb.items():
        table.add_row(name, f"{size:,.0f}")
    console.print(table)
    facts: dict[str, Any] = orjson.loads(growth.as_json())
    del facts["table_mb"]
    for name, value in facts.items():
        console.print(f"  {name}: {value}")


if __name__ == "__main__":
    main()
