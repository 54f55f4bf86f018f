"""`lienthong serve`: run a gateway process until it is told to stop.

Without a configured database and broker it starts its own, privately, and keeps their data
(development only). SIGTERM and SIGINT stop it gracefully: no new messages, what was taken is
committed, what is owed is sent or left to the next process.
"""

import asyncio
import signal
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
import uvloop

from gateway.cli.configured import settings_of
from gateway.settings import Settings, without_user

if TYPE_CHECKING:
    from gateway.api.bell import MailboxBell


def serve(
    http_port: Annotated[
        int | None, typer.Option(help="TCP port; 0 takes a free one.", min=0, max=65535)
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print where it listens as one JSON line.")
    ] = False,
) -> None:
    settings = settings_of("serve")
    if http_port is not None:
        settings = settings.model_copy(update={"http_port": http_port})
    with ExitStack() as stack:
        if settings.database_url is None or settings.amqp_url is None:
            settings = _with_own_servers(settings, stack)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(settings, as_json=as_json))


def _with_own_servers(settings: Settings, stack: ExitStack) -> Settings:
    from gateway.servers import Instance, ServerError
    from gateway.servers.whereabouts import told

    try:
        servers = stack.enter_context(Instance.persistent())
    except ServerError as error:
        typer.echo(f"lienthong serve: {error}", err=True)
        raise typer.Exit(1) from error
    stack.enter_context(
        told(
            servers.folder,
            database_url=servers.postgres.url,
            amqp_url=servers.rabbitmq.url,
            amqp_admin_url=servers.rabbitmq.admin_url,
        )
    )
    return settings.model_copy(
        update={
            "database_url": settings.database_url or servers.postgres.url,
            "amqp_url": settings.amqp_url or servers.rabbitmq.url,
            "amqp_admin_url": settings.amqp_admin_url or servers.rabbitmq.admin_url,
            "documents_folder": settings.documents_folder or servers.folder / "documents",
        }
    )


async def _serve(settings: Settings, *, as_json: bool) -> None:
    from gateway.api.app import create_app
    from gateway.collector import calm_collector
    from gateway.console.screens.reports import today_of
    from gateway.http_server import listen, serve_http
    from gateway.observability.logs import configure_logs
    from gateway.store.migrate import upgrade
    from gateway.wiring import run_gateway

    configure_logs(settings.log_level)
    assert settings.database_url is not None
    await asyncio.to_thread(upgrade, settings.database_url)
    listener = listen(settings.http_host, settings.http_port)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with run_gateway(settings) as gateway:
        calm_collector()
        host, port = listener.getsockname()[:2]
        where = {"http": f"http://{host}:{port}", "amqp": without_user(settings.amqp_url)}
        if as_json:
            typer.echo(orjson.dumps(where).decode())
        else:
            typer.echo(f"Liên Thông listens on {where['http']}  (Ctrl-C stops it)")
        app = create_app(gateway.services)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_let_go(app.state.lienthong.bell, stop))
            tasks.create_task(app.state.console.state.pulse.warm())
            tasks.create_task(
                app.state.console.state.overviews.keep_warm(
                    partial(today_of, app.state.lienthong), stop
                )
            )
            await serve_http(app, listener, stop)
            stop.set()


async def _let_go(bell: "MailboxBell", stop: asyncio.Event) -> None:
    """Answer the long polls at once when it is time to stop."""
    await stop.wait()
    bell.close()
