"""The gateway under measurement: one `lienthong serve` process on the stage, everything on."""

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import orjson

from bench.processes import cpu_seconds, memory_mb, running
from bench.stage import Stage

_COMMAND: Final = (
    sys.executable,
    "-c",
    "from gateway.cli import main; main()",
    "serve",
    "--json",
    "--http-port",
    "0",
)
_READY_WITHIN: Final = 30.0


@dataclass(frozen=True, slots=True)
class GatewayProcess:
    """A running gateway and where its HTTP server listens."""

    pid: int
    http: str

    @property
    def cpu(self) -> float:
        return cpu_seconds(self.pid)

    @property
    def memory_mb(self) -> dict[str, float]:
        return memory_mb(self.pid)


@contextmanager
def gateway_on(stage: Stage, **settings: str) -> Iterator[GatewayProcess]:
    """Run a gateway until the block ends; it is ready when the block begins."""
    with running(_COMMAND, environment={**stage.environment, **settings}) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"the gateway ended with {process.wait()} while starting")
        where = orjson.loads(line)
        _wait_until_ready(where["http"], process)
        yield GatewayProcess(process.pid, where["http"])


def _wait_until_ready(url: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _READY_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the gateway ended with {process.returncode} while starting")
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the gateway was not ready after {_READY_WITHIN:.0f} s")
