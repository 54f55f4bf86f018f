"""What one simulated agency really saw, did, sent and was answered: one of the two ends' accounts.

Compared with the gateway's store it shows what was lost on the road and what took effect twice.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

HopKey = tuple[str, str, int]
"""(transfer, step, round)."""


@dataclass(slots=True)
class Sent:
    """One message of this agency, and how it fared."""

    kind: str
    subject: str
    sent_at: datetime
    """Legal time of the first try."""
    tries: int = 0
    verdicts: list[str] = field(default_factory=list)
    transfer: str | None = None
    problem: str | None = None

    @property
    def is_receipted(self) -> bool:
        return bool(self.verdicts)

    @property
    def is_accepted(self) -> bool:
        return "accepted" in self.verdicts or self.verdicts[:1] == ["duplicate"]


@dataclass(slots=True)
class Record:
    """Kept in memory; hand it to a new agency to let that one remember, as after a restart."""

    received: Counter[str] = field(default_factory=Counter)
    """Delivery id → how often it arrived."""
    acted: Counter[str] = field(default_factory=Counter)
    """Delivery id → how often it took effect here."""
    acted_hops: Counter[HopKey] = field(default_factory=Counter)
    """Hop → how often its hand-over took effect here, whatever the delivery's id."""
    cancelled_hops: set[HopKey] = field(default_factory=set)
    bodies: dict[str, bytes] = field(default_factory=dict)
    """Delivery id → digest of the event as it first arrived."""
    altered: list[str] = field(default_factory=list)
    """Deliveries that arrived again with another content."""
    unreadable: list[str] = field(default_factory=list)
    order: dict[str, list[str]] = field(default_factory=dict)
    """Dossier code → kinds in their order of first arrival."""
    notices: Counter[str] = field(default_factory=Counter)
    """Kind → how many different deliveries of it arrived."""
    sent: dict[str, Sent] = field(default_factory=dict)
    """Message id → how it fared."""
    finished: dict[str, str] = field(default_factory=dict)
    """Transfer → the state it ended in, as this agency was told."""

    @property
    def deliveries(self) -> int:
        """How many different deliveries arrived."""
        return len(self.received)

    def unreceipted(self) -> list[str]:
        return [id_ for id_, sent in self.sent.items() if not sent.is_receipted]

    def doubled(self) -> list[str]:
        """Return what took effect twice: delivery ids, and hops as `transfer/step/round`."""
        twice = [delivery for delivery, times in self.acted.items() if times > 1]
        hops = ["/".join(map(str, hop)) for hop, times in self.acted_hops.items() if times > 1]
        return twice + hops
