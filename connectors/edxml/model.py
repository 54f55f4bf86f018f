# ruff: noqa: RUF009 - `leaf` and `node` make fresh dataclass fields, as `field` does
"""The envelope as frozen values, named as people say it; the element names stand beside them.

What an envelope holds beyond this is not lost: each part keeps unknown attributes and elements in
`extra`, and they are written again where they stood (after the known ones). Empty elements, which
most software writes for what it does not know, are read as absent.

`DocumentId` is `OrganId,yyyy/MM/dd,code` in what we write; others put anything into it, so it
stays text. Instants are aware, in Vietnam's offset.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from connectors.edxml.binding import leaf, node


class BusinessType(StrEnum):
    """What a letter does to the ones before it (`BussinessDocType`)."""

    NEW = "0"
    RECALL = "1"
    UPDATE = "2"
    REPLACE = "3"


class StatusCode(StrEnum):
    """What has become of a letter, or what is asked about it (`StatusCode`)."""

    ARRIVED = "01"
    REFUSED = "02"
    RECEIVED = "03"
    ASSIGNED = "04"
    IN_PROGRESS = "05"
    COMPLETED = "06"
    RECALL_REQUESTED = "13"
    RECALL_AGREED = "15"
    RECALL_REFUSED = "16"


@dataclass(frozen=True, slots=True)
class Extra:
    """What a part holds that this model does not know: attributes, and elements as they stood."""

    attributes: tuple[tuple[str, str], ...] = ()
    elements: tuple[str, ...] = ()


NOTHING = Extra()


@dataclass(frozen=True, slots=True, kw_only=True)
class Organ:
    """An agency as the axis names it: by code, with what people need to reach it."""

    id: str = leaf("OrganId", required=True)
    in_charge: str | None = leaf("OrganizationInCharge")
    name: str | None = leaf("OrganName")
    address: str | None = leaf("OrganAdd")
    email: str | None = leaf("Email")
    telephone: str | None = leaf("Telephone")
    fax: str | None = leaf("Fax")
    website: str | None = leaf("Website")
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Number and notation of a letter (số, ký hiệu)."""

    number: str | None = leaf("CodeNumber")
    notation: str | None = leaf("CodeNotation")
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Promulgation:
    """Where and when a letter was issued."""

    place: str | None = leaf("Place")
    on: date = leaf("PromulgationDate", "day", required=True)
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentType:
    """Which type of letter; the numbers are the axis's own list."""

    type: int | None = leaf("Type", "number")
    detail: int | None = leaf("TypeDetail", "number")
    name: str | None = leaf("TypeName")
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signed the letter, as a person reads it. No cryptographic signature."""

    competence: str | None = leaf("Competence")
    position: str | None = leaf("Position")
    full_name: str | None = leaf("FullName")
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Appendixes:
    names: tuple[str, ...] = leaf("Appendix", many=True)
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherInfo:
    """Urgency, circulation, copies and pages."""

    priority: int | None = leaf("Priority", "number")
    sphere: str | None = leaf("SphereOfPromulgation")
    typer: str | None = leaf("TyperNotation")
    copies: int | None = leaf("PromulgationAmount", "number")
    pages: int | None = leaf("PageAmount", "number")
    direction: str | None = leaf("Direction")
    appendixes: Appendixes | None = node("Appendixes", lambda: Appendixes)
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseFor:
    """The letter that this one answers."""

    organ_id: str | None = leaf("OrganId")
    code: str | None = leaf("Code")
    on: date | None = leaf("PromulgationDate", "day")
    document_id: str | None = leaf("DocumentId")
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class ToPlaces:
    places: tuple[str, ...] = leaf("Place", many=True)
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageHeader:
    """Who writes to whom, about what."""

    sender: Organ = node("From", lambda: Organ, required=True)
    receivers: tuple[Organ, ...] = node("To", lambda: Organ, required=True, many=True)
    document_id: str = leaf("DocumentId", required=True)
    code: Code | None = node("Code", lambda: Code)
    promulgation: Promulgation = node("PromulgationInfo", lambda: Promulgation, required=True)
    type: DocumentType | None = node("DocumentType", lambda: DocumentType)
    subject: str = leaf("Subject", required=True)
    content: str | None = leaf("Content")
    signer: Signer | None = node("SignerInfo", lambda: Signer)
    due: date | None = leaf("DueDate", "day")
    other: OtherInfo | None = node("OtherInfo", lambda: OtherInfo)
    responses: tuple[ResponseFor, ...] = node("ResponseFor", lambda: ResponseFor, many=True)
    steering: int | None = leaf("SteeringType", "number")
    places: ToPlaces | None = node("ToPlaces", lambda: ToPlaces)
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceHeader:
    """Through whose hands the letter went, and when."""

    organ_id: str = leaf("OrganId", required=True)
    at: datetime = leaf("Timestamp", "moment", required=True)
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """The person who handled it."""

    department: str | None = leaf("Department")
    name: str | None = leaf("Staff")
    email: str | None = leaf("Email")
    mobile: str | None = leaf("Mobile")
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A receiver that an update adds or takes away."""

    organ_id: str = leaf("OrganId", required=True)
    type: int | None = leaf("ReceiverType", "number")
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverList:
    receivers: tuple[Receiver, ...] = node("Receiver", lambda: Receiver, many=True)
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatedParts:
    """What an update changes: the document, its receivers, or both."""

    document: int | None = leaf("DocumentInfo", "number")
    receiver: int | None = leaf("DocumentReceiver", "number")
    list: ReceiverList | None = node("ReceiverList", lambda: ReceiverList)
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganIdList:
    ids: tuple[str, ...] = leaf("OrganId", many=True)
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A letter that this one stands in for, and at whom."""

    document_id: str = leaf("DocumentId", required=True)
    organs: OrganIdList | None = node("OrganIdList", lambda: OrganIdList)
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementList:
    replaced: tuple[Replacement, ...] = node("ReplacementInfo", lambda: Replacement, many=True)
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """What the letter is for. The element is written `Bussiness` by the whole axis."""

    document_id: str | None = leaf("DocumentId")
    type: BusinessType = leaf(
        "BussinessDocType", "code", required=True, codes=BusinessType, also=("BusinessDocType",)
    )
    reason: str | None = leaf("BussinessDocReason", also=("BusinessDocReason",))
    paper: int | None = leaf("Paper", "number")
    staff: Staff | None = node("StaffInfo", lambda: Staff)
    updated: UpdatedParts | None = node(
        "BussinessDocumentInfo", lambda: UpdatedParts, also=("BusinessDocumentInfo",)
    )
    replaced: ReplacementList | None = node("ReplacementInfoList", lambda: ReplacementList)
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceHeaderList:
    traces: tuple[TraceHeader, ...] = node("TraceHeader", lambda: TraceHeader, many=True)
    business: Business = node("Bussiness", lambda: Business, required=True, also=("Business",))
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A status message: what became of one letter at one receiver."""

    response_for: ResponseFor = node("ResponseFor", lambda: ResponseFor, required=True)
    sender: Organ = node("From", lambda: Organ, required=True)
    code: StatusCode = leaf("StatusCode", "code", required=True, codes=StatusCode)
    description: str | None = leaf("Description")
    at: datetime = leaf("Timestamp", "moment", required=True)
    staff: Staff | None = node("StaffInfo", lambda: Staff)
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Either a letter's header with its trace, or a status; the reader sees to it."""

    message: MessageHeader | None = node("MessageHeader", lambda: MessageHeader)
    trace: TraceHeaderList | None = node("TraceHeaderList", lambda: TraceHeaderList)
    status: Status | None = node("Status", lambda: Status, also=("MessageStatus",))
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A file that the letter announces."""

    content_id: str = leaf("ContentId", required=True)
    content_type: str | None = leaf("ContentType")
    description: str | None = leaf("Description")
    name: str = leaf("AttachmentName", required=True)
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    references: tuple[Reference, ...] = node("Reference", lambda: Reference, many=True)
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    manifest: Manifest | None = node("edXMLManifest", lambda: Manifest)
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file with its bytes. Its content stays out of `repr`."""

    content_id: str = leaf("ContentId", required=True)
    name: str = leaf("AttachmentName", required=True)
    description: str | None = leaf("Description")
    content_type: str | None = leaf("ContentType")
    content: bytes = leaf("ContentTransferEncoded", "base64", required=True)
    extra: Extra = NOTHING

    def __repr__(self) -> str:
        return f"<Attachment {self.content_id}: {len(self.content)} bytes>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachments:
    files: tuple[Attachment, ...] = node("Attachment", lambda: Attachment, many=True)
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """`edXMLEnvelope`: header and body, without the bytes of the attachments."""

    header: Header = node("edXMLHeader", lambda: Header, required=True)
    body: Body | None = node("edXMLBody", lambda: Body)
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The whole of it (`edXML`)."""

    inner: Inner = node("edXMLEnvelope", lambda: Inner, required=True)
    attachments: Attachments | None = node("AttachmentEncoded", lambda: Attachments)
    extra: Extra = NOTHING

    def __repr__(self) -> str:
        kind = "status" if self.status is not None else "letter"
        return f"<Envelope {kind}, {len(self.files)} files>"

    @property
    def message(self) -> MessageHeader | None:
        return self.inner.header.message

    @property
    def business(self) -> Business | None:
        trace = self.inner.header.trace
        return trace.business if trace is not None else None

    @property
    def status(self) -> Status | None:
        return self.inner.header.status

    @property
    def files(self) -> tuple[Attachment, ...]:
        return self.attachments.files if self.attachments is not None else ()
