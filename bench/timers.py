"""`make bench-timers`: do timers fire in time with a million clocks open?

Two databases on one server, one with 10,000 open transfers and one with a million, take turns. In
each run a thousand clocks a second fall due, half of them warnings and half breaches, and one or
two real gateway processes keep time. Lag is from a timer's instant until its notice is written in
the transaction that fires it. Cost is processor time of the gateways and the database per timer,
and the time of the sweep's own query. Agencies have mailboxes: what is measured is keeping time,
not sending. The last line on stdout is JSON; exit code 1 if something that must hold does not.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any, Final

import orjson
import psycopg
import uvloop
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bench.gateway_process import GatewayProcess, gateway_on
from bench.open_transfers import Due, load_open, rows_of_open
from bench.processes import cpu_seconds
from bench.stage import Stage, make_database, set_stage
from gateway.rulebook import Rulebook, load_rulebook
from gateway.store.sql import statement

FEW: Final = 10_000
MOST_LAG_SECONDS: Final = 1.0
MOST_RATIO: Final = 1.2
_FAR: Final = timedelta(days=20)
_SETTLES: Final = 3.0
"""Seconds between loading what falls due and the first of it: the gateways are idle by then."""
_LAST: Final = 20.0
"""Seconds after the last instant within which everything must have fired."""

_LAGS: Final = """
SELECT extract(epoch FROM d.at - l.at)::float
FROM (
    SELECT l.transfer_id, l.seq, l.legal_at
        + CASE l.act WHEN 'clock.breached' THEN %(grace)s ELSE interval '0' END AS at
    FROM ledger l
    WHERE l.transfer_id = ANY(%(ids)s)
) l
JOIN LATERAL (
    SELECT max(d.next_attempt_at) AS at FROM deliveries d WHERE d.transfer_id = l.transfer_id
) d ON true
ORDER BY 1
"""
_OPEN: Final = "SELECT count(*) FROM transfers WHERE next_timer_at <= %s"


@dataclass(frozen=True, slots=True)
class Run:
    """One measured run."""

    clocks: int
    timekeepers: int
    fired: int
    missed: int
    doubled: int
    p50: float
    p99: float
    most: float
    cpu_ms_per_timer: float
    gateway_cpu_ms_per_timer: float


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for."""

    many: int
    rate: int
    seconds: int
    rounds: int


def main(arguments: Sequence[str] | None = None) -> None:
    """Load, measure, show, print the JSON line."""
    order = _read(arguments)
    console = Console(stderr=True)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        report = runner.run(_measure(order, console))
    print(orjson.dumps(report).decode(), flush=True)
    if not report["holds"]:
        sys.exit(1)


async def _measure(order: Order, console: Console) -> dict[str, Any]:
    began = time.monotonic()
    rulebook = load_rulebook("thai-binh-hung-yen", "vn")
    async with set_stage(1, database="few") as few:
        many = replace(few, database="many")
        make_database(many)
        for stage, clocks in ((few, FEW), (many, order.many)):
            with stage.connect() as connection:
                connection.execute("UPDATE endpoints SET connector = 'mailbox'")
            _load(stage, clocks, rulebook, console)
        loaded = time.monotonic() - began
        sweeps = {stage.database: [_sweep_ms(stage)] for stage in (few, many)}
        runs: list[Run] = []
        series = 1
        for _ in range(order.rounds):
            for timekeepers in (1, 2):
                for stage, clocks in ((few, FEW), (many, order.many)):
                    run = _run(stage, clocks, timekeepers, order, rulebook, series)
                    series += 1
                    runs.append(run)
                    _show(console, run)
                    sweeps[stage.database].append(_sweep_ms(stage))
    return _report(order, runs, sweeps, loaded)


def _run(
    stage: Stage, clocks: int, timekeepers: int, order: Order, rulebook: Rulebook, series: int
) -> Run:
    timers = order.rate * order.seconds
    with ExitStack() as stack:
        gateways = [stack.enter_context(gateway_on(stage)) for _ in range(timekeepers)]
        loading = time.monotonic()
        # The load itself takes a moment, which grows with it.
        first = datetime.now(UTC) + timedelta(seconds=_SETTLES + timers / 5000)
        due = Due(first, timedelta(seconds=1) / order.rate, series)
        load_open(stage.database_url, timers, due, rulebook, stage.communes[0], fresh=False)
        assert datetime.now(UTC) < first, f"loaded in {time.monotonic() - loading:.1f} s: too late"
        last = first + timers * due.step
        _sleep_until(first)
        with _cpu(stage, gateways) as used:
            _sleep_until(last)
            with stage.connect() as connection:
                until = time.monotonic() + _LAST
                while time.monotonic() < until and _count(connection, _OPEN, last):
                    time.sleep(0.05)
    return _judged(stage, clocks, timekeepers, timers, due, rulebook, used)


