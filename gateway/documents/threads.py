"""Blocking work in a thread that is always waited for, also by who is cancelled meanwhile.

A thread cannot be stopped: going on while it still writes would close or reuse its file under it.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def to_the_end(work: Callable[..., T], *arguments: object) -> T:
    """Run `work(*arguments)` in a thread; a cancellation is passed on once it has ended."""
    running = asyncio.ensure_future(asyncio.to_thread(work, *arguments))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        # A cancel scope says it again and again, until it is obeyed.
        while not running.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait((running,))
        running.cancelled() or running.exception()  # nobody else will ask
        raise
