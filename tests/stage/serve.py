"""A gateway process on a stage: what `lienthong serve` runs, with the stage's legal clock."""

import asyncio
import os
import signal
from collections.abc import Callable
from typing import Any

import uvloop

from gateway.api.app import create_app
from gateway.http_server import listen, serve_http
from gateway.observability.logs import configure_logs
from gateway.settings import Settings
from gateway.wiring import run_gateway
from tests.stage.clock import PassingClock


def serve(ready: Callable[[str], Any]) -> None:
    """Run a gateway as the environment says until SIGTERM; say where it listens once it does."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(ready))


async def _serve(ready: Callable[[str], Any]) -> None:
    settings = Settings()
    configure_logs(settings.log_level)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    clock = PassingClock.read(os.environ["STAGE_CLOCK"])
    async with run_gateway(settings, clock=clock) as gateway:
        listener = listen(settings.http_host, settings.http_port)
        ready("http://{}:{}".format(*listener.getsockname()))
        await serve_http(create_app(gateway.services), listener, stop)
