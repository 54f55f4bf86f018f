"""The one loop behind every background duty: interval with jitter, wake, graceful stop.

A round that fails is logged and tried again after a pause that grows; it never ends the duty.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()

_JITTER = 0.15


class Loop:
    """Run `round_` again and again until stopped.

    `round_` returns True when there may be more work at once. `wake()` cuts a wait short;
    `stop()` lets the running round finish. `last_success` (monotonic seconds) is what readiness
    looks at.
    """

    def __init__(
        self, name: str, round_: Callable[[], Awaitable[bool]], *, interval: float
    ) -> None:
        self.name = name
        self.interval = interval
        self.last_success = time.monotonic()
        self.failures = 0
        self._round = round_
        self._wake = asyncio.Event()
        self._stopping = False

    def __repr__(self) -> str:
        return f"<Loop {self.name} every {self.interval:g} s, failures {self.failures}>"

    def wake(self) -> None:
        self._wake.set()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()

    def is_well(self, *, within: float) -> bool:
        """Whether a round succeeded within so many seconds of when it was due.

        A duty with a long interval is not unwell while it waits; one whose round failed is due.
        """
        waits = 0.0 if self.failures else self.interval * (1 + _JITTER)
        return time.monotonic() - self.last_success <= within + waits

    async def run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                more = await self._round()
            except Exception as error:
                self.failures += 1
                log.error(
                    "duty.failed", duty=self.name, error=type(error).__name__, detail=str(error)
                )
                await self._wait(min(10.0, 0.1 * 2 ** min(self.failures, 7)))
                continue
            self.failures = 0
            self.last_success = time.monotonic()
            if not more:
                await self._wait(self.interval)

    async def _wait(self, seconds: float) -> None:
        if self._stopping:
            return
        try:
            async with asyncio.timeout(seconds * random.uniform(1 - _JITTER, 1 + _JITTER)):  # noqa: S311
                await self._wake.wait()
        except TimeoutError:
            return
