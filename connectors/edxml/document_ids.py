"""Names of our letters: `OrganId,yyyy/MM/dd,code`, with what the answer has to be about inside.

A partner answers by quoting the DocumentId of what it answers. Ours say all that is needed to
know which turn that was, so that nothing has to be looked up:

    H54.15.07,2026/03/02,H54.15.07-260302-0001/LT.<transfer>.1.civil-status        a hand-over
    H54.15.07,2026/03/02,H54.15.07-260302-0001/LT.<transfer>.1.civil-status.TH     its recall
    H54.15.07,2026/03/02,H54.15.07-260302-0001/LT.<transfer>.CN-1f0c…              an update

The agency is the dossier's issuer and the day that of its code, the same in every letter about
it; the part before the slash is the letter's number, the part behind it its notation.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from connectors.edxml import names
from schemas.identifiers import DOSSIER_PATTERN, IdentifierError, parse_dossier_code

_NOTATION: Final = re.compile(
    r"LT\.(?P<transfer>[0-9a-f]{32})"
    r"(?:\.(?P<round>[1-9][0-9]{0,4})\.(?P<step>[a-z][a-z0-9-]{0,63}))?"
    r"(?:\.(?P<mark>TH|CN)(?:-(?P<cause>[0-9a-f]{12}))?)?"
)
_DOSSIER: Final = re.compile(DOSSIER_PATTERN)


class Mark(StrEnum):
    """What a letter is beside the hand-over itself."""

    RECALL = "TH"
    """thu hồi"""
    UPDATE = "CN"
    """cập nhật"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterName:
    """Which letter about which turn; `step` and `round` are None for one about the transfer."""

    dossier: str
    transfer: UUID
    step: str | None = None
    round: int | None = None
    mark: Mark | None = None
    cause: str | None = None
    """Tells one update from another: the last 12 digits of its delivery's id."""

    @property
    def notation(self) -> str:
        turn = f".{self.round}.{self.step}" if self.step is not None else ""
        mark = f".{self.mark}" if self.mark is not None else ""
        cause = f"-{self.cause}" if self.cause is not None else ""
        return f"LT.{self.transfer.hex}{turn}{mark}{cause}"

    @property
    def day(self) -> date:
        """The day that the dossier's code names, or that its transfer began on."""
        digits = parse_dossier_code(self.dossier).date
        try:
            return datetime.strptime(digits[-6:], "%y%m%d").replace(tzinfo=UTC).date()
        except ValueError:
            milliseconds = self.transfer.int >> 80 if self.transfer.version == 7 else 0
            began = datetime.fromtimestamp(milliseconds / 1000, UTC)
            return began.astimezone(names.VIETNAM).date()

    def written(self, organ: str) -> str:
        """Return the DocumentId; `organ` is the issuer's code as the partner knows it."""
        return f"{organ},{self.day.strftime(names.DAY)},{self.dossier}/{self.notation}"


def issuer_of(dossier: str) -> str:
    """Return the agency that a dossier's code begins with."""
    return parse_dossier_code(dossier).agency


def read_document_id(text: str) -> LetterName | None:
    """Return which letter of ours a DocumentId names; None if it is none of ours."""
    parts = text.split(",", 2)
    dossier, slash, notation = parts[-1].partition("/")
    found = _NOTATION.fullmatch(notation)
    if len(parts) != 3 or not slash or found is None or _DOSSIER.fullmatch(dossier) is None:
        return None
    try:
        parse_dossier_code(dossier)
    except IdentifierError:
        return None
    return LetterName(
        dossier=dossier,
        transfer=UUID(found["transfer"]),
        step=found["step"],
        round=int(found["round"]) if found["round"] else None,
        mark=Mark(found["mark"]) if found["mark"] else None,
        cause=found["cause"],
    )
