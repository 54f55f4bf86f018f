"""`lienthong demo`: the fixed week of a real province, with its own servers, then the balance."""

import asyncio
import signal
import sys
from typing import Annotated

import orjson
import typer
import uvloop
from rich.console import Console

from gateway.cli.configured import settings_of
from gateway.settings import Settings


def demo(
    dossiers: Annotated[int, typer.Option(help="How many dossiers.", min=1, max=5000)] = 300,
    seed: Annotated[int, typer.Option(help="Another seed is another week.")] = 1,
    as_json: Annotated[
        bool, typer.Option("--json", help="End with one JSON line on stdout.")
    ] = False,
) -> None:
    from gateway.servers import Instance, ServerError

    settings = settings_of("demo", own_servers=True)
    console = _console(as_json=as_json)
    try:
        console.print("PostgreSQL, RabbitMQ …", style="dim")
        with Instance.temporary() as servers:
            settings = settings.model_copy(
                update={
                    "database_url": servers.postgres.url,
                    "amqp_url": servers.rabbitmq.url,
                    "amqp_admin_url": servers.rabbitmq.admin_url,
                }
            )
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                balanced = runner.run(_demo(settings, console, dossiers, seed, as_json=as_json))
    except ServerError as error:
        typer.echo(f"lienthong demo: {error}", err=True)
        raise typer.Exit(1) from error
    if not balanced:
        raise typer.Exit(1)


def _console(*, as_json: bool) -> Console:
    """Where people look: stderr when stdout is for a machine; wide without a terminal."""
    console = Console(stderr=as_json)
    return console if console.is_terminal else Console(stderr=as_json, width=150)


async def _demo(
    settings: Settings, console: Console, dossiers: int, seed: int, *, as_json: bool
) -> bool:
    from gateway.observability.logs import configure_logs
    from gateway.sandbox import show
    from gateway.sandbox.demo import demo_settings, run_week
    from gateway.store.migrate import upgrade

    configure_logs("CRITICAL")
    assert settings.database_url is not None
    await asyncio.to_thread(upgrade, settings.database_url)
    async with run_week(demo_settings(settings), console, dossiers, seed) as (result, address):
        show.show_agencies(console, result.taking_part, result.agencies)
        if result.timeline:
            show.show_timeline(console, result.timeline_title, result.timeline)
        show.show_stuck(console, result.stuck)
        show.show_result(console, result.accounts, result.seconds)
        if as_json:
            line = {**result.accounts.as_json(), "seconds": round(result.seconds, 1)}
            sys.stdout.write(orjson.dumps(line).decode() + "\n")
        elif sys.stdin.isatty() and sys.stdout.isatty():
            console.print(f"\nThe gateway stays up at {address} (GET /readyz, /metrics).")
            console.print("Ctrl-C ends it; nothing stays behind.", style="dim")
            await _until_interrupted()
    return result.accounts.lost == 0 and result.accounts.duplicate_effects == 0


async def _until_interrupted() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
