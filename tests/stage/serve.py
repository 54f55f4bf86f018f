"""A gateway process on a stage: what `lienthong serve` runs, with the stage's legal clock."""

import asyncio
import os
import signal
from collections.abc import Callable
from typing import Any

import uvloop

from gateway import wiring
from gateway.api.app import create_app
from gateway.broker import consumer
from gateway.commit.items import Incoming
from gateway.crash_points import CrashPoint
from gateway.http_server import listen, serve_http
from gateway.intake.reading import read_message
from gateway.observability.logs import configure_logs
from gateway.settings import Settings
from tests.stage.clock import PassingClock


def serve(ready: Callable[[str], Any]) -> None:
    """Run a gateway as the environment says until SIGTERM; say where it listens once it does."""
    if dies_of := os.environ.get("LIENTHONG_DIES_OF"):
        _die_of(dies_of.encode())
    if stop_at := os.environ.get("LIENTHONG_STOP_AT"):
        _stop_at(stop_at)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(ready))


async def _serve(ready: Callable[[str], Any]) -> None:
    settings = Settings()
    configure_logs(settings.log_level)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    clock = PassingClock.read(os.environ["STAGE_CLOCK"])
    async with wiring.run_gateway(settings, clock=clock) as gateway:
        listener = listen(settings.http_host, settings.http_port)
        ready("http://{}:{}".format(*listener.getsockname()))
        await serve_http(create_app(gateway.services), listener, stop)


def _stop_at(setting: str) -> None:
    """Make the process stop (SIGSTOP) at a named place, once, instead of dying there."""
    name, _, times = setting.partition(":")
    left = [int(times or 1)]

    def stop(point: CrashPoint) -> None:
        if point == name:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGSTOP)

    vars(wiring)["armed"] = lambda _: stop


def _die_of(words: bytes) -> None:
    """Make reading a message with these words kill the process, as a fault in a C library would."""

    def read_or_die(incoming: Incoming, *rules: Any) -> Any:
        if words in incoming.body:
            os.kill(os.getpid(), signal.SIGKILL)
        return read_message(incoming, *rules)

    vars(consumer)["read_message"] = read_or_die
