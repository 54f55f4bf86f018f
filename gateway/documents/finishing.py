"""Finish an upload: read back what lies on the disk, hold it against what was declared, keep it.

Nothing is kept that was not verified as it lies there. What the same agency or another handed in
before is kept once; the copy that came now is dropped.
"""

import hashlib
from pathlib import Path
from typing import Final

import structlog

from gateway.documents.depository import Access, Depository, record_access
from gateway.documents.media import ENOUGH, contradicts
from gateway.documents.sealed_file import Damaged, SealedReader
from gateway.documents.threads import to_the_end
from gateway.documents.uploads import NotTaken, Taken, Upload, checkpoint, end, find_upload, tidy
from gateway.store.pool import Connection
from gateway.store.sql import statement
from schemas.problem_types import ProblemType

log = structlog.get_logger()

AT_ONCE: Final = 1024 * 1024
SPAN: Final = 256 * 1024 * 1024
"""Bytes that are read back between two renewals of the lease."""
STORED_BY: Final = "gateway"

Finished = Upload | NotTaken | None
"""The upload as it is now; why it failed; or that another writer has it."""


async def finish(depository: Depository, taken: Taken) -> Finished:
    """Verify a whole upload under its writer's number and keep it, or end it as failed."""
    try:
        fault = await _verify(depository, taken)
    except Damaged:
        log.error("upload.damaged", upload=str(taken.upload.id))
        await checkpoint(depository, taken, 0, leaves=True)
        return NotTaken(
            ProblemType.STORAGE_FULL, "what was received was damaged: send it again", retry_after=1
        )
    except _Lost:
        return None
    if fault is not None:
        return await _fail(depository, taken, fault)
    upload = taken.upload
    # The file comes first: a row that says "kept" is never without its file.
    await to_the_end(depository.disk, depository.shelf.keep, upload.id, upload.generation)
    try:
        async with depository.pool.connection() as connection, connection.transaction():
            outcome = await _record(depository, connection, taken)
    except _Lost:
        return None
    if isinstance(outcome, NotTaken):
        await tidy(depository, upload.id, kept=False)
        return outcome
    await tidy(depository, upload.id, kept=outcome)
    log.info("document.stored", upload=str(upload.id), size=upload.declared.size, first=outcome)
    return await find_upload(depository, upload.id, upload.declared.agency)


class _Lost(Exception):
    """Another writer took the upload meanwhile."""


async def _verify(depository: Depository, taken: Taken) -> NotTaken | None:
    upload = taken.upload
    declared = upload.declared
    assert upload.key is not None
    key = depository.keyring.open(upload.id, upload.key)
    path = await to_the_end(
        depository.disk, depository.shelf.received, upload.id, upload.generation
    )
    if not path.exists():
        path = depository.shelf.kept(upload.id)  # it was moved, and we died before saying so
    digest = hashlib.sha256()
    if declared.size == 0:
        return _judged(declared.sha256, declared.media_type, digest.digest(), b"")
    first = b""
    reader = await to_the_end(depository.disk, lambda: _opened(path, key, upload))
    with reader:
        for start in range(0, declared.size, SPAN):
            past = min(declared.size, start + SPAN)
            begun = await to_the_end(depository.disk, _hash, reader, digest, start, past)
            first = first or begun
            if past < declared.size and not await checkpoint(depository, taken, upload.received):
                raise _Lost
    return _judged(declared.sha256, declared.media_type, digest.digest(), first)


def _opened(path: Path, key: bytes, upload: Upload) -> SealedReader:
    try:
        return SealedReader(path, key, upload.id, size=upload.declared.size)
    except FileNotFoundError as error:
        raise Damaged("the file is gone") from error


def _hash(reader: SealedReader, digest: "hashlib._Hash", start: int, past: int) -> bytes:
    """Feed the digest; return the first bytes."""
    first = b""
    for piece in reader.pieces(start, past, each=AT_ONCE):
        first = first or piece[:ENOUGH]
        digest.update(piece)
    return first


def _judged(expected: bytes, media_type: str, found: bytes, first: bytes) -> NotTaken | None:
    if found != expected:
        return NotTaken(ProblemType.DIGEST_MISMATCH, "what was received is not what was declared")
    if contradicts(media_type, first):
        return NotTaken(
            ProblemType.DOCUMENT_TYPE_REFUSED, "its first bytes are not those of its media type"
        )
    return None


async def _fail(depository: Depository, taken: Taken, fault: NotTaken) -> NotTaken | None:
    ended = await end(
        depository, taken.upload, "failed", problem=fault.slug, writer_no=taken.writer_no
    )
    log.warning("upload.failed", upload=str(taken.upload.id), problem=fault.slug.value)
    return fault if ended else None


async def _record(depository: Depository, connection: Connection, taken: Taken) -> bool | NotTaken:
    """Write the content's row; True if the file is the one to keep, False if there was one."""
    upload, now = taken.upload, depository.clock.now()
    declared = upload.declared
    assert upload.key is not None
    row = {
        "sha256": declared.sha256,
        "blob": upload.id,
        "size": declared.size,
        "media_type": declared.media_type,
        "state": "quarantined" if depository.rules.scans else "kept",
        "key_id": upload.key.key_id,
        "sealed_key": upload.key.sealed,
        "agency": declared.agency,
        "now": now,
    }
    inserted = await connection.execute(statement("insert_document"), row, prepare=True)
    is_ours = await inserted.fetchone() is not None
    fault: NotTaken | None = None
    if not is_ours:
        locked = await connection.execute(statement("lock_document"), row, prepare=True)
        found = await locked.fetchone()
        assert found is not None
        match found[0]:
            case "infected":
                fault = NotTaken(
                    ProblemType.DOCUMENT_INFECTED, "a scanner found malware in this content"
                )
            case "purged" | "purging":
                await to_the_end(depository.disk, depository.shelf.drop_kept, found[1])
                await connection.execute(statement("revive_document"), row)
                is_ours = True
            case _:
                await connection.execute(statement("touch_document"), row)
    ending = {
        "id": upload.id,
        "state": "complete" if fault is None else "failed",
        "problem": fault.slug if fault is not None else None,
        "now": now,
        "writer_no": taken.writer_no,
    }
    ended = await connection.execute(statement("end_document_upload"), ending, prepare=True)
    if await ended.fetchone() is None:
        raise _Lost  # and nothing of this is written
    if fault is not None:
        return fault
    await connection.execute(statement("hold_document"), row, prepare=True)
    await record_access(
        connection,
        Access("stored", STORED_BY, declared.sha256, now, agency=declared.agency),
    )
    return is_ours
