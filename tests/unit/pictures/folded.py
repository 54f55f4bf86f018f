"""Play an example by folding alone: no gateway, no store; hand-overs arrive as they are owed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.rulebook import Rulebook
from gateway.sandbox.chains.cast import Cast
from gateway.sandbox.chains.pages import Played
from routing.lifecycle.fold import fold, open_transfer
from routing.lifecycle.model import (
    Declined,
    Delivered,
    Entry,
    Event,
    Folded,
    Said,
    TimeReached,
    Transfer,
)
from schemas import kinds
from schemas.kinds import Kind

_MODELS: dict[Kind, Any] = {
    Kind.HOP_RECEIVED: kinds.HopReceived,
    Kind.HOP_COMPLETED: kinds.HopCompleted,
    Kind.HOP_PAUSED: kinds.HopPaused,
    Kind.HOP_RESUMED: kinds.HopResumed,
    Kind.SUPPLEMENT_PROVIDED: kinds.SupplementProvided,
    Kind.HOP_EXTENDED: kinds.HopExtended,
    Kind.HOP_REFUSED: kinds.HopRefused,
    Kind.REFUSAL_ACKNOWLEDGED: kinds.RefusalAcknowledged,
    Kind.HOP_RETURNED: kinds.HopReturned,
    Kind.TRANSFER_CORRECTED: kinds.TransferCorrected,
}


def play(cast: Cast, rulebook: Rulebook) -> Played:
    """Fold everything that is said, and everything that time brings before it."""
    id = UUID(int=1)
    submission = kinds.TransferSubmitted.model_validate(cast.submission, strict=False)
    said = Said(Kind.TRANSFER_SUBMITTED, cast.office, submission, None, cast.at, UUID(int=2))
    opened = open_transfer(said, id, cast.dossier, rulebook.at(cast.at))
    assert isinstance(opened, Folded), opened
    table = _Table(rulebook, opened.transfer)
    table.note(opened, cast.at)
    for number, saying in enumerate(cast.sayings, 3):
        table.pass_time(saying.at)
        data = _MODELS[saying.kind].model_validate(saying.about(str(id)), strict=False)
        ref = UUID(int=number)
        table.fold(Said(saying.kind, cast.speaker(saying), data, None, saying.at, ref), saying.at)
    return Played(cast, table.transfer, [_view(entry) for entry in table.entries])


class _Table:
    def __init__(self, rulebook: Rulebook, transfer: Transfer) -> None:
        self.rulebook = rulebook
        self.transfer = transfer
        self.entries: list[Entry] = []

    def pass_time(self, until: datetime) -> None:
        while (due := self.transfer.next_instant()) is not None and due <= until:
            self.fold(TimeReached(due), due)

    def fold(self, event: Event, now: datetime) -> None:
        folded = fold(self.transfer, event, self.rulebook.at(now))
        assert not isinstance(folded, Declined), (self.transfer.procedure, event, folded)
        self.note(folded, now)

    def note(self, folded: Folded, now: datetime) -> None:
        self.transfer = folded.transfer
        self.entries.extend(folded.entries)
        for owed in folded.sends:
            if owed.kind is Kind.HANDOVER_OFFERED:
                assert owed.step is not None
                assert owed.round is not None
                self.fold(Delivered(owed.step, owed.round, now, "broker-confirm"), now)


def _view(entry: Entry) -> dict[str, Any]:
    return {
        "legal_at": entry.legal_at,
        "act": entry.act,
        "actor": entry.actor,
        "step": entry.step,
        "round": entry.round,
        "reason": entry.reason,
        "legal_basis": entry.legal_basis,
        "facts": entry.facts,
    }
