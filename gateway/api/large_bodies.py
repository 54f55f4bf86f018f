"""Large posts take turns: what strangers send costs so much memory at a time and no more.

Who posts at a partner's door is known only when the whole of it was read, and a large envelope
costs several times its size meanwhile. Small posts wait for nobody; a partner whose door strangers
keep busy leaves turns to the others.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from fastapi import Request

from gateway.api.problems import refuse
from schemas.problems import ProblemType

SMALL: Final = 512 * 1024
"""Bytes, as announced; what announces nothing may be of any size."""
AT_ONCE: Final = 4
EACH: Final = 2
"""Turns of one agency."""
PATIENCE: Final = 20.0


class LargeBodies:
    """Turns of one process, some of them per agency."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._of_agency: dict[str, asyncio.Semaphore] = {}

    def __repr__(self) -> str:
        return f"<LargeBodies of {len(self._of_agency)} agencies>"

    @asynccontextmanager
    async def turn(self, request: Request, agency: str) -> AsyncIterator[None]:
        """Let one post be read within the block; refuse it if no turn comes in time."""
        async with AsyncExitStack() as stack:
            if not _is_small(request):
                own = self._of_agency.setdefault(agency, asyncio.Semaphore(EACH))
                try:
                    async with asyncio.timeout(PATIENCE):
                        await stack.enter_async_context(own)
                        await stack.enter_async_context(self._turns)
                except TimeoutError:
                    raise refuse(
                        ProblemType.UNAVAILABLE,
                        "other large posts are being read",
                        headers={"Retry-After": "10", "Connection": "close"},
                    ) from None
            yield


def _is_small(request: Request) -> bool:
    announced = request.headers.get("content-length", "")
    return announced.isascii() and announced.isdecimal() and int(announced[:18]) <= SMALL
