"""What is owed to an agency, as a letter of the axis; pure.

Every letter carries the whole message as `ho-so.json`, so that nothing is lost to a reader who
knows us, and says for people what it is about: number, subject, date due. Names of applicants are
in the attachments alone, and in the names that files were given. The same parcel with the same
papers always makes the same letter: instants are the parcel's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import orjson

from connectors.agency_book import AgencyBook
from connectors.edxml import names
from connectors.edxml.document_ids import LetterName, Mark, issuer_of
from connectors.edxml.files import DOSSIER_FILE
from connectors.edxml.model import (
    Attachment,
    Attachments,
    Body,
    Business,
    BusinessType,
    Code,
    DocumentType,
    Envelope,
    Header,
    Inner,
    Manifest,
    MessageHeader,
    Organ,
    OrganIdList,
    Promulgation,
    Reference,
    Replacement,
    ReplacementList,
    TraceHeader,
    TraceHeaderList,
)
from connectors.edxml.papers import Paper, attached, listed, told
from connectors.edxml.partner import Partner
from connectors.edxml.tables import LetterLine, letters
from connectors.protocol import Parcel
from schemas.kinds import Kind

DOSSIER_MEDIA: Final = "application/json"
_CONTENT_ID: Final = "ho-so"
_LONGEST_LINE: Final = 1000


@dataclass(frozen=True, slots=True)
class Untold:
    """The dialect has no letter for this kind of message, and none is made up."""

    kind: str


def letter_of(
    parcel: Parcel, partner: Partner, book: AgencyBook, papers: Sequence[Paper] = ()
) -> Envelope | Untold:
    """Write one parcel as a letter; raise NoSuchCode if the partner cannot be told who.

    `papers` are its documents: with their content those that go along.
    """
    line = letters()[Kind(parcel.kind)]
    if line.type is None:
        return Untold(parcel.kind)
    at = _instant(parcel.envelope["time"])
    if line.kind is Kind.CONNECTION_TESTED:
        return _test_letter(parcel, line, at, partner, book)
    data = parcel.data
    name = _name(parcel, data)
    issuer = issuer_of(name.dossier)
    issuer_id = partner.organ_id(issuer, book)
    sender = _organ(data.get("sender", issuer), partner, book)
    message = MessageHeader(
        sender=sender,
        receivers=tuple(_organ(code, partner, book) for code in (partner.agency, *partner.also_to)),
        document_id=name.written(issuer_id),
        code=Code(number=name.dossier, notation=name.notation),
        promulgation=Promulgation(on=at.date()),
        type=DocumentType(name="Hồ sơ thủ tục hành chính"),
        subject=_subject(line, name, data)[:_LONGEST_LINE],
        content=_content(data, papers),
        due=_due(data),
    )
    business = _business(line, name, issuer_id, message.receivers)
    return _envelope(parcel, message, business, at, papers)


def _test_letter(
    parcel: Parcel, line: LetterLine, at: datetime, partner: Partner, book: AgencyBook
) -> Envelope:
    """Write a letter about nothing: from the partner to itself, for we have no code there."""
    itself = _organ(partner.agency, partner, book)
    message = MessageHeader(
        sender=itself,
        receivers=(itself,),
        document_id=f"{itself.id},{at.strftime(names.DAY)},LT.{parcel.delivery.hex}",
        promulgation=Promulgation(on=at.date()),
        subject=line.subject,
    )
    assert line.type is not None
    return _envelope(parcel, message, Business(type=line.type, reason=line.reason, paper=0), at)


def _envelope(
    parcel: Parcel,
    message: MessageHeader,
    business: Business,
    at: datetime,
    papers: Sequence[Paper] = (),
) -> Envelope:
    files = attached(papers)
    trace = TraceHeaderList(
        traces=(TraceHeader(organ_id=message.sender.id, at=at),), business=business
    )
    return Envelope(
        inner=Inner(
            header=Header(message=message, trace=trace),
            body=Body(
                manifest=Manifest(references=(_REFERENCE, *(announced for _, announced in files)))
            ),
        ),
        attachments=Attachments(
            files=(_dossier_file(parcel, papers), *(file for file, _ in files))
        ),
    )


def _name(parcel: Parcel, data: Mapping[str, Any]) -> LetterName:
    about = LetterName(
        dossier=str(parcel.envelope["subject"]),
        transfer=UUID(str(data["transfer"])),
        step=data.get("step") if "round" in data else None,
        round=data.get("round"),
    )
    match Kind(parcel.kind):
        case Kind.HANDOVER_OFFERED:
            return about
        case Kind.HANDOVER_CANCELLED:
            return _marked(about, Mark.RECALL, None)
        case _:
            return _marked(about, Mark.UPDATE, parcel.delivery.hex[-12:])


def _marked(name: LetterName, mark: Mark, cause: str | None) -> LetterName:
    return LetterName(
        dossier=name.dossier,
        transfer=name.transfer,
        step=name.step,
        round=name.round,
        mark=mark,
        cause=cause,
    )


def _business(
    line: LetterLine, name: LetterName, issuer: str, receivers: tuple[Organ, ...]
) -> Business:
    """Say what the letter does to the one before it, by that one's DocumentId."""
    assert line.type is not None
    before = LetterName(
        dossier=name.dossier, transfer=name.transfer, step=name.step, round=name.round
    )
    if name.mark is not None:
        return Business(
            type=line.type,
            reason=line.reason,
            document_id=before.written(issuer) if name.step is not None else None,
            paper=0,
        )
    if name.round is None or name.round == 1:
        return Business(type=line.type, reason=line.reason, paper=0)
    replaced = LetterName(
        dossier=name.dossier, transfer=name.transfer, step=name.step, round=name.round - 1
    )
    organs = OrganIdList(ids=tuple(one.id for one in receivers))
    return Business(
        type=BusinessType.REPLACE,
        reason=line.reason,
        paper=0,
        replaced=ReplacementList(
            replaced=(Replacement(document_id=replaced.written(issuer), organs=organs),)
        ),
    )


