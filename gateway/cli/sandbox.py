"""`lienthong sandbox`: a gateway with canned agencies, to write software against."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import orjson
import typer
import uvloop

from gateway.cli.configured import settings_of
from gateway.settings import Settings


def sandbox(
    http_port: Annotated[int, typer.Option(help="0 takes a free one.", min=0, max=65535)] = 0,
    webhook: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where your third office's receiver is, on this machine."),
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep what --json prints here while the sandbox runs."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print everything as one JSON line first.")
    ] = False,
) -> None:
    from gateway.servers import Instance, ServerError

    if webhook is not None and not _is_on_this_machine(webhook):
        typer.echo("lienthong sandbox: --webhook takes http://127.0.0.1:PORT/…", err=True)
        raise typer.Exit(2)
    chosen = settings_of("sandbox", own_servers=True)
    try:
        with Instance.temporary() as servers:
            settings = chosen.model_copy(
                update={
                    "database_url": servers.postgres.url,
                    "amqp_url": servers.rabbitmq.url,
                    "amqp_admin_url": servers.rabbitmq.admin_url,
                    "documents_folder": servers.folder / "documents",
                    "documents_reserve_megabytes": 0,
                    "http_port": http_port,
                    "batch_wait_ms": 2,
                    "backoff_base": 0.2,
                }
            )
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_sandbox(settings, webhook, save, as_json=as_json))
    except (ServerError, OSError) as error:
        typer.echo(f"lienthong sandbox: {error}", err=True)
        raise typer.Exit(1) from error


async def _sandbox(
    settings: Settings, webhook: str | None, save: Path | None, *, as_json: bool
) -> None:
    from gateway.observability.logs import configure_logs
    from gateway.sandbox.playground import WEBHOOK, open_playground
    from gateway.sandbox.playground_text import as_text
    from gateway.store.migrate import upgrade

    configure_logs("CRITICAL")
    assert settings.database_url is not None
    await asyncio.to_thread(upgrade, settings.database_url)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    async with open_playground(settings, webhook=webhook or WEBHOOK) as playground:
        told = playground.as_json()
        with _saved(told, save):
            typer.echo(orjson.dumps(told).decode() if as_json else as_text(told))
            await stop.wait()


def _is_on_this_machine(address: str) -> bool:
    try:
        target = urlsplit(address)
        return (target.scheme, target.hostname) == ("http", "127.0.0.1") and bool(target.port)
    except ValueError:
        return False


@contextmanager
def _saved(told: dict[str, Any], save: Path | None) -> Iterator[None]:
    """Keep the credentials in a file that only its owner reads, for as long as they are good."""
    if save is None:
        yield
        return
    save.unlink(missing_ok=True)
    descriptor = os.open(save, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(orjson.dumps(told) + b"\n")
    try:
        yield
    finally:
        save.unlink(missing_ok=True)
