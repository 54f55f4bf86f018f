"""The software of a one-stop office: submits dossiers, and answers for them afterwards.

It is an agency like any other, over whichever road: it may be handed steps of its own, takes note
of refusals and provides supplements as its agency's Behaviour says, and learns how each transfer
ended. Here is only what a one-stop does of its own accord.
"""

from collections.abc import Mapping
from typing import Any

from connectors.simulators.agency import SimulatedAgency
from connectors.simulators.messages import derived_id
from connectors.simulators.record import Sent
from schemas.kinds import Kind, TransferSubmitted


class OneStop:
    """Submits through the agency it is given, which must be running."""

    def __init__(self, agency: SimulatedAgency) -> None:
        self.agency = agency
        self.submitted: dict[str, str] = {}
        """Dossier code → id of the message that submitted it."""

    @property
    def code(self) -> str:
        return self.agency.code

    def submit(self, dossier: str, submission: TransferSubmitted | Mapping[str, Any]) -> str:
        """Send a dossier on its way; return the message's id, the same for the same dossier."""
        if isinstance(submission, TransferSubmitted):
            submission = submission.model_dump(mode="json", exclude_none=True)
        message_id = derived_id(self.code, dossier, Kind.TRANSFER_SUBMITTED.value)
        self.submitted[dossier] = message_id
        return self.agency.desk.say(
            Kind.TRANSFER_SUBMITTED, dossier, dict(submission), id=message_id
        )

    def withdraw(self, dossier: str, transfer: str, reason: str) -> str:
        """Take a dossier back."""
        data = {"transfer": transfer, "reason": reason}
        return self.agency.desk.say(Kind.TRANSFER_WITHDRAWN, dossier, data)

    async def receipt_for(self, dossier: str) -> Sent:
        """Return how the submission fared, once its receipt is here."""
        return await self.agency.desk.receipt_of(self.submitted[dossier])
