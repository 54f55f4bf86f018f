"""Gateway processes that tests start, hurt and end; each by its own id."""

import asyncio
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import httpx

from tests.stage.nursery import Nursery

STARTS_WITHIN: Final = 30.0


class GatewayProcess:
    """One gateway as a process of its own; its log is kept beside the test."""

    def __init__(
        self, nursery: Nursery, settings: Mapping[str, Any], log: Path, *, clock: str
    ) -> None:
        self.log = log
        self._nursery = nursery
        chosen = {"selftest_minutes": 0, **settings}
        names = {f"LIENTHONG_{name.upper()}": str(value) for name, value in chosen.items()}
        self.pid = nursery.bear({**names, "STAGE_CLOCK": clock}, log)

    def __repr__(self) -> str:
        return f"<GatewayProcess {self.pid}, ended with {self._nursery.end_of(self.pid)}>"

    @property
    def http(self) -> str:
        """Where it listens; known once it is ready."""
        address = self._nursery.address_of(self.pid)
        assert address is not None, "not ready yet"
        return address

    @property
    def runs(self) -> bool:
        return self._nursery.end_of(self.pid) is None

    async def ready(self) -> "GatewayProcess":
        """Return once it takes messages; fail if it ends before."""
        until = asyncio.get_running_loop().time() + STARTS_WITHIN
        while self._nursery.address_of(self.pid) is None:
            assert self.runs, f"ended while starting: {self.tail()}"
            assert asyncio.get_running_loop().time() < until, f"does not start: {self.tail()}"
            await asyncio.sleep(0.02)
        return self

    async def ended(self, within: float) -> int:
        """Wait for its end and return what it ended with: minus the signal, if one killed it."""
        until = asyncio.get_running_loop().time() + within
        while (code := self._nursery.end_of(self.pid)) is None:
            left = until - asyncio.get_running_loop().time()
            assert left > 0, f"still runs after {within:g} s: {self.tail()}"
            await asyncio.sleep(0.02)
        return code

    @property
    def is_stopped(self) -> bool:
        """Whether it stands still under SIGSTOP."""
        status = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2]
        return status.split()[0] == "T"

    async def metric(self, name: str) -> float:
        """Read one number from its metrics."""
        async with httpx.AsyncClient(timeout=5) as http:
            answer = await http.get(f"{self.http}/metrics")
        [line] = [one for one in answer.text.splitlines() if one.startswith(f"{name} ")]
        return float(line.split()[1])

    def signal(self, number: signal.Signals) -> None:
        assert self.runs, f"ended by itself: {self.tail()}"
        os.kill(self.pid, number)

    async def kill(self) -> None:
        """End it as a power failure would."""
        self.signal(signal.SIGKILL)
        await self.ended(10)

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""

    def close(self) -> None:
        """Whatever it does: end it."""
        if self.runs:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