def _organ(code: str, partner: Partner, book: AgencyBook) -> Organ:
    name = book.name(code)
    return Organ(id=partner.organ_id(code, book), in_charge=name, name=name)


def _subject(line: LetterLine, name: LetterName, data: Mapping[str, Any]) -> str:
    procedure = data.get("procedure")
    title = f": {procedure['title']}" if isinstance(procedure, Mapping) else ""
    return f"{line.subject} {name.dossier}{title}"


def _content(data: Mapping[str, Any], papers: Sequence[Paper]) -> str | None:
    task = data.get("task")
    said = [f"{task['vi']}"] if isinstance(task, Mapping) else []
    of_papers = told(papers)
    if of_papers is not None:
        said.append(of_papers)
    return ". ".join(said) or None


def _due(data: Mapping[str, Any]) -> Any:
    due = data.get("complete_by")
    return _instant(due).date() if due is not None else None


def _instant(said: Any) -> datetime:
    """Return an instant in Vietnam's offset, whole seconds, whether it was written yet or not."""
    instant = said if isinstance(said, datetime) else datetime.fromisoformat(str(said))
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return instant.astimezone(names.VIETNAM).replace(microsecond=0)


_REFERENCE: Final = Reference(
    content_id=f"cid:{_CONTENT_ID}", content_type=DOSSIER_MEDIA, name=DOSSIER_FILE
)


def _dossier_file(parcel: Parcel, papers: Sequence[Paper]) -> Attachment:
    """Return the message as a file, in one order of fields; `delivery` is the same every time."""
    content = orjson.dumps(
        {
            "delivery": str(parcel.delivery),
            "kind": parcel.kind,
            "dossier": parcel.envelope.get("subject"),
            "data": parcel.data,
            **({"files": listed(papers)} if papers else {}),
        },
        option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z,
    )
    return Attachment(
        content_id=_CONTENT_ID, name=DOSSIER_FILE, content_type=DOSSIER_MEDIA, content=content
    )
