"""What there is to read for a transfer: the letter that was issued, else what one would say now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from gateway.letters.drafting import draft_letter
from gateway.letters.issued import find_letter
from gateway.letters.issuing import Issued
from gateway.letters.pdf import make_pdf
from gateway.letters.plain import as_text
from gateway.operations.transfer_view import find_transfer
from gateway.rulebook import Rulebook
from gateway.store.pool import Pool
from routing.letters import Letter, NoLetter
from routing.letters.wording import Language

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter to read, as a draft or as it was issued; `decided_at` dates its file."""

    status: Literal["draft", "issued"]
    view: View
    letters: dict[str, Letter]
    decided_at: datetime

    def document(self, language: Language) -> View:
        """Return everything about it, with its text."""
        text = as_text(self.letters[language])
        return {"status": self.status, **self.view, "language": language, "text": text}

    def text(self, language: Language) -> str:
        return as_text(self.letters[language])

    async def pdf(self, language: Language) -> bytes:
        return await make_pdf(self.letters[language], self.decided_at)


async def read_letter(
    pool: Pool,
    rulebook: Rulebook,
    transfer_id: UUID,
    *,
    now: datetime,
    until: datetime | None = None,
) -> Shown | NoLetter | None:
    """Return a dossier's issued letter, or a draft; None if there is no such transfer."""
    found = await find_transfer(pool, transfer_id)
    if found is None:
        return None
    letter = await find_letter(pool, found.transfer.issuer, found.transfer.code)
    if letter is not None:
        return shown_issued(Issued(*letter))
    draft = await draft_letter(pool, rulebook, transfer_id, now=now, until=until)
    if draft is None or isinstance(draft, NoLetter):
        return draft
    return Shown("draft", draft.view(), dict(draft.letters), draft.apology.decided_at)


def shown_issued(issued: Issued) -> Shown:
    """Show a letter as it was issued."""
    return Shown("issued", issued.view, issued.letters, issued.view["issued_at"])
