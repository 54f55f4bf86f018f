"""The demo: the fixed week, from the first counter to the last receipt, on a stepped clock."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.console import Console

from gateway.api.app import create_app
from gateway.clock import SteppedClock
from gateway.collector import calm_collector
from gateway.http_server import listen, serve_http
from gateway.operations.causes import Cause
from gateway.operations.stuck import Asking, Stuck, list_stuck
from gateway.operations.stuck_filter import StuckFilter
from gateway.sandbox.accounts import Accounts, count
from gateway.sandbox.conductor import Conductor, GridWake
from gateway.sandbox.nonsense import send_nonsense
from gateway.sandbox.participants import Participant, participants
from gateway.sandbox.show import WeekView
from gateway.sandbox.town import Town, open_town
from gateway.sandbox.week import ENDS_AT, GRID, STARTS_AT, HandIn, behaviour_of, hand_ins
from gateway.settings import Settings
from gateway.store.pool import Pool
from gateway.store.sql import statement
from gateway.wiring import Gateway, run_gateway


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What came of the week, for a person and for a machine."""

    accounts: Accounts
    seconds: float
    taking_part: Sequence[Participant]
    agencies: Sequence[tuple[Any, ...]]
    stuck: Sequence[Stuck]
    timeline_title: str
    timeline: Sequence[tuple[Any, ...]]


def demo_settings(settings: Settings) -> Settings:
    """Shorten machine times: nobody waits a minute for a simulated outage."""
    return settings.model_copy(
        update={
            "backoff_base": 0.05,
            "backoff_cap": 2.0,
            "breaker_seconds": 0.5,
            "batch_wait_ms": 2,
            "http_port": 0,
            "selftest_minutes": 0,
        }
    )


@asynccontextmanager
async def run_week(
    settings: Settings, console: Console, dossiers: int, seed: int
) -> AsyncIterator[tuple[DemoResult, str]]:
    """Run the fixed week against the configured servers and count it from both ends.

    Yields the result and the address of the HTTP API; the gateway runs until the block ends.
    """
    began = time.monotonic()
    clock = SteppedClock(STARTS_AT, ENDS_AT)
    async with AsyncExitStack() as stack:
        gateway = await stack.enter_async_context(run_gateway(settings, clock=clock))
        calm_collector()
        services = gateway.services
        base_url = await serve_api(stack, gateway)
        taking_part = participants(services.rulebook.directory, STARTS_AT)
        week = hand_ins(taking_part, dossiers, seed)
        town = await stack.enter_async_context(
            open_town(
                settings,
                services.pool,
                base_url,
                taking_part,
                behaviour_of=lambda one: behaviour_of(one, seed),
                wake=GridWake(clock, GRID),
            )
        )
        await gateway.refresh_endpoints()
        counter = asyncio.create_task(_citizens(clock, town, week))
        conductor = Conductor(clock, gateway, services.pool, lambda: town.in_flight)
        with WeekView(console, len(week)) as view:
            await _conduct(conductor, services.pool, view, clock)
        counter.cancel()
        await send_nonsense(town, taking_part)
        wanted = StuckFilter(causes=tuple(set(Cause) - {Cause.DUE_SOON}))
        asking = Asking.of(services.rulebook, clock.now(), wanted)
        stuck = await list_stuck(services.pool, asking, limit=10_000)
        accounts = await count(
            services.pool,
            {code: agency.record for code, agency in town.agencies.items()},
            [(one.office, one.code) for one in week],
            {str(one.transfer) for one in stuck if one.transfer is not None},
        )
        agencies, title, timeline = await _stories(services.pool)
        seconds = time.monotonic() - began
        result = DemoResult(accounts, seconds, taking_part, agencies, stuck, title, timeline)
        yield result, base_url


async def serve_api(stack: AsyncExitStack, gateway: Gateway, *, port: int = 0) -> str:
    """Serve the HTTP API until the stack unwinds; return its address."""
    app = create_app(gateway.services)
    listener = listen("127.0.0.1", port)
    stop = asyncio.Event()
    serving = asyncio.create_task(serve_http(app, listener, stop))

    async def end() -> None:
        app.state.lienthong.bell.close()
        stop.set()
        await serving

    stack.push_async_callback(end)
    host, port = listener.getsockname()[:2]
    return f"http://{host}:{port}"


async def _citizens(clock: SteppedClock, town: Town, week: Sequence[HandIn]) -> None:
    for one in week:
        await clock.until(one.at)
        town.one_stops[one.office].submit(one.code, one.submission)


async def _conduct(conductor: Conductor, pool: Pool, view: WeekView, clock: SteppedClock) -> None:
    done = asyncio.Event()

    async def watch() -> None:
        while not done.is_set():
            view.update(clock.now(), await _progress(pool))
            try:
                async with asyncio.timeout(0.4):
                    await done.wait()
            except TimeoutError:
                continue

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(watch())
        await conductor.conduct(_nothing)
        done.set()
    view.update(clock.now(), await _progress(pool))


def _nothing(_: datetime) -> None:
    """Progress is shown on a timer of its own."""


async def _progress(pool: Pool) -> dict[str, int]:
    async with pool.connection() as connection:
        found = await connection.execute(statement("count_progress"), prepare=True)
        row = await found.fetchone()
    assert row is not None
    return dict(zip(("submitted", "open", "done", "breached", "stuck"), row, strict=True))


async def _stories(
    pool: Pool,
) -> tuple[Sequence[tuple[Any, ...]], str, Sequence[tuple[Any, ...]]]:
    async with pool.connection() as connection:
        agencies = await (await connection.execute(statement("sum_up_agencies"))).fetchall()
        story = await (await connection.execute(statement("find_eventful_transfer"))).fetchone()
        if story is None:
            return agencies, "", []
        timeline = await connection.execute(statement("list_ledger"), (story[0],))
        return agencies, f"Hồ sơ · dossier {story[2]} ({story[3]})", await timeline.fetchall()
