"""A sealed file: content in cells of 64 KiB, each encrypted and authenticated by itself.

So any range can be read without what lies before it, and a file can be written on where it ended.
A cell is nonce (12 bytes), ciphertext, tag (16): AES-256-GCM, bound to the blob and the cell's
number, so that cells cannot change places. Every writing of a cell takes a fresh nonce. What is
missing at the end is not noticed here but by whoever knows the content's size.

Blocking calls: run them in a thread.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.documents.keys import NONCE_BYTES

CELL: Final = 64 * 1024
_OVERHEAD: Final = NONCE_BYTES + 16
_SEALED: Final = CELL + _OVERHEAD


class Damaged(Exception):
    """A cell is not what was written: another key, another place, or other bytes."""


class _Cells:
    def __init__(self, key: bytes, blob: UUID) -> None:
        self._cipher = AESGCM(key)
        self._blob = blob.bytes

    def seal(self, no: int, content: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, self._bound(no))

    def open(self, no: int, sealed: bytes) -> bytes:
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._bound(no))
        except (InvalidTag, ValueError) as error:
            raise Damaged(f"cell {no}") from error

    def _bound(self, no: int) -> bytes:
        return self._blob + no.to_bytes(8, "big")


class SealedWriter:
    """Writes content from an offset on. The last cell is written anew when more comes."""

    def __init__(self, path: Path, key: bytes, blob: UUID, *, at: int) -> None:
        """Open, or make, a file that holds `at` bytes for sure; raise Damaged if it does not."""
        self._cells = _Cells(key, blob)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._no, kept = divmod(at, CELL)
        self._tail = b""
        try:
            if kept:
                self._tail = self._read_tail(kept)
        except BaseException:
            os.close(self._file)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._file)

    @property
    def size(self) -> int:
        """Bytes of content that were written, those before `at` included."""
        return self._no * CELL + len(self._tail)

    def write(self, content: bytes) -> None:
        """Append content; raises OSError when the disk takes no more, and may be called again."""
        whole = self._tail + content
        cells = [whole[start : start + CELL] for start in range(0, len(whole), CELL)]
        sealed = b"".join(
            self._cells.seal(no, cell) for no, cell in enumerate(cells, start=self._no)
        )
        start = self._no * _SEALED
        _write_all(self._file, sealed, start)
        os.ftruncate(self._file, start + len(sealed))
        full = len(whole) // CELL
        self._no += full
        self._tail = whole[full * CELL :]

    def sync(self) -> None:
        """Have everything on the disk."""
        os.fsync(self._file)

    def _read_tail(self, kept: int) -> bytes:
        sealed = os.pread(self._file, _SEALED, self._no * _SEALED)
        content = self._cells.open(self._no, sealed)
        if len(content) < kept:
            raise Damaged(f"cell {self._no} is short")
        return content[:kept]


class SealedReader:
    """Reads ranges of a whole content of known size."""

    def __init__(self, path: Path, key: bytes, blob: UUID, *, size: int) -> None:
        self._cells = _Cells(key, blob)
        self._size = size
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        os.close(self._file)

    def read(self, first: int, past: int) -> bytes:
        """Return content [first, past); raise Damaged where it is not what was written."""
        if first >= past:
            return b""
        start, end = first // CELL, (past - 1) // CELL
        sealed = os.pread(self._file, (end - start + 1) * _SEALED, start * _SEALED)
        parts = [
            self._open(no, sealed[(no - start) * _SEALED : (no - start + 1) * _SEALED])
            for no in range(start, end + 1)
        ]
        content = b"".join(parts)
        return content[first - start * CELL : past - start * CELL]

    def pieces(self, first: int, past: int, *, each: int) -> Iterator[bytes]:
        """Yield content [first, past) in pieces that end where cells end."""
        while first < past:
            until = min(past, (first // each + 1) * each)
            yield self.read(first, until)
            first = until

    def _open(self, no: int, sealed: bytes) -> bytes:
        content = self._cells.open(no, sealed)
        if len(content) < min(CELL, self._size - no * CELL):
            raise Damaged(f"cell {no} is short")
        return content


def _write_all(file: int, data: bytes, at: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(file, view, at)
        at += written
        view = view[written:]
