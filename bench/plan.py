"""How large a measurement is: fixed here, so that two reports speak of the same thing."""

from dataclasses import dataclass
from typing import Final

PROCEDURE: Final = "9.000010"
"""Admission to a social protection facility: commune, province, facility; strictly in sequence."""

HOPS: Final = 3
MESSAGES_PER_DOSSIER: Final = 1 + 2 * HOPS
"""One submitted, three received, three completed."""

YARDSTICK: Final = "library"
"""The make of the forwarder that `ratio` is against: what one writes with the AMQP library."""
HARD_YARDSTICK: Final = "frames"
"""And the one that `hard_ratio` is against: it shares the gateway's own code for the broker."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Numbers of one measurement; sizes are in bytes."""

    dossiers: int = 1500
    warm_up: int = 60
    alternations: int = 5
    communes: int = 8
    message_size: int = 2048
    prefetch: int = 1000
    batch: int = 250
    http_clients: int = 100
    http_requests: int = 3000

    @property
    def messages(self) -> int:
        """Messages of one measured run."""
        return self.dossiers * MESSAGES_PER_DOSSIER
