"""A look at something that costs: once per process for all who ask, and not too often.

What is fresh enough is answered at once; what is older is looked at anew, by one of all who wait.
It takes no more than a tenth of the time, however large what is looked at becomes.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

T = TypeVar("T")
_SHARE: Final = 10.0
"""So many times as long as a look took, its answer is fresh."""


class Paced(Generic[T]):
    """Keeps the last answer of `look`; it is fresh for `seconds`, or ten times what it took."""

    def __init__(self, look: Callable[[], Awaitable[T]], *, seconds: float) -> None:
        self._look = look
        self._seconds = seconds
        self._found: T | None = None
        self._until = 0.0
        self._looking = asyncio.Lock()

    def __repr__(self) -> str:
        return f"<Paced, {'nothing' if self._found is None else 'something'} seen>"

    async def latest(self) -> T:
        """Return what was found, at most so old."""
        if self._found is not None and time.monotonic() < self._until:
            return self._found
        async with self._looking:
            if self._found is None or time.monotonic() >= self._until:
                began = time.monotonic()
                self._found = await self._look()
                took = time.monotonic() - began
                self._until = time.monotonic() + max(self._seconds, took * _SHARE)
            return self._found

    def forget(self) -> None:
        """Have the next who asks look anew: something was just changed."""
        self._until = 0.0
