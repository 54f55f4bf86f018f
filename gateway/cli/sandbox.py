"""`lienthong sandbox`: a gateway with canned agencies, to write software against."""

import asyncio
import signal
from typing import Annotated

import orjson
import typer
import uvloop

from gateway.cli.configured import settings_of
from gateway.settings import Settings


def sandbox(
    http_port: Annotated[int, typer.Option(help="0 takes a free one.", min=0, max=65535)] = 0,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print everything as one JSON line first.")
    ] = False,
) -> None:
    from gateway.servers import Instance, ServerError

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
                runner.run(_sandbox(settings, as_json=as_json))
    except (ServerError, OSError) as error:
        typer.echo(f"lienthong sandbox: {error}", err=True)
        raise typer.Exit(1) from error


async def _sandbox(settings: Settings, *, as_json: bool) -> None:
    from gateway.observability.logs import configure_logs
    from gateway.sandbox.playground import open_playground
    from gateway.sandbox.playground_text import as_text
    from gateway.store.migrate import upgrade

    configure_logs("CRITICAL")
    assert settings.database_url is not None
    await asyncio.to_thread(upgrade, settings.database_url)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    async with open_playground(settings) as playground:
        typer.echo(
            orjson.dumps(playground.as_json()).decode()
            if as_json
            else as_text(playground.as_json())
        )
        await stop.wait()
