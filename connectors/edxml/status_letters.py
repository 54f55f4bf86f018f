"""Where a dossier stands, as a status about the partner's own letter; pure.

An agency that sent a dossier by a letter is told 03, 05, 06 or 02 about that letter, as its
dossier moves; a recall or an update of its own that was taken is answered 15 about that very
letter. What was refused is answered by the post's own answer, at once: 16 is not sent. The text
says the state in words, and in brackets the gateway's own words for state and reason, which are
codes: there is no personal data in a status.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from connectors.agency_book import AgencyBook
from connectors.edxml import names
from connectors.edxml.letters import Untold
from connectors.edxml.model import Envelope, Header, Inner, Organ, ResponseFor, Status, StatusCode
from connectors.edxml.partner import Partner
from connectors.edxml.tables import rows, statuses
from connectors.letter_book import Behind, Posted
from connectors.protocol import Parcel
from schemas.kinds import Kind

_ANSWERED: Final = frozenset(
    {Kind.TRANSFER_WITHDRAWN, Kind.TRANSFER_CORRECTED, Kind.SUPPLEMENT_PROVIDED}
)
"""What a partner posts as a recall or an update, and hears 15 about."""


@dataclass(frozen=True, slots=True)
class StateLine:
    """How a dossier's state is said."""

    code: StatusCode | None
    text: str


def status_of(
    parcel: Parcel, behind: Behind, partner: Partner, book: AgencyBook
) -> Envelope | Untold:
    """Write a `dossier.changed` as a status; raise NoSuchCode if the partner cannot be told who."""
    data = parcel.data
    cause = behind.cause
    if cause is not None and cause.kind in _ANSWERED:
        line = StateLine(StatusCode.RECALL_AGREED, statuses()[StatusCode.RECALL_AGREED].text)
        return _status(cause, line, data, partner, book)
    line = states()[str(data["state"])]
    if behind.first is None or line.code is None:
        return Untold(parcel.kind)
    return _status(behind.first, line, data, partner, book)


@cache
def states() -> Mapping[str, StateLine]:
    """Return how each state of a dossier is said."""
    return MappingProxyType(
        {
            row["state"]: StateLine(
                None if row["code"] == "-" else StatusCode(row["code"]), row["text"]
            )
            for row in rows("statuses-out.tsv")
        }
    )


def _status(
    about: Posted, line: StateLine, data: Mapping[str, Any], partner: Partner, book: AgencyBook
) -> Envelope:
    assert line.code is not None
    state, reason = str(data["state"]), data.get("reason")
    words = state if reason in (None, state) else f"{state}: {reason}"
    at = datetime.fromisoformat(str(data["at"])).astimezone(names.VIETNAM)
    status = Status(
        response_for=_response_for(about.id),
        sender=_us(data, partner, book),
        code=line.code,
        description=f"{line.text} [{words}]",
        at=at.replace(microsecond=0),
    )
    return Envelope(inner=Inner(header=Header(status=status)))


def _response_for(document_id: str) -> ResponseFor:
    """Quote a DocumentId, and what it says where it is written as the axis does."""
    organ, _, rest = document_id.partition(",")
    day, _, code = rest.partition(",")
    try:
        on: date = datetime.strptime(day, names.DAY).replace(tzinfo=names.VIETNAM).date()
    except ValueError:
        return ResponseFor(document_id=document_id)
    return ResponseFor(organ_id=organ or None, code=code or None, on=on, document_id=document_id)


def _us(data: Mapping[str, Any], partner: Partner, book: AgencyBook) -> Organ:
    """Say who speaks: the code that the partner writes to; else whose turn it is, or the issuer."""
    if partner.addressed_as:
        return Organ(id=partner.addressed_as[0])
    agency = data.get("progress", {}).get("agency") or data["dossier"]["issuer"]
    return Organ(id=partner.organ_id(agency, book), name=book.name(agency))
