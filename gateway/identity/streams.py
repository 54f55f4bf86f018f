"""Streams under way: what goes on for long ends soon after its client is no longer good.

A request is let in once. A wait, an upload or a download goes on after that for seconds or hours,
so all of a process's together are looked at again every half second: who was suspended, revoked
or has expired meanwhile, or signed in with a secret that has ended since, is cut off.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from gateway.identity.clients import read_standings
from gateway.identity.tokens import Caller
from gateway.store.pool import Pool

log = structlog.get_logger()


class Stream:
    """One stream of a client. `is_over` says that it was ended, and did not end by itself."""

    def __init__(self, caller: Caller, end: Callable[[], None]) -> None:
        self.caller = caller
        self.is_over = False
        self._end = end

    def end(self) -> None:
        self.is_over = True
        self._end()


class OpenStreams:
    """The streams of this process. `look` is a duty's round; without streams it asks nothing."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._open: set[Stream] = set()

    def __repr__(self) -> str:
        return f"<OpenStreams {len(self._open)} open>"

    @contextmanager
    def of(self, caller: Caller, end: Callable[[], None]) -> Iterator[Stream]:
        """Know of a stream for the length of the block; `end` is called if it has to end."""
        stream = Stream(caller, end)
        self._open.add(stream)
        try:
            yield stream
        finally:
            self._open.discard(stream)

    async def look(self) -> bool:
        """End the streams of clients that are no longer good."""
        streams = [one for one in self._open if not one.is_over]
        if not streams:
            return False
        clients = {one.caller.client_id for one in streams}
        async with self._pool.connection() as connection:
            standings = await read_standings(connection, clients)
        for stream in streams:
            standing = standings.get(stream.caller.client_id)
            if standing is None or standing.admit(stream.caller) is None:
                log.info("stream.ended", client=stream.caller.client_id)
                stream.end()
        return False
