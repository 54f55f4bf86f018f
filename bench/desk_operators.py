"""Ten operators click while messages come in as fast as they can: what the intake loses by it.

Runs of `make bench` (bench/runs.py) on the grown store, in pairs: alone, and with ten people at the
console of the very same process; who goes first changes. While a phase is prepared the gateway
stands still, and so does the operators' time. `ratio` is the median rate in company over the median
rate alone, `ratio_of_sums` that of all messages over all seconds; `cpu_ms_per_click` is what the
processors spent in company beyond what its messages cost alone, by clicks: streams and looks too.
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import count
from statistics import median, quantiles
from typing import Any, Final

import orjson
from rich.progress import Progress

from bench.desk_pages import DEEP
from bench.desk_visits import browser, sign_in
from bench.gateway_process import GatewayProcess
from bench.plan import Plan
from bench.processes import running
from bench.report import spread
from bench.runs import Company, GatewayRun, Runs
from bench.stage import Stage

OPERATORS: Final = 10
LEAST_RATIO: Final = 0.95
THINK: Final = (3.0, 8.0)
"""Seconds: who reads forty rows and decides does not click every other second (ours)."""
_COMMUNES: Final = 8


@dataclass(slots=True)
class Clicks:
    """What ten people came to in one run or more."""

    seconds: list[tuple[str, float]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    looks: int = 0

    def add(self, told: dict[str, Any]) -> None:
        self.seconds += [(kind, seconds) for kind, seconds in told["clicks"]]
        self.failures += told["failures"]
        self.looks += told["looks"]


class Operators:
    """People at a console, in a process of their own."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def __repr__(self) -> str:
        return f"<Operators in process {self._process.pid}>"

    @contextmanager
    def waits(self) -> Iterator[None]:
        """Have them wait: nobody clicks during the block, and no answer is still to come."""
        self.say("hold")
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        assert said == b"held\n", said
        yield
        self.say("go")

    def say(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n".encode())
        self._process.stdin.flush()

    def leave(self) -> dict[str, Any]:
        """Let them go home; return what they saw."""
        self.say("end")
        assert self._process.stdout is not None
        told: dict[str, Any] = orjson.loads(self._process.stdout.readline())
        return told


@contextmanager
def operators_at(
    process: GatewayProcess, tokens: Sequence[str], clicks: Clicks, turn: int
) -> Iterator[Company]:
    """Let people click at a gateway's console until the block ends."""
    order = {
        "http": process.http,
        "tokens": list(tokens),
        "think": THINK,
        "seed": turn * OPERATORS,
        "retries": True,
    }
    _warm_up(process, tokens[0])
    with running([sys.executable, "-m", "bench.desk_clicking"]) as clicking:
        operators = Operators(clicking)
        operators.say(orjson.dumps(order).decode())
        yield operators
        clicks.add(operators.leave())


def _warm_up(process: GatewayProcess, token: str) -> None:
    """See each kind of page once, as the intake has its warm-up: templates are compiled by then."""
    with browser(process.http, token) as visitor:
        visitor.visit("/console")
        for address in (one for one in DEEP if "cause=undelivered" in one):
            visitor.visit(address)
        dossiers = [one for one in visitor.visit("/console/stuck").links if "/transfers/" in one]
        for address in dossiers[:1]:
            visitor.visit(address)


async def run_in_company(
    stage: Stage, *, dossiers: int, pairs: int, progress: Progress
) -> dict[str, Any]:
    """Run pairs, alone and in company; return the figures."""
    plan = Plan(dossiers=dossiers, alternations=pairs)
    few = stage.communes[-_COMMUNES:]  # nothing is stuck at the last ones
    others = stage.agencies[len(stage.communes) :]
    small = replace(stage, communes=few, agencies=(*(commune.code for commune in few), *others))
    tokens = [sign_in(stage, f"bench-operator-{no}", ("operator",)) for no in range(OPERATORS)]
    clicks, turns = Clicks(), count(_unused() // 100)  # in a store that was kept, another group
    task = progress.add_task("intake", total=2 * pairs)
    alone: list[GatewayRun] = []
    company: list[GatewayRun] = []
    with stage.connect() as connection:
        runs = Runs(small, plan, connection, first=_unused())
        for pair in range(pairs):
            for beside in (False, True) if pair % 2 == 0 else (True, False):
                progress.update(task, description="intake, ten operators" if beside else "intake")
                if beside:
                    beside_it = partial(
                        operators_at, tokens=tokens, clicks=clicks, turn=next(turns)
                    )
                    company.append(await runs.gateway(beside_it))
                else:
                    alone.append(await runs.gateway())
                progress.advance(task)
    return _figures(alone, company, clicks)


def _unused() -> int:
    """Return a number for the first dossier that no run of today had, in a store that was kept."""
    now = datetime.now(UTC)
    return (now.hour * 3600 + now.minute * 60 + now.second) * 100


def _figures(
    alone: Sequence[GatewayRun], company: Sequence[GatewayRun], clicks: Clicks
) -> dict[str, Any]:
    rates = [median(run.per_second for run in runs) for runs in (alone, company)]
    ratio = rates[1] / rates[0]
    kinds = sorted({kind for kind, _ in clicks.seconds})
    waited = {kind: [s * 1000 for one, s in clicks.seconds if one == kind] for kind in kinds}
    return {
        "alone_per_s": round(rates[0]),
        "beside_per_s": round(rates[1]),
        "ratio": round(ratio, 3),
        "ratio_of_sums": round(_all_per_second(company) / _all_per_second(alone), 3),
        "alone_spread": [round(one) for one in spread([run.per_second for run in alone])],
        "beside_spread": [round(one) for one in spread([run.per_second for run in company])],
        "pairs": [
            round(b.per_second / a.per_second, 3) for a, b in zip(alone, company, strict=True)
        ],
        "cpu_ms_per_message": {
            name: [round(_cpu(alone, name), 3), round(_cpu(company, name), 3)]
            for name in alone[0].cpu
        },
        "cpu_ms_per_click": {
            name: round(_beyond(alone, company, name) / max(1, len(clicks.seconds)), 1)
            for name in alone[0].cpu
        },
        "run_seconds": round(median(run.seconds for run in (*alone, *company)), 1),
        "clicks": len(clicks.seconds),
        "clicks_per_s": round(len(clicks.seconds) / sum(run.seconds for run in company), 1),
        "looks": clicks.looks,
        "failures": clicks.failures[:5],
        "click_ms": {
            kind: [round(median(some)), round(_p95(some)), len(some)]
            for kind, some in waited.items()
        },
        "holds": ratio >= LEAST_RATIO and not clicks.failures,
    }


def _cpu(runs: Sequence[GatewayRun], name: str) -> float:
    return median(1000 * run.cpu[name] / run.messages for run in runs)


def _all_per_second(runs: Sequence[GatewayRun]) -> float:
    return sum(run.messages for run in runs) / sum(run.seconds for run in runs)


def _beyond(alone: Sequence[GatewayRun], company: Sequence[GatewayRun], name: str) -> float:
    """Return the milliseconds that runs in company took beyond what their messages cost alone."""
    each = sum(run.cpu[name] for run in alone) / sum(run.messages for run in alone)
    spent = sum(run.cpu[name] - each * run.messages for run in company)
    return 1000 * spent


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]
