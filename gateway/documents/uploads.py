"""Uploads as they are recorded: declared, taken by one writer at a time, checkpointed, ended.

What is said here of an upload is true after any crash: `received` bytes are on the disk.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from gateway.documents.depository import Depository, find_content
from gateway.documents.keys import SealedKey
from gateway.documents.rules import DocumentRules
from gateway.documents.threads import to_the_end
from gateway.ids import new_id
from gateway.store.pool import Connection
from gateway.store.sql import statement
from schemas.problem_types import ProblemType

LEASE_SECONDS = 30.0
State = Literal["open", "complete", "failed", "ended", "expired"]


@dataclass(frozen=True, slots=True)
class Declaration:
    """What an agency says it will hand in."""

    agency: str
    sha256: bytes
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Upload:
    """One upload as it stands."""

    id: UUID
    declared: Declaration
    received: int
    generation: int
    key: SealedKey | None = field(repr=False)
    state: State
    problem: str | None
    expires_at: datetime

    @property
    def is_whole(self) -> bool:
        return self.received == self.declared.size


@dataclass(frozen=True, slots=True)
class NotTaken:
    """It is not taken in: which problem, in words for people, and when to try again (seconds)."""

    slug: ProblemType
    detail: str
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """An upload under a writer's own number."""

    upload: Upload
    writer_no: int


async def declare(depository: Depository, said: Declaration) -> Upload | NotTaken:
    """Open an upload, or find the one that is open for the same content.

    Of what is here already, and the agency may have, nothing has to be sent: the upload is complete
    at once. To everybody else it is as if it were not here, and they send every byte.
    """
    rules, now = depository.rules, depository.clock.now()
    if said.size > rules.largest:
        return NotTaken(
            ProblemType.DOCUMENT_TOO_LARGE, f"a document has at most {rules.largest} bytes"
        )
    if said.media_type not in rules.media_types:
        return NotTaken(ProblemType.DOCUMENT_TYPE_REFUSED, "this media type is not taken in")
    content = await find_content(depository, said.sha256, said.agency)
    if content is not None and content.is_open:
        match content.state:
            case "infected":
                return NotTaken(ProblemType.DOCUMENT_INFECTED, "a scanner found malware in it")
            case "kept" | "quarantined" if content.size != said.size:
                return NotTaken(
                    ProblemType.DIGEST_MISMATCH, "the content of this digest has another size"
                )
            case "kept" | "quarantined":
                return await _complete(depository, said, now)
    if await to_the_end(depository.disk, depository.shelf.free) < said.size + rules.reserve:
        return NotTaken(ProblemType.STORAGE_FULL, "there is no room for it now", retry_after=60)
    return await _open(depository, said, now)


async def find_upload(depository: Depository, upload: UUID, agency: str) -> Upload | None:
    """Read an agency's own upload."""
    async with depository.pool.connection() as connection:
        found = await connection.execute(
            statement("find_document_upload"), {"id": upload, "agency": agency}, prepare=True
        )
        row = await found.fetchone()
    return None if row is None else _upload(row)


async def take(depository: Depository, upload: Upload) -> Taken | None:
    """Become the upload's writer; None while another one has it."""
    asked = {"id": upload.id, "lease": LEASE_SECONDS}
    async with depository.pool.connection() as connection:
        found = await connection.execute(statement("take_document_upload"), asked, prepare=True)
        row = await found.fetchone()
    if row is None:
        return None
    writer_no, generation, received = row
    fresh = Upload(
        upload.id,
        upload.declared,
        received,
        generation,
        upload.key,
        upload.state,
        upload.problem,
        upload.expires_at,
    )
    return Taken(fresh, writer_no)


async def checkpoint(
    depository: Depository, taken: Taken, received: int, *, leaves: bool = False
) -> bool:
    """Say how much is on the disk for sure; False: another writer has the upload now."""
    row = {
        "id": taken.upload.id,
        "writer_no": taken.writer_no,
        "received": received,
        "expires_at": depository.clock.now() + depository.rules.upload_kept,
        "leaves": leaves,
        "lease": LEASE_SECONDS,
    }
    async with depository.pool.connection() as connection:
        said = await connection.execute(statement("checkpoint_document_upload"), row, prepare=True)
        return await said.fetchone() is not None


