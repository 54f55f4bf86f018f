"""Blocking work in threads of its own, and always waited for, also by who is cancelled meanwhile.

A thread cannot be stopped: going on while it still writes would close or reuse its file under it.
The threads are the documents' own, so that a slow disk holds up documents alone.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Final, TypeVar

T = TypeVar("T")

THREADS: Final = 8


def disk_threads() -> ThreadPoolExecutor:
    """Make the threads that wait for the disk; they start when they are needed."""
    return ThreadPoolExecutor(THREADS, thread_name_prefix="documents")


async def to_the_end(disk: ThreadPoolExecutor, work: Callable[..., T], *arguments: object) -> T:
    """Run `work(*arguments)` in a thread; a cancellation is passed on once it has ended."""
    running = asyncio.get_running_loop().run_in_executor(disk, partial(work, *arguments))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        # A cancel scope says it again and again, until it is obeyed.
        while not running.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait((running,))
        running.cancelled() or running.exception()  # nobody else will ask
        raise
