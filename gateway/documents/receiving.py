"""Receive a piece of an upload: stream it to the disk, with bounded memory, and say how far it got.

At most BUFFER bytes are held at a time, and what follows is not read from the network meanwhile.
Every CHECKPOINT bytes are made sure of, so that whatever breaks costs at most those. A piece with
a checksum of its own counts whole or not at all.
"""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol

import structlog

from gateway.documents.depository import Depository
from gateway.documents.sealed_file import CELL, Damaged, SealedWriter
from gateway.documents.threads import to_the_end
from gateway.documents.uploads import Taken, checkpoint
from gateway.documents.writers import Interrupted, Writing

log = structlog.get_logger()

BUFFER: Final = 1024 * 1024
CHECKPOINT: Final = 16 * 1024 * 1024
SILENCE: Final = 20.0
"""Seconds without a byte; shorter than the lease."""


class Ended(StrEnum):
    """Why receiving ended."""

    ALL_TAKEN = "all-taken"
    CUT = "cut"
    """The link broke, fell silent, or the sender came back by another way."""
    TOO_MUCH = "too-much"
    """More came than was declared; what was declared is kept."""
    WRONG_CHECKSUM = "wrong-checksum"
    DISK_FULL = "disk-full"
    DAMAGED = "damaged"
    """What was received before cannot be read: its last cell is given up."""
    LOST = "lost"
    """Another writer has the upload now."""


@dataclass(frozen=True, slots=True)
class Received:
    """How far an upload has got, and why this piece of it ended."""

    ended: Ended
    received: int


class Checksum(Protocol):
    """A piece's own digest, and what it should come to."""

    @property
    def expected(self) -> bytes: ...

    def update(self, content: bytes, /) -> None: ...

    def digest(self) -> bytes: ...


class PieceChecksum:
    """sha1 or sha256 of one piece."""

    def __init__(self, algorithm: str, expected: bytes) -> None:
        self.expected = expected
        self._hash: Any = hashlib.new(algorithm, usedforsecurity=False)
        self.update = self._hash.update
        self.digest = self._hash.digest


async def receive(
    depository: Depository,
    taken: Taken,
    stream: AsyncIterator[bytes],
    writing: Writing,
    checksum: Checksum | None = None,
) -> Received:
    """Take in what comes until the stream ends or breaks; the upload is given back in any case."""
    upload = taken.upload
    assert upload.key is not None
    key = depository.keyring.open(upload.id, upload.key)
    shelf = depository.shelf
    try:
        path = await to_the_end(depository.disk, shelf.received, upload.id, upload.generation)
        writer = await to_the_end(
            depository.disk, lambda: SealedWriter(path, key, upload.id, at=upload.received)
        )
    except Damaged:
        return await _give_up_last_cell(depository, taken)
    except OSError as error:
        return await _leave(depository, taken, _of_disk(error), upload.received)
    with writer:
        ended = await _Reception(depository, taken, writer, writing, checksum).run(stream)
        received = writer.size
        if checksum is not None and ended is not Ended.ALL_TAKEN:
            received = upload.received
        try:
            await to_the_end(depository.disk, writer.sync)
        except OSError as error:
            ended, received = _of_disk(error), upload.received
    depository.figures.received += max(0, received - upload.received)
    if ended is Ended.LOST:
        return Received(ended, upload.received)
    return await _leave(depository, taken, ended, received)


class _Reception:
    """One stream on its way to one file."""

    def __init__(
        self,
        depository: Depository,
        taken: Taken,
        writer: SealedWriter,
        writing: Writing,
        checksum: Checksum | None,
    ) -> None:
        self._depository = depository
        self._taken = taken
        self._writer = writer
        self._writing = writing
        self._checksum = checksum
        self._sure = taken.upload.received
        self._buffer = bytearray()

    async def run(self, stream: AsyncIterator[bytes]) -> Ended:
        try:
            ended = await self._pour(stream)
            await self._flush()
        except OSError as error:
            return _of_disk(error)
        checksum = self._checksum
        is_proven = checksum is None or checksum.digest() == checksum.expected
        return Ended.WRONG_CHECKSUM if ended is Ended.ALL_TAKEN and not is_proven else ended

    async def _pour(self, stream: AsyncIterator[bytes]) -> Ended:
        room = self._taken.upload.declared.size - self._writer.size
        while True:
            try:
                chunk = await self._writing.next_of(stream, SILENCE)
            except StopAsyncIteration:
                return Ended.ALL_TAKEN
            except (Interrupted, ConnectionError):
                return Ended.CUT
            if self._checksum is not None:
                self._checksum.update(chunk)
            self._buffer += chunk[:room]
            if len(chunk) > room:
                return Ended.TOO_MUCH
            room -= len(chunk)
            if len(self._buffer) >= BUFFER:
                await self._flush()
                if not await self._make_sure():
                    return Ended.LOST

    async def _flush(self) -> None:
        content = bytes(self._buffer)
        self._buffer.clear()
        for start in range(0, len(content), BUFFER):
            await to_the_end(
                self._depository.disk, self._writer.write, content[start : start + BUFFER]
            )

    async def _make_sure(self) -> bool:
        """Checkpoint now and then; a piece with a checksum only keeps its lease."""
        if self._writer.size - self._sure < CHECKPOINT:
            return True
        await to_the_end(self._depository.disk, self._writer.sync)
        self._sure = self._writer.size
        is_proven = self._checksum is None
        received = self._sure if is_proven else self._taken.upload.received
        return await checkpoint(self._depository, self._taken, received)


async def _leave(depository: Depository, taken: Taken, ended: Ended, received: int) -> Received:
    if ended is not Ended.ALL_TAKEN:
        log.info(
            "upload.broke_off", upload=str(taken.upload.id), why=ended.value, received=received
        )
    if not await checkpoint(depository, taken, received, leaves=True):
        return Received(Ended.LOST, taken.upload.received)
    return Received(ended, received)


async def _give_up_last_cell(depository: Depository, taken: Taken) -> Received:
    """What cannot be read is not had: the sender is asked for it again."""
    received = (taken.upload.received - 1) // CELL * CELL
    return await _leave(depository, taken, Ended.DAMAGED, max(0, received))


def _of_disk(error: OSError) -> Ended:
    log.error("upload.not_written", errno=error.errno)
    return Ended.DISK_FULL
