"""The kinds of message, by the name that they have in an event's type."""

from enum import StrEnum
from typing import Final

TYPE_PREFIX: Final = "vn.lienthong."
TYPE_VERSION: Final = ".v1"


class UnknownType(ValueError):
    """An event's type names no kind of message that exists here."""


class Kind(StrEnum):
    """A kind of message. The event type is `vn.lienthong.<kind>.v1`."""

    TRANSFER_SUBMITTED = "transfer.submitted"
    TRANSFER_CORRECTED = "transfer.corrected"
    TRANSFER_WITHDRAWN = "transfer.withdrawn"
    SUPPLEMENT_PROVIDED = "supplement.provided"
    HOP_RECEIVED = "hop.received"
    HOP_REFUSED = "hop.refused"
    REFUSAL_ACKNOWLEDGED = "refusal.acknowledged"
    HOP_PAUSED = "hop.paused"
    HOP_RESUMED = "hop.resumed"
    HOP_EXTENDED = "hop.extended"
    HOP_COMPLETED = "hop.completed"
    HOP_RETURNED = "hop.returned"

    HANDOVER_OFFERED = "handover.offered"
    HANDOVER_CANCELLED = "handover.cancelled"
    RECEIPT_ISSUED = "receipt.issued"
    SUPPLEMENT_REQUESTED = "supplement.requested"
    HOP_CHANGED = "hop.changed"
    TRANSFER_CHANGED = "transfer.changed"
    TRANSFER_FINISHED = "transfer.finished"
    CLOCK_WARNED = "clock.warned"
    CLOCK_BREACHED = "clock.breached"
    CONNECTION_TESTED = "connection.tested"
    DOSSIER_CHANGED = "dossier.changed"

    @property
    def type(self) -> str:
        """The event type in its present version."""
        return f"{TYPE_PREFIX}{self.value}{TYPE_VERSION}"

    @property
    def from_agencies(self) -> bool:
        """Whether agencies send it; the others are only ever sent to them."""
        return self in FROM_AGENCIES

    @classmethod
    def of_type(cls, type_: str) -> "Kind":
        """Return the kind of an event type of version 1; raise UnknownType for any other text."""
        try:
            return _BY_TYPE[type_]
        except KeyError:
            raise UnknownType("no such type of message") from None


FROM_AGENCIES: Final = frozenset(
    {
        Kind.TRANSFER_SUBMITTED,
        Kind.TRANSFER_CORRECTED,
        Kind.TRANSFER_WITHDRAWN,
        Kind.SUPPLEMENT_PROVIDED,
        Kind.HOP_RECEIVED,
        Kind.HOP_REFUSED,
        Kind.REFUSAL_ACKNOWLEDGED,
        Kind.HOP_PAUSED,
        Kind.HOP_RESUMED,
        Kind.HOP_EXTENDED,
        Kind.HOP_COMPLETED,
        Kind.HOP_RETURNED,
    }
)
_BY_TYPE: Final = {kind.type: kind for kind in Kind}
