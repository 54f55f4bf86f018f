"""Leaves parcels where their agency fetches them: the stored delivery itself is the mailbox.

There is nothing to send, so nothing can fail. The agency leases what lies ready through
`GET /v1/mailbox`, and its acknowledgement is what makes the delivery delivered.
"""

from collections.abc import Sequence
from typing import Final

from connectors.protocol import Endpoint, Outcome, Parcel, Parked


class Mailbox:
    """Answers that every parcel lies ready."""

    name: Final = "mailbox"

    async def send(self, endpoint: Endpoint, parcels: Sequence[Parcel]) -> list[Outcome]:
        return [Parked() for _ in parcels]

    async def aclose(self) -> None:
        """Nothing is held."""