def _judged(
    stage: Stage,
    clocks: int,
    timekeepers: int,
    timers: int,
    due: Due,
    rulebook: Rulebook,
    used: dict[str, float],
) -> Run:
    ids = [due.id_of(n) for n in range(1, timers + 1)]
    with stage.connect() as connection:
        found = connection.execute(_LAGS, {"ids": ids, "grace": rulebook.policies.grace})
        lags = [row[0] for row in found.fetchall()]
        distinct = _count(
            connection,
            "SELECT count(DISTINCT transfer_id) FROM ledger WHERE transfer_id = ANY(%s)",
            ids,
        )
    return Run(
        clocks=clocks,
        timekeepers=timekeepers,
        fired=len(lags),
        missed=timers - distinct,
        doubled=len(lags) - distinct,
        p50=_share(lags, 0.5),
        p99=_share(lags, 0.99),
        most=lags[-1] if lags else float("inf"),
        cpu_ms_per_timer=sum(used.values()) * 1000 / timers,
        gateway_cpu_ms_per_timer=used["gateways"] * 1000 / timers,
    )


def _sweep_ms(stage: Stage, times: int = 200) -> float:
    """Return how long a sweep's query takes when nothing is due: what each round costs at least."""
    query, took = statement("claim_due_transfers"), []
    with stage.connect() as connection:
        connection.execute("SET plan_cache_mode = force_custom_plan")
        for _ in range(times):
            began = time.perf_counter()
            connection.execute(query, (datetime.now(UTC) - _FAR, 250), prepare=True).fetchall()
            took.append(time.perf_counter() - began)
    return median(took) * 1000


def _load(stage: Stage, clocks: int, rulebook: Rulebook, console: Console) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(f"{clocks:,} open clocks", total=rows_of_open(clocks))
        due = Due(datetime.now(UTC) + _FAR, timedelta(seconds=1), 0)
        load_open(
            stage.database_url,
            clocks,
            due,
            rulebook,
            stage.communes[0],
            fresh=True,
            on_rows=lambda rows: progress.advance(task, rows),
        )
    with stage.connect() as connection:
        connection.execute("CHECKPOINT")


@contextmanager
def _cpu(stage: Stage, gateways: Sequence[GatewayProcess]) -> Iterator[dict[str, float]]:
    """Measure the processor time of both sides during the block."""
    postgres = stage.servers.postgres.process.pid
    before = sum(one.cpu for one in gateways), cpu_seconds(postgres)
    used: dict[str, float] = {}
    yield used
    used["gateways"] = sum(one.cpu for one in gateways) - before[0]
    used["postgres"] = cpu_seconds(postgres) - before[1]


def _report(
    order: Order, runs: Sequence[Run], sweeps: dict[str, list[float]], loaded: float
) -> dict[str, Any]:
    few = [run.cpu_ms_per_timer for run in runs if run.clocks == FEW]
    many = [run.cpu_ms_per_timer for run in runs if run.clocks != FEW]
    p99 = max(run.p99 for run in runs if run.clocks != FEW)
    cost_ratio = median(many) / median(few)
    sweep = {name: median(took) for name, took in sweeps.items()}
    sweep_ratio = sweep["many"] / sweep["few"]
    once = all(run.missed == 0 and run.doubled == 0 for run in runs)
    holds = once and p99 < MOST_LAG_SECONDS and cost_ratio <= MOST_RATIO
    return {
        "lag_p99_s": round(p99, 3),
        "cost_ratio": round(cost_ratio, 2),
        "sweep_ratio": round(sweep_ratio, 2),
        "once_each": once,
        "holds": holds,
        "timers_per_s": order.rate,
        "seconds": order.seconds,
        "open_clocks": order.many,
        "sweep_ms": {name: round(took, 3) for name, took in sweep.items()},
        "load_seconds": round(loaded),
        "busy": [round(one, 2) for one in os.getloadavg()],
        "runs": [
            {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(run).items()}
            for run in runs
        ],
    }


def _show(console: Console, run: Run) -> None:
    table = Table(show_header=False, box=None)
    table.add_row(
        f"{run.clocks:>9,} clocks, {run.timekeepers} timekeeper(s)",
        f"lag p50 {run.p50:.3f}  p99 {run.p99:.3f}  max {run.most:.3f} s",
        f"{run.cpu_ms_per_timer:.2f} ms CPU a timer ({run.gateway_cpu_ms_per_timer:.2f} gateway)",
        f"missed {run.missed}, doubled {run.doubled}",
    )
    console.print(table)


def _share(lags: Sequence[float], share: float) -> float:
    return lags[min(len(lags) - 1, int(len(lags) * share))] if lags else float("inf")


def _count(connection: psycopg.Connection[Any], query: Any, parameter: Any) -> int:
    row = connection.execute(query, (parameter,)).fetchone()
    assert row is not None
    return int(row[0])


def _sleep_until(instant: datetime) -> None:
    time.sleep(max(0.0, (instant - datetime.now(UTC)).total_seconds()))


def _read(arguments: Sequence[str] | None) -> Order:
    parser = argparse.ArgumentParser(prog="python -m bench.timers", description=__doc__)
    parser.add_argument("--clocks", type=int, default=1_000_000, help="open in the large database")
    parser.add_argument("--rate", type=int, default=1000, help="timers that fall due each second")
    parser.add_argument("--seconds", type=int, default=20, help="of each run")
    parser.add_argument("--rounds", type=int, default=1, help="of four runs each")
    chosen = parser.parse_args(arguments)
    return Order(chosen.clocks, chosen.rate, chosen.seconds, chosen.rounds)


if __name__ == "__main__":
    main()
