"""`make bench-reform`: 1 July 2025: every district closes while dossiers are on their way.

A gateway on private servers, its legal clock held at the eve of the reform: open transfers are
brought into every office that closes, through the gateway's own door. At midnight the reform is
applied while closed agencies still answer, new offices submit, and successors go to work. Then the
store is asked whether anything was lost, doubled or left, and every clock is derived from its
ledger. The last line on stdout is JSON; exit code 1 if something that must hold does not.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import psycopg
import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench.eve import EVE, HeldClock, Office, Speaker, offices_of, populate
from bench.left_behind import LeftBehind, look
from bench.midnight import Midnight
from gateway.collector import calm_collector
from gateway.operations import reorganise as use
from gateway.operations.directory_files import read_files
from gateway.operations.runner import ActRunner
from gateway.rulebook import Rulebook, load_rulebook
from gateway.servers import Instance
from gateway.settings import Settings
from gateway.store.migrate import upgrade
from gateway.wiring import Gateway, run_gateway
from routing.data.generators import national
from routing.data.tables import legal_midnight
from routing.directory import read_directory
from routing.reform import Plan, plan_from_directory

REFORM = legal_midnight("2025-07-01")
BASIS = "NQ 202/2025/QH15"
_AMQP_EVERY = 8
"""Each so many-th agency is reached over the broker, up to `_MOST_QUEUES`; others by mailbox."""
_MOST_QUEUES = 60


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for."""

    transfers: int
    directory: str


def main(arguments: Sequence[str] | None = None) -> None:
    """Bring about, apply, look, print the JSON line."""
    order = _read(arguments)
    console = Console(stderr=True)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        report = runner.run(_measure(order, console))
    console.print_json(orjson.dumps(report).decode())
    print(orjson.dumps(report).decode(), flush=True)
    if not report["holds"]:
        sys.exit(1)


async def _measure(order: Order, console: Console) -> dict[str, Any]:
    with Instance.temporary() as servers:
        upgrade(servers.postgres.url)
        return await reform(
            servers.postgres.url, servers.rabbitmq.url, order.transfers, order.directory, console
        )


async def reform(
    database_url: str,
    amqp_url: str | None,
    transfers: int,
    directory: str,
    console: Console,
) -> dict[str, Any]:
    """Play the night on a migrated, empty database; return the report.

    `directory` is `country`, `packaged`, or where files of one are.
    """
    rulebook = _rulebook(directory)
    plan = plan_from_directory(REFORM, BASIS)
    closing = use.closing(plan, rulebook)
    _connect(database_url, rulebook, closing, with_queues=amqp_url is not None)
    clock = HeldClock(EVE)
    settings = Settings(
        database_url=database_url,
        amqp_url=amqp_url,
        selftest_minutes=0,
        database_pool=12,
        remembered_transfers=50_000,
        log_level="ERROR",
    )
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        async with run_gateway(settings, clock=clock, rulebook=rulebook) as gateway:
            calm_collector()
            night = _Night(gateway, clock, plan, closing, transfers, progress)
            return await night.play()