async def end(
    depository: Depository,
    upload: Upload,
    state: State,
    *,
    problem: ProblemType | None = None,
    writer_no: int | None = None,
) -> bool:
    """End an upload that is not to be completed, and drop what was received of it."""
    row = {
        "id": upload.id,
        "state": state,
        "problem": problem,
        "now": depository.clock.now(),
        "writer_no": writer_no,
    }
    async with depository.pool.connection() as connection:
        ended = await connection.execute(statement("end_document_upload"), row, prepare=True)
        if await ended.fetchone() is None:
            return False
    await tidy(depository, upload.id)
    return True


async def tidy(depository: Depository, upload: UUID, *, kept: bool = True) -> None:
    """Remove the files of an upload that ended; `kept` False: the whole one as well."""
    await to_the_end(depository.disk, depository.shelf.drop_incoming, upload)
    if not kept:
        await to_the_end(depository.disk, depository.shelf.drop_kept, upload)
    row = {"id": upload, "now": depository.clock.now()}
    async with depository.pool.connection() as connection:
        await connection.execute(statement("tidy_document_upload"), row, prepare=True)


async def _open(depository: Depository, said: Declaration, now: datetime) -> Upload | NotTaken:
    blob = new_id()
    key = depository.keyring.new_key(blob)
    row = {
        "id": blob,
        "agency": said.agency,
        "sha256": said.sha256,
        "size": said.size,
        "media_type": said.media_type,
        "key_id": key.key_id,
        "sealed_key": key.sealed,
        "now": now,
        "expires_at": now + depository.rules.upload_kept,
    }
    async with depository.pool.connection() as connection, connection.transaction():
        await connection.execute(statement("lock_document_quota"), row, prepare=True)
        fault = await _over_quota(connection, said, depository.rules)
        if fault is not None:
            return fault
        declared = await connection.execute(statement("declare_document_upload"), row, prepare=True)
        found = await declared.fetchone()
    assert found is not None
    upload = _upload(found)
    if upload.declared != said:
        return NotTaken(
            ProblemType.UPLOAD_CONFLICT,
            "an upload of this digest is open, declared with another size or media type",
        )
    return upload


async def _over_quota(
    connection: Connection, said: Declaration, rules: DocumentRules
) -> NotTaken | None:
    summed = await connection.execute(
        statement("sum_document_holdings"),
        {"agency": said.agency, "sha256": said.sha256},
        prepare=True,
    )
    held, uploads = await summed.fetchone() or (0, 0)
    if held + said.size > rules.agency_quota:
        told = f"{rules.agency_quota} bytes are yours to use here; {held} of them are in use"
        return NotTaken(ProblemType.QUOTA_EXCEEDED, told)
    if uploads >= rules.open_uploads:
        told = (
            f"{uploads} uploads of yours are under way, and no more may be: finish some, or give"
            f" them up (DELETE); one that rests ends after {rules.upload_kept}"
        )
        return NotTaken(ProblemType.QUOTA_EXCEEDED, told)
    return None


async def _complete(depository: Depository, said: Declaration, now: datetime) -> Upload:
    row = {
        "id": new_id(),
        "agency": said.agency,
        "sha256": said.sha256,
        "size": said.size,
        "media_type": said.media_type,
        "now": now,
    }
    async with depository.pool.connection() as connection:
        earlier = await connection.execute(statement("find_held_upload"), row, prepare=True)
        found = await earlier.fetchone()
        if found is None or found[4] != said.media_type:
            made = await connection.execute(statement("insert_held_upload"), row, prepare=True)
            found = await made.fetchone()
    assert found is not None
    return _upload(found)


def _upload(row: Sequence[Any]) -> Upload:
    key = None if row[8] is None else SealedKey(row[7], bytes(row[8]))
    declared = Declaration(row[1], bytes(row[2]), row[3], row[4])
    return Upload(row[0], declared, row[5], row[6], key, row[9], row[10], row[11])
