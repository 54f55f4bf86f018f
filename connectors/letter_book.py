"""What a connector may ask about a partner's own posts, for dialects that answer one by its name.

Which post began a transfer, and which one an answer follows from, is what the gateway stored; the
name of each is the partner's own, as its speaker read it.
"""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from schemas.kinds import Kind


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that the partner posted: its own id of it, and what it amounted to."""

    id: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Behind:
    """The partner's own posts behind a delivery to it; None where another, or nobody, posted."""

    first: Posted | None = None
    """What began the transfer."""
    cause: Posted | None = None
    """What the delivery follows from."""


class LetterBook(Protocol):
    """The gateway's memory of posts."""

    async def behind(self, dialect: str, agency: str, delivery: UUID) -> Behind:
        """Return the posts of this agency, in this dialect, that a delivery to it goes back to."""
        ...


class EmptyLetterBook:
    """Remembers nothing."""

    async def behind(self, dialect: str, agency: str, delivery: UUID) -> Behind:
        return Behind()
