"""Waiting in tests: for a fact, never for a while."""

import asyncio
import inspect
import time
from collections.abc import Callable
from typing import Any


async def eventually(
    fact: Callable[[], Any], *, within: float, every: float = 0.05, told: Any = None
) -> Any:
    """Ask (or await) until the answer is true, and return it; fail after `within` seconds.

    `told` (a callable) says in the failure how far things were.
    """
    until = time.monotonic() + within
    while True:
        found = fact()
        answer = await found if inspect.isawaitable(found) else found
        if answer:
            return answer
        if time.monotonic() > until:
            how_far = told() if told is not None else answer
            raise AssertionError(f"not within {within:g} s: {how_far}")
        await asyncio.sleep(every)
