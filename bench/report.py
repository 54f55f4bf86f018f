"""Figures out of runs: medians and spread for people, and one JSON line for machines."""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, Final

import orjson
from rich.console import Console
from rich.table import Table

from bench.http_intake import HttpIntake
from bench.plan import PROCEDURE, Plan
from bench.runs import ForwarderRun, GatewayRun


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both sides of one measurement, run in turns."""

    forwarder: Sequence[ForwarderRun]
    hard: Sequence[ForwarderRun]
    gateway: Sequence[GatewayRun]

    @property
    def forwarder_per_s(self) -> float:
        return median(run.per_second for run in self.forwarder)

    @property
    def hard_per_s(self) -> float:
        return median(run.per_second for run in self.hard)

    @property
    def gateway_per_s(self) -> float:
        return median(run.per_second for run in self.gateway)

    @property
    def ratio(self) -> float:
        """The ratio of the medians."""
        return self.gateway_per_s / self.forwarder_per_s

    @property
    def phases(self) -> dict[str, float]:
        """The median rate of each phase, in messages per second."""
        return {
            name: median(
                run.phases[name].messages / run.phases[name].seconds for run in self.gateway
            )
            for name in self.gateway[0].phases
        }

    @property
    def cpu_ms_per_message(self) -> dict[str, float]:
        """The median processor time per message, by whose it is."""
        return {
            name: median(1000 * run.cpu[name] / run.messages for run in self.gateway)
            for name in self.gateway[0].cpu
        }


@dataclass(slots=True)
class Report:
    """Everything one `make bench` found out."""

    plan: Plan
    comparison: Comparison
    http: HttpIntake | None = None
    deadlines: dict[str, Any] = field(default_factory=dict)
    routes: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> str:
        return orjson.dumps(_rounded(self._figures())).decode()

    def _figures(self) -> dict[str, Any]:
        found, gateway = self.comparison, self.comparison.gateway
        published = sum(run.publishes for run in gateway)
        return {
            "forwarder_per_s": found.forwarder_per_s,
            "gateway_per_s": found.gateway_per_s,
            "ratio": found.ratio,
            "hard_forwarder_per_s": found.hard_per_s,
            "hard_ratio": found.gateway_per_s / found.hard_per_s,
            "forwarder_spread": spread([run.per_second for run in found.forwarder]),
            "hard_forwarder_spread": spread([run.per_second for run in found.hard]),
            "gateway_spread": spread([run.per_second for run in found.gateway]),
            "phases_per_s": found.phases,
            "procedure": PROCEDURE,
            "alternations": len(gateway),
            "messages_per_run": self.plan.messages,
            "message_bytes": self.plan.message_size,
            "rows_per_message": median(run.rows_per_message for run in gateway),
            "publishes_per_message": median(run.publishes_per_message for run in gateway),
            "bytes_per_publish": sum(run.published_bytes for run in gateway) / published,
            "wal_bytes_per_message": median(run.wal_per_message for run in gateway),
            "cpu_ms_per_message": found.cpu_ms_per_message,
            "delivered_twice": sum(run.received_twice for run in gateway),
            "gateway_memory_mb": median(run.memory_mb["peak"] for run in gateway),
            "http": asdict(self.http) if self.http else None,
            "deadlines_per_s": self.deadlines.get("due_per_s"),
            "routes_per_s": self.routes.get("routes_per_s"),
            "cores": os.cpu_count(),
        }

    def print_on(self, console: Console) -> None:
        """Show people what the JSON line says."""
        figures = _rounded(self._figures())
        table = Table(title="Messages per second, in turns on one broker and database")
        for heading in (
            "run",
            "forwarder/s",
            "hard one/s",
            "gateway/s",
            "ratio",
            *self.comparison.phases,
        ):
            table.add_column(heading, justify="right")
        turns = zip(
            self.comparison.forwarder, self.comparison.hard, self.comparison.gateway, strict=True
        )
        for no, (forwarder, hard, gateway) in enumerate(turns, 1):
            rates = [w.messages / w.seconds for w in gateway.phases.values()]
            ratio = gateway.per_second / forwarder.per_second
            table.add_row(
                str(no),
                f"{forwarder.per_second:,.0f}",
                f"{hard.per_second:,.0f}",
                f"{gateway.per_second:,.0f}",
                f"{ratio:.2f}",
                *(f"{rate:,.0f}" for rate in rates),
            )
        found = self.comparison
        table.add_section()
        table.add_row(
            "median",
            f"{found.forwarder_per_s:,.0f}",
            f"{found.hard_per_s:,.0f}",
            f"{found.gateway_per_s:,.0f}",
            f"{found.ratio:.2f}",
            *(f"{rate:,.0f}" for rate in found.phases.values()),
        )
        console.print(table)
        facts = Table(show_header=False, box=None)
        for name, value in figures.items():
            if name not in _IN_THE_TABLE:
                facts.add_row(name, str(value))
        console.print(facts)


_IN_THE_TABLE: Final = ("forwarder_per_s", "gateway_per_s", "ratio", "phases_per_s")


def spread(values: Sequence[float]) -> list[float]:
    """Return the least and the greatest."""
    return [min(values), max(values)]


def _rounded(value: Any) -> Any:
    match value:
        case float():
            return round(value, 2) if abs(value) < 100 else round(value)
        case dict():
            return {name: _rounded(member) for name, member in value.items()}
        case list():
            return [_rounded(member) for member in value]
        case _:
            return value
