"""Letters with large files take turns: each is several times its size in memory while it is
written, signed and on its way. Small letters wait for nobody; one agency has one turn at a time, so
that a slow node leaves turns to the others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from connectors.edxml.limits import MIB

SMALL: Final = MIB
"""Bytes of files in one letter."""
AT_ONCE: Final = 2
"""A letter with 20 MiB of files took 215 MiB more while it was made and signed, with 27 270."""


class LargeLetters:
    """Turns of one process."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._of_agency: dict[str, asyncio.Semaphore] = {}

    def __repr__(self) -> str:
        return f"<LargeLetters to {len(self._of_agency)} agencies>"

    @asynccontextmanager
    async def turn(self, agency: str, size: int, ends_at: float) -> AsyncIterator[None]:
        """Let one letter be made and sent in the block; TimeoutError if no turn comes in time."""
        async with AsyncExitStack() as stack:
            if size > SMALL:
                own = self._of_agency.setdefault(agency, asyncio.Semaphore(1))
                async with asyncio.timeout_at(ends_at):
                    await stack.enter_async_context(own)
                    await stack.enter_async_context(self._turns)
            yield
