"""Where a caller gets the bytes of documents that the gateway keeps, for dialects that carry files.

The documents are the gateway's, and so is who may have them; a connector asks for one at a time.
"""

from typing import Protocol
from uuid import UUID


class DocumentUnreadable(Exception):
    """The document is there and cannot be read now: the gateway's fault, and it may pass."""


class DocumentSource(Protocol):
    """The gateway's documents, as far as one agency may have them."""

    async def read(self, agency: str, sha256: str, *, delivery: UUID, most: int) -> bytes | None:
        """Return a document whole; None where it is not here, too large, or not the agency's.

        What is returned is on record as served to the agency by this delivery. Raise
        DocumentUnreadable where the fault is ours.
        """
        ...


class NoDocuments:
    """Keeps none."""

    async def read(self, agency: str, sha256: str, *, delivery: UUID, most: int) -> bytes | None:
        return None
