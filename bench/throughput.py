"""`make bench`: the gateway beside a bare forwarder, in turns, on one broker and one database.

The last line on stdout is JSON; progress and tables go to stderr. Everything runs on private
servers on loopback, which are removed afterwards. docs/benchmarks.md explains every figure.
"""

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import replace

import uvloop
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bench.gateway_process import gateway_on
from bench.http_intake import HttpIntake, measure_http
from bench.plan import HARD_YARDSTICK, YARDSTICK, Plan
from bench.processes import last_line
from bench.report import Comparison, Report
from bench.runs import ForwarderRun, GatewayRun, Runs
from bench.stage import Stage, set_stage

_SCRIPT_WITHIN = 120.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, show, and print the JSON line."""
    console = Console(stderr=True)
    plan = read_plan(arguments, description="Throughput beside a bare forwarder.")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        report = runner.run(_measure(plan, console))
    report.print_on(console)
    print(report.as_json(), flush=True)


def read_plan(arguments: Sequence[str] | None, *, description: str) -> Plan:
    """Read the sizes from the command line."""
    plan = Plan()
    parser = argparse.ArgumentParser(description=description)
    for name in ("dossiers", "alternations", "communes"):
        parser.add_argument(f"--{name}", type=int, default=getattr(plan, name))
    return replace(plan, **vars(parser.parse_args(arguments)))


async def compare(stage: Stage, plan: Plan, progress: Progress, title: str) -> Comparison:
    """Run forwarder and gateway in turns; the publishes per message are measured beforehand."""
    with stage.connect() as connection:
        runs = Runs(stage, plan, connection)
        task = progress.add_task(f"{title}: warms up", total=3 * plan.alternations)
        publishes = (await runs.probe()).publishes_per_message
        forwarder: list[ForwarderRun] = []
        hard: list[ForwarderRun] = []
        gateway: list[GatewayRun] = []
        for _ in range(plan.alternations):
            progress.update(task, description=f"{title}: forwarder")
            forwarder.append(await runs.forwarder(YARDSTICK, publishes))
            progress.update(task, description=f"{title}: hard forwarder", advance=1)
            hard.append(await runs.forwarder(HARD_YARDSTICK, publishes))
            progress.update(task, description=f"{title}: gateway", advance=1)
            gateway.append(await runs.gateway())
            progress.update(task, advance=1)
        progress.update(task, description=title)
    return Comparison(forwarder, hard, gateway)


def progress_on(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )


async def _measure(plan: Plan, console: Console) -> Report:
    with progress_on(console) as progress:
        setting = progress.add_task("starts the private servers", total=1)
        async with set_stage(plan.communes) as stage:
            progress.update(setting, advance=1)
            report = Report(plan, await compare(stage, plan, progress, "throughput"))
            report.http = await _http(stage, plan, progress)
        for name in ("deadlines", "routes"):
            task = progress.add_task(f"{name} per second", total=1)
            line = await asyncio.to_thread(last_line, f"{name}.py", within=_SCRIPT_WITHIN)
            setattr(report, name, line)
            progress.update(task, advance=1)
    return report


async def _http(stage: Stage, plan: Plan, progress: Progress) -> HttpIntake:
    task = progress.add_task(f"HTTP intake, {plan.http_clients} clients", total=1)
    with stage.connect() as connection, gateway_on(stage) as process:
        found = await measure_http(
            process.http,
            stage.database_url,
            stage.communes,
            Runs(stage, plan, connection, first=1_000_000).submissions(),
            clients=plan.http_clients,
            requests=plan.http_requests,
        )
    progress.update(task, advance=1)
    return found


if __name__ == "__main__":
    main()
