"""Serve a content, or a range of it: audited before the first byte leaves, streamed in pieces."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

from gateway.documents.depository import Access, Content, Depository, record_access
from gateway.documents.sealed_file import SealedReader
from gateway.documents.threads import to_the_end
from gateway.store.sql import statement

PIECE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes [first, past) of a content."""

    first: int
    past: int


async def begin(depository: Depository, access: Access) -> None:
    """Put it on record that a content is about to be served."""
    async with depository.pool.connection() as connection:
        await record_access(connection, access)


async def serve(
    depository: Depository, content: Content, access: Access, span: Span
) -> AsyncGenerator[bytes]:
    """Yield the bytes; what was handed to the network is recorded, however it ends."""
    served = 0
    try:
        if span.first < span.past:
            assert content.key is not None
            key = depository.keyring.open(content.blob, content.key)
            path = depository.shelf.kept(content.blob)
            reader = await to_the_end(
                depository.disk, lambda: SealedReader(path, key, content.blob, size=content.size)
            )
            with reader:
                first = span.first
                while first < span.past:
                    until = min(span.past, (first // PIECE + 1) * PIECE)
                    piece = await to_the_end(depository.disk, reader.read, first, until)
                    yield piece
                    first = until
                    served += len(piece)
                    depository.figures.served += len(piece)
    finally:
        # On its own: the caller's end of the line, and this task with it, may be cancelled already.
        written = Span(span.first, span.first + served)
        closing = asyncio.create_task(_close(depository, content, access, written))
        depository.closing.add(closing)
        closing.add_done_callback(depository.closing.discard)
        await asyncio.shield(closing)


async def _close(depository: Depository, content: Content, access: Access, served: Span) -> None:
    """Record how far it got. A piece counts once the next one was asked for."""
    async with depository.pool.connection() as connection:
        row = {"id": access.id, "served": served.past - served.first}
        await connection.execute(statement("close_document_access"), row, prepare=True)
        if access.agency is not None and (served.past > served.first or content.size == 0):
            fetched = {
                "agency": access.agency,
                "sha256": content.sha256,
                "first": served.first,
                "past": served.past,
                "size": content.size,
                "now": depository.clock.now(),
            }
            await connection.execute(statement("advance_document_fetch"), fetched, prepare=True)
