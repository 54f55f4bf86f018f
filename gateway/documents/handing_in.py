"""Hand in a document that is at hand whole: what came inside a partner's own post.

The same way as an agency's upload, and under the same limits: declared, written sealed, read back
and verified, kept. Whatever breaks, nothing is half kept, and handing the same in again goes on
from there or finds it.
"""

from collections.abc import AsyncIterator
from typing import Final

from gateway.documents.depository import Depository, find_content
from gateway.documents.finishing import finish
from gateway.documents.receiving import BUFFER, Ended, receive
from gateway.documents.uploads import (
    Declaration,
    NotTaken,
    Taken,
    Upload,
    checkpoint,
    declare,
    find_upload,
    take,
)
from schemas.problem_types import ProblemType

_FULL: Final = NotTaken(
    ProblemType.STORAGE_FULL, "a document that came along cannot be stored now", retry_after=60
)
_BUSY: Final = NotTaken(
    ProblemType.UNAVAILABLE, "a document that came along is on its way in already", retry_after=5
)
_UNSEEN: Final = NotTaken(
    ProblemType.DOCUMENT_QUARANTINED, "a document that came along waits for the scanner", 10
)


async def hand_in(depository: Depository, said: Declaration, content: bytes) -> NotTaken | None:
    """Keep a content as the agency's own; return why it is not kept, or cannot be used yet."""
    upload = await declare(depository, said)
    if isinstance(upload, Upload) and upload.state == "open" and not upload.is_whole:
        upload = await _receive(depository, upload, content)
    if isinstance(upload, Upload) and upload.state == "open":
        upload = await _finish(depository, upload)
    if isinstance(upload, NotTaken):
        return upload
    kept = await find_content(depository, said.sha256, said.agency)
    return _UNSEEN if kept is not None and kept.state == "quarantined" else None


async def _receive(depository: Depository, upload: Upload, content: bytes) -> Upload | NotTaken:
    taken = await take(depository, upload)
    if taken is None:
        return _BUSY
    with depository.writers.at(upload.id) as writing:
        pieces = _pieces(content, taken.upload.received)
        received = await receive(depository, taken, pieces, writing)
    match received.ended:
        case Ended.ALL_TAKEN:
            return await find_upload(depository, upload.id, upload.declared.agency) or _BUSY
        case Ended.DISK_FULL | Ended.DAMAGED:
            return _FULL
        case _:
            return _BUSY


async def _finish(depository: Depository, upload: Upload) -> Upload | NotTaken:
    taken = await take(depository, upload)
    if taken is None:
        return _BUSY
    try:
        return await finish(depository, taken) or _BUSY
    except OSError:
        await _leave(depository, taken)
        return _FULL


async def _leave(depository: Depository, taken: Taken) -> None:
    await checkpoint(depository, taken, taken.upload.received, leaves=True)


async def _pieces(content: bytes, first: int) -> AsyncIterator[bytes]:
    view = memoryview(content)
    for start in range(first, len(content), BUFFER):
        yield bytes(view[start : start + BUFFER])
