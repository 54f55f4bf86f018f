"""What an envelope of a partner amounts to: a message of ours, or a remark that is kept; pure.

A status about a hand-over of ours is a message where the code says the same (02, 03, 06), and
otherwise a remark: 01, 04 and 05 move nothing in a dossier's life, and neither does what is said
about a recall or an update (13, 15, 16, and any code about such a letter). A letter is a message
if it carries one of ours as `ho-so.json`; a recall says enough by itself. Nothing is guessed: what
is none of these, or is addressed to nobody here, is refused with where it fails.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import orjson

from connectors.agency_book import AgencyBook
from connectors.edxml.document_ids import LetterName, Mark, read_document_id
from connectors.edxml.faults import FaultCode, refuse
from connectors.edxml.files import DOSSIER_FILE, enclosures_of, listing
from connectors.edxml.model import (
    BusinessType,
    Envelope,
    MessageHeader,
    Organ,
    ResponseFor,
    Status,
    TraceHeaderList,
)
from connectors.edxml.partner import Partner
from connectors.edxml.tables import StatusLine, statuses
from connectors.protocol import Enclosure, Message, Remark
from schemas.kinds import FROM_AGENCIES, Kind
from schemas.wire import LINE_PATTERN, TEXT_PATTERN

_HEADER: Final = "/edXML/edXMLEnvelope/edXMLHeader"
_STATUS: Final = f"{_HEADER}/Status"
_LETTER: Final = f"{_HEADER}/MessageHeader"
_FILE: Final = "/edXML/AttachmentEncoded"
_LINE: Final = re.compile(LINE_PATTERN)
_TEXT: Final = re.compile(TEXT_PATTERN)
_ABOUT: Final[Mapping[Mark | None, str]] = {
    None: "letter",
    Mark.RECALL: "recall",
    Mark.UPDATE: "update",
}
_FITTING: Final[Mapping[BusinessType, frozenset[Kind]]] = {
    BusinessType.NEW: FROM_AGENCIES - {Kind.TRANSFER_WITHDRAWN},
    BusinessType.RECALL: frozenset({Kind.TRANSFER_WITHDRAWN}),
    BusinessType.UPDATE: frozenset({Kind.TRANSFER_CORRECTED, Kind.SUPPLEMENT_PROVIDED}),
    BusinessType.REPLACE: frozenset({Kind.TRANSFER_CORRECTED}),
}


def hear(
    envelope: Envelope,
    partner: Partner,
    book: AgencyBook,
    enclosures: Sequence[Enclosure] | None = None,
) -> Message | Remark:
    """Return what one envelope amounts to; raise EnvelopeRefused.

    `enclosures` are its files as documents, where somebody has looked at them already.
    """
    if envelope.status is not None:
        return _hear_status(envelope.status, partner, book)
    if enclosures is None:
        enclosures = enclosures_of(envelope)
    return _hear_letter(envelope, enclosures, partner, book)


def _hear_status(status: Status, partner: Partner, book: AgencyBook) -> Message | Remark:
    itself = _check_sender(status.sender, partner, book, f"{_STATUS}/From/OrganId")
    about = _letter_answered(status.response_for, f"{_STATUS}/ResponseFor/DocumentId")
    line = statuses()[status.code]
    id_ = "|".join(
        (str(status.response_for.document_id), status.code, status.at.isoformat(), status.sender.id)
    )
    if line.kind is None or about.mark is not None or about.step is None or not itself:
        return Remark(
            id=id_,
            event=f"{_ABOUT[about.mark]}.{line.event}",
            code=status.code,
            said_by=status.sender.id,
            transfer=about.transfer,
            step=about.step,
            round=about.round,
            text=status.description,
            claimed_at=status.at,
        )
    return Message(
        id=id_,
        kind=line.kind,
        subject=about.dossier,
        data={
            "transfer": str(about.transfer),
            "step": about.step,
            "round": about.round,
            **_said(line, status, partner),
            "raw_status": _raw(status),
        },
        claimed_at=status.at,
    )


def _said(line: StatusLine, status: Status, partner: Partner) -> Mapping[str, Any]:
    """Return what the kind of message asks for beyond the code, which only the endpoint can say."""
    match line.kind:
        case Kind.HOP_REFUSED:
            return {"reason": partner.refused_as, "explanation": _explanation(line, status)}
        case Kind.HOP_COMPLETED if partner.completed_as is None:
            raise refuse(
                FaultCode.UNKNOWN_CODE,
                "what outcome this partner's 06 stands for is not said: completed_as is missing",
                path=f"{_STATUS}/StatusCode",
                whose="gateway",
            )
        case Kind.HOP_COMPLETED:
            return {"outcome": partner.completed_as, "explanation": _explanation(line, status)}
        case _:
            return {}


def _explanation(line: StatusLine, status: Status) -> str:
    text = (status.description or "")[:2000]
    return text if _TEXT.fullmatch(text) else line.text


def _raw(status: Status) -> dict[str, str]:
    """Return code and text as a line: what was posted is kept beside it to the byte."""
    text = " ".join((status.description or "").split())[:500]
    raw = {"code": str(status.code)}
    return {**raw, "text": text} if _LINE.fullmatch(text) else raw


def _hear_letter(
    envelope: Envelope, enclosures: Sequence[Enclosure], partner: Partner, book: AgencyBook
) -> Message | Remark:
    letter, trace = envelope.message, envelope.inner.header.trace
    assert letter is not None
    assert trace is not None
    if not _check_sender(letter.sender, partner, book, f"{_LETTER}/From/OrganId"):
        raise refuse(
            FaultCode.NOT_ALLOWED,
            "letters of this partner come from itself",
            path=f"{_LETTER}/From/OrganId",
        )
    _check_addressee(letter, partner, book)
    said = _dossier_file(envelope)
    type_ = trace.business.type
    at = max((one.at for one in trace.traces), default=None)
    if said is not None:
        return _message_in(said, letter, type_, at, enclosures)
    if type_ is BusinessType.RECALL:
        return _recall(letter, trace, at)
    answered = [_named(one) for one in letter.responses]
    about = next((name for name in answered if name is not None), None)
    if about is None:
        detail = f"the letter carries no {DOSSIER_FILE} and answers no letter of ours"
        raise refuse(FaultCode.MISSING, detail, path=_FILE)
    return Remark(
        id=letter.document_id,
        event=f"{_ABOUT[about.mark]}.answered",
        code=type_,
        said_by=letter.sender.id,
        transfer=about.transfer,
        step=about.step,
        round=about.round,
        text=letter.subject,
        claimed_at=at,
    )


def _message_in(
    said: Mapping[str, Any],
    letter: MessageHeader,
    type_: BusinessType,
    at: datetime | None,
    enclosures: Sequence[Enclosure],
) -> Message:
    kind = next((one for one in FROM_AGENCIES if one == said.get("kind")), None)
    if kind is None or not isinstance(said.get("data"), dict):
        detail = f"{DOSSIER_FILE} holds kind and data of a message that agencies send"
        raise refuse(FaultCode.BAD_VALUE, detail, path=_FILE)
    if kind not in _FITTING[type_]:
        detail = "the message in the letter is not what its business type says"
        raise refuse(
            FaultCode.BAD_VALUE,
            detail,
            path=f"{_HEADER}/TraceHeaderList/Bussiness/BussinessDocType",
        )
    dossier = said.get("dossier")
    return Message(
        id=letter.document_id,
        kind=kind,
        subject=dossier if isinstance(dossier, str) else _number(letter),
        data=listing(kind, said["data"], enclosures),
        claimed_at=at,
    )


def _recall(letter: MessageHeader, trace: TraceHeaderList, at: datetime | None) -> Message:
    """A recall needs no file: it names the dossier by its number, and why by its reason."""
    reason = " ".join((trace.business.reason or "").split())[:500]
    if not _LINE.fullmatch(reason):
        detail = "a recall says why"
        path = f"{_HEADER}/TraceHeaderList/Bussiness/BussinessDocReason"
        raise refuse(FaultCode.MISSING, detail, path=path)
    if _number(letter) is None:
        detail = "a recall names the dossier by its number, or carries the file"
        raise refuse(FaultCode.MISSING, detail, path=f"{_LETTER}/Code/CodeNumber")
    return Message(
        id=letter.document_id,
        kind=Kind.TRANSFER_WITHDRAWN,
        subject=_number(letter),
        data={"reason": reason},
        claimed_at=at,
    )


def _dossier_file(envelope: Envelope) -> Mapping[str, Any] | None:
    found = [one for one in envelope.files if one.name == DOSSIER_FILE]
    if not found:
        return None
    if len(found) > 1:
        detail = f"there is more than one {DOSSIER_FILE}"
        raise refuse(FaultCode.REPEATED, detail, path=_FILE)
    try:
        said = orjson.loads(found[0].content)
    except orjson.JSONDecodeError:
        said = None
    if not isinstance(said, dict):
        raise refuse(FaultCode.BAD_VALUE, f"{DOSSIER_FILE} is no JSON object", path=_FILE)
    return said


def _check_sender(sender: Organ, partner: Partner, book: AgencyBook, path: str) -> bool:
    """Return whether the partner itself speaks, or one of its letters' other receivers."""
    if partner.is_itself(sender.id, book):
        return True
    if sender.id in partner.also_to or book.present(sender.id) in partner.also_to:
        return False
    detail = "the sender is neither this partner nor a receiver of its letters"
    raise refuse(FaultCode.NOT_ALLOWED, detail, path=path)


def _check_addressee(letter: MessageHeader, partner: Partner, book: AgencyBook) -> None:
    """Refuse a letter that names neither us nor any agency of the directory but its own sender."""
    for one in letter.receivers:
        if one.id in partner.addressed_as:
            return
        if book.present(one.id) is not None and not partner.is_itself(one.id, book):
            return
    detail = "the letter is addressed to nobody here: neither to us nor to an agency we know"
    raise refuse(FaultCode.NOT_ADDRESSEE, detail, path=f"{_LETTER}/To[1]/OrganId")


def _letter_answered(response: ResponseFor, path: str) -> LetterName:
    about = _named(response)
    if about is None:
        detail = "the status is about no letter of ours: quote its DocumentId as it came"
        raise refuse(FaultCode.BAD_VALUE, detail, path=path)
    return about


def _named(response: ResponseFor) -> LetterName | None:
    return read_document_id(response.document_id) if response.document_id else None


def _number(letter: MessageHeader) -> str | None:
    return letter.code.number if letter.code is not None else None
