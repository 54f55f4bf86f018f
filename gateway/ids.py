"""Our own identifiers: UUIDv7 for what is new, derived ids for what follows from something else."""

import time
from hashlib import sha256
from uuid import UUID

from uuid_utils.compat import uuid7

__all__ = ["derived_id", "new_id"]


def new_id() -> UUID:
    """Return a fresh UUIDv7: sortable by the time it was made."""
    return uuid7()


def derived_id(cause: UUID, no: int, *, at_ms: int | None = None) -> UUID:
    """Return the id of the `no`-th thing that `cause` brings about: the same cause, the same id.

    The first 48 bits are milliseconds (of the cause, if it carries them, else `at_ms` or now), the
    next 24 (around the variant) the ordinal, so that ids sort by time and then by order; the rest
    is a digest. RFC 9562 version 8 (custom).
    """
    if at_ms is None:
        at_ms = cause.int >> 80 if cause.version == 7 else time.time_ns() // 1_000_000
    digest = int.from_bytes(sha256(cause.bytes + no.to_bytes(4, "big")).digest()[:8], "big")
    value = (at_ms & (1 << 48) - 1) << 80 | 0x8 << 76 | (no >> 12 & 0xFFF) << 64
    value |= 0b10 << 62 | (no & 0xFFF) << 50 | digest & (1 << 50) - 1
    return UUID(int=value)
