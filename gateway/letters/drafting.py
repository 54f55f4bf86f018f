"""Draft a letter: read a transfer with its ledger, let routing decide, and show what it says.

Reads only. Nothing of the citizen's is read, so nothing of it can be in a letter.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.letters.plain import digest_of
from gateway.operations.transfer_view import find_transfer, read_ledger
from gateway.rulebook import Rulebook
from gateway.store.pool import Pool
from routing.letters import (
    Apology,
    Letter,
    NoLetter,
    Recorded,
    Wording,
    draft_apology,
    load_wording,
    write_letter,
)

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter that may be issued now: what it rests on, and its text in both languages."""

    apology: Apology
    wording: Wording
    letters: Mapping[str, Letter]
    seq: int
    """The head of the ledger that it was written from."""

    def view(self) -> View:
        """Show what it rests on, JSON-ready."""
        apology, delay = self.apology, self.apology.delay
        transfer = apology.transfer
        return {
            "transfer": transfer.id,
            "dossier": {"issuer": transfer.issuer, "code": transfer.code},
            "needed": apology.is_needed,
            "due_at": apology.due_at,
            "forecast": apology.forecast,
            "new_date": apology.new_date,
            "author": apology.author,
            "legal_basis": apology.legal_basis,
            "cause": {
                "kind": delay.kind,
                "party": delay.party,
                "step": delay.step,
                "round": delay.round,
                "agency": delay.agency,
                "since": delay.since,
                "lasted": str(delay.lasted),
                "proof": [asdict(one) for one in delay.proof],
            },
            "form": {
                "version": self.wording.form,
                "certainty": self.wording.certainty,
                "source": self.wording.source,
            },
            "digest": digest_of(self.letters["vi"]).hex(),
        }


async def draft_letter(
    pool: Pool,
    rulebook: Rulebook,
    transfer_id: UUID,
    *,
    now: datetime,
    until: datetime | None = None,
) -> Draft | NoLetter | None:
    """Decide what a letter would say now; None if there is no such transfer."""
    found = await find_transfer(pool, transfer_id)
    if found is None:
        return None
    record = [
        Recorded(
            entry["seq"],
            entry["act"],
            entry["legal_at"],
            entry["step"],
            entry["round"],
            entry["hash"],
        )
        for entry in await read_ledger(pool, transfer_id, names_people=False)
        if entry["seq"] <= found.seq
    ]
    context = rulebook.at(now)
    apology = draft_apology(found.transfer, record, context, until)
    if isinstance(apology, NoLetter):
        return apology
    wording = load_wording()
    letters = {
        language: write_letter(apology, context, wording, language) for language in ("vi", "en")
    }
    return Draft(apology, wording, letters, found.seq)