@dataclass(slots=True)
class _Night:
    gateway: Gateway
    clock: HeldClock
    plan: Plan
    closing: list[str]
    transfers: int
    progress: Progress

    async def play(self) -> dict[str, Any]:
        services, began = self.gateway.services, time.monotonic()
        speaker = Speaker(self.gateway, self.clock)
        task = self.progress.add_task("hồ sơ · dossiers on their way", total=self.transfers)
        offices = offices_of(services.rulebook, self.closing, EVE)
        turns = await populate(
            speaker, offices, self.transfers, lambda some: self.progress.advance(task, some)
        )
        populated = time.monotonic() - began
        self.clock.set(REFORM + timedelta(seconds=30))
        closed = frozenset(self.closing)
        midnight = Midnight(
            speaker,
            services.pool,
            self.closing,
            [turn for turn in turns if turn.agency in closed],
            _new_offices(services.rulebook),
            least=min(1000, self.transfers // 10),
        )
        traffic = asyncio.create_task(midnight.run())
        shown, acted, acts = await self._apply()
        midnight.end()
        await traffic
        moved = await self._moved()
        _, _, again = await self._apply()
        moved_again = await self._moved() - moved
        found = await look(
            services.pool, services.rulebook, self.closing, self.transfers + midnight.submitted
        )
        return self._report(
            populated, shown, acted, acts, again, moved_again, midnight, speaker, found
        )

    async def _moved(self) -> int:
        """How many entries tell of a part that was moved."""
        async with self.gateway.services.pool.connection() as connection:
            found = await connection.execute(
                "SELECT count(*) FROM ledger WHERE act IN"
                " ('hop.reorganised', 'transfer.reorganised', 'hop.rerouted')"
                " AND actor LIKE 'operator:%'"
            )
            row = await found.fetchone()
        assert row is not None
        return int(row[0])

    async def _apply(self) -> tuple[dict[str, Any], float, list[dict[str, Any]]]:
        """Show what the plan moves, and move it; return both, and how long moving took."""
        services, began = self.gateway.services, time.monotonic()
        reading = self.progress.add_task("đọc · reads", total=None)
        summary = await use.preview(
            services.pool,
            self.plan,
            services.rulebook,
            on_read=lambda read: self.progress.advance(reading, read),
        )
        view = summary.view(self.plan, services.rulebook)
        view["seconds"] = time.monotonic() - began
        began = time.monotonic()
        order = use.ordered(self.plan, "operator:bench", "1 July 2025")
        frozen = await use.freeze_moves(
            services.pool,
            order,
            self.plan,
            summary,
            services.rulebook,
            now=self.clock.now(),
        )
        moving = self.progress.add_task("chuyển · moves", total=summary.count)
        acts = await use.run_acts(
            services.pool,
            ActRunner(services.pool, services.committer),
            frozen,
            seconds=6 * 3600.0,
            on_acted=lambda acted: self.progress.update(moving, completed=acted),
        )
        return view, time.monotonic() - began, acts

    def _report(
        self,
        populated: float,
        shown: dict[str, Any],
        acted: float,
        acts: list[dict[str, Any]],
        again: list[dict[str, Any]],
        moved_again: int,
        midnight: Midnight,
        speaker: Speaker,
        found: LeftBehind,
    ) -> dict[str, Any]:
        outcomes, twice = _summed(acts), _summed(again)
        items = sum(outcomes.values())
        refused_late = midnight.spoken - midnight.taken
        holds = (
            found.holds
            and outcomes.get("failed", 0) == 0
            and outcomes.get("open", 0) == 0
            and moved_again == 0
            and refused_late == 0
        )
        return {
            "transfers": self.transfers,
            "directory": self.gateway.services.rulebook.directory.version,
            "closing": len(self.closing),
            "apply_seconds": round(acted, 1),
            "transfers_per_s": round(items / acted) if acted else 0,
            **found.figures,
            "preview_seconds": round(shown["seconds"], 1),
            "parts": shown["parts"],
            "waits": shown["waits"],
            "outcomes": outcomes,
            "applied_twice": twice,
            "moved_twice": moved_again,
            "late_answers": midnight.spoken,
            "late_answers_refused": refused_late,
            "submitted_meanwhile": midnight.submitted,
            "received_meanwhile": midnight.received,
            "messages_refused": speaker.refused,
            "populate_seconds": round(populated, 1),
            "faults": found.faults,
            "clocks": found.clocks,
            "clock_differences": found.differences,
            "holds": holds,
        }


def _summed(acts: list[dict[str, Any]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for act in acts:
        for outcome, number in act["outcomes"].items():
            sums[outcome] = sums.get(outcome, 0) + number
    return sums


def _rulebook(directory: str) -> Rulebook:
    rulebook = load_rulebook("thai-binh-hung-yen", "vn")
    if directory == "packaged":
        return rulebook
    sheets = national.sheets() if directory == "country" else read_files(Path(directory))
    read = read_directory(sheets, rulebook.units)
    return rulebook.ruled_by(read.directory(rulebook.units))


def _connect(
    database_url: str, rulebook: Rulebook, closing: Sequence[str], *, with_queues: bool
) -> None:
    """Give every agency of both eras a road: mostly a mailbox, some a queue."""
    codes = sorted({*closing, *(row.code for row in rulebook.directory.in_force(REFORM))})
    queues = set(codes[::_AMQP_EVERY][:_MOST_QUEUES]) if with_queues else set()
    rows = [(code, "amqp" if code in queues else "mailbox") for code in codes]
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.cursor().executemany(
            "INSERT INTO endpoints (agency, connector, concurrency) VALUES (%s, %s, 250)", rows
        )


def _new_offices(rulebook: Rulebook) -> list[Office]:
    codes = [row.code for row in rulebook.directory.in_force(REFORM) if row.valid_from == REFORM]
    return offices_of(rulebook, sorted(codes), REFORM + timedelta(minutes=30))


def _read(arguments: Sequence[str] | None) -> Order:
    parser = argparse.ArgumentParser(prog="python -m bench.reform", description=__doc__)
    parser.add_argument("--transfers", type=int, default=200_000, help="open on the eve")
    parser.add_argument(
        "--directory", default="country", help="`country`, `packaged`, or where one's files are"
    )
    chosen = parser.parse_args(arguments)
    return Order(chosen.transfers, chosen.directory)


if __name__ == "__main__":
    main()
