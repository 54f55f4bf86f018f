"""What the place allows of documents: sizes, types, times. From the settings, checked there."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from schemas.kinds.common import DOCUMENT_SCHEME

SCHEME: Final = DOCUMENT_SCHEME


@dataclass(frozen=True, slots=True)
class DocumentRules:
    """Limits and periods; sizes in bytes."""

    largest: int
    dossier_bytes: int
    dossier_count: int
    agency_quota: int
    open_uploads: int
    """How many uploads of one agency may be under way: each is a row and a file."""
    media_types: frozenset[str]
    reserve: int
    """What must stay free on the file system: it may be the database's too."""
    upload_kept: timedelta
    """How long an interrupted upload waits to be resumed."""
    unreferenced_kept: timedelta
    """How long content stays that no transfer refers to."""
    grace: timedelta
    """How long an agency may still fetch after its hop, or the transfer, ended."""
    retention: timedelta
    """How long content stays after the last transfer that refers to it ended."""
    scans: bool = False
    """Whether content is quarantined until a scanner has found it clean."""
