"""Documents for connectors whose dialect carries files inside: read whole, on record as served.

Under the right that the agency has at that moment, as if it fetched by itself. What goes into a
letter is no fetch, though: whether the letter arrived is not known yet, and a later one has to
bring the file again.
"""

from uuid import UUID

import psycopg
import structlog

from connectors.document_source import DocumentUnreadable
from gateway.documents.depository import Access, Content, Depository, find_content
from gateway.documents.keys import KeyUnknown
from gateway.documents.sealed_file import Damaged, SealedReader
from gateway.documents.serving import PIECE, begin
from gateway.documents.threads import to_the_end
from gateway.store.sql import statement

log = structlog.get_logger()


class Lending:
    """Reads for agencies, on behalf of their deliveries."""

    def __init__(self, depository: Depository) -> None:
        self._depository = depository

    def __repr__(self) -> str:
        return f"<Lending from {self._depository.shelf!r}>"

    async def read(self, agency: str, sha256: str, *, delivery: UUID, most: int) -> bytes | None:
        """Return a document whole; None where it is not here, too large, or not the agency's."""
        try:
            return await self._lend(agency, sha256, delivery, most)
        except (psycopg.Error, OSError, Damaged, KeyUnknown) as error:
            log.error("document.unreadable", agency=agency, error=type(error).__name__)
            raise DocumentUnreadable from error

    async def _lend(self, agency: str, sha256: str, delivery: UUID, most: int) -> bytes | None:
        depository = self._depository
        content = await find_content(depository, bytes.fromhex(sha256), agency)
        if content is None or not content.is_open or content.state != "kept" or content.size > most:
            return None
        access = Access(
            "served",
            f"delivery:{delivery}",
            content.sha256,
            depository.clock.now(),
            agency=agency,
            transfer=content.transfer,
            first=0,
            past=content.size,
        )
        await begin(depository, access)
        read = await self._read(content)
        async with depository.pool.connection() as connection:
            row = {"id": access.id, "served": len(read)}
            await connection.execute(statement("close_document_access"), row, prepare=True)
        return read

    async def _read(self, content: Content) -> bytes:
        depository = self._depository
        assert content.key is not None
        key = depository.keyring.open(content.blob, content.key)
        return await to_the_end(depository.disk, _whole, depository, content, key)


def _whole(depository: Depository, content: Content, key: bytes) -> bytes:
    if not content.size:
        return b""
    path = depository.shelf.kept(content.blob)
    with SealedReader(path, key, content.blob, size=content.size) as reader:
        return b"".join(reader.pieces(0, content.size, each=PIECE))
