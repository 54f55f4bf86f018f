"""Who is writing an upload in this process, so that a sender who comes back finds it free.

A connection that was cut may look alive here for a while. Whoever asks for its upload again
interrupts the old writer, which writes down what it has and leaves.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from uuid import UUID

LEAVES_WITHIN = 10.0


class Interrupted(Exception):
    """Somebody else wants the upload: write down what is here, and leave."""


class Writing:
    """One writer at work; it can be interrupted while it waits for bytes, never while it writes."""

    def __init__(self) -> None:
        self.left = asyncio.Event()
        self._interrupted = False
        self._limit: asyncio.Timeout | None = None

    def interrupt(self) -> None:
        self._interrupted = True
        if self._limit is not None:
            self._limit.reschedule(asyncio.get_running_loop().time())

    async def next_of(self, stream: AsyncIterator[bytes], within: float) -> bytes:
        """Return what `anext(stream)` gives within so many seconds; raise Interrupted instead."""
        if self._interrupted:
            raise Interrupted
        try:
            async with asyncio.timeout(within) as self._limit:
                return await anext(stream)
        except TimeoutError:
            raise Interrupted from None
        finally:
            self._limit = None


class Writers:
    """The writers of this process, by upload."""

    def __init__(self) -> None:
        self._writing: dict[UUID, Writing] = {}

    def __repr__(self) -> str:
        return f"<Writers at {len(self._writing)} uploads>"

    def __len__(self) -> int:
        return len(self._writing)

    @contextmanager
    def at(self, upload: UUID) -> Iterator[Writing]:
        """Be known as the upload's writer for the length of the block."""
        writing = self._writing[upload] = Writing()
        try:
            yield writing
        finally:
            writing.left.set()
            if self._writing.get(upload) is writing:
                del self._writing[upload]

    async def settle(self, upload: UUID) -> None:
        """Have the present writer leave, if this process has one."""
        writing = self._writing.get(upload)
        if writing is None:
            return
        writing.interrupt()
        try:
            async with asyncio.timeout(LEAVES_WITHIN):
                await writing.left.wait()
        except TimeoutError:
            return  # it is verifying, or its disk is slow: the upload is still its own
