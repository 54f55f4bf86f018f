# ruff: noqa: RUF009 - `leaf` and `node` make fresh dataclass fields, as `field` does
"""The whole envelope: either a letter's header or a status, and the files that came along."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from connectors.edxml.binding import leaf, node
from connectors.edxml.model.letter import MessageHeader
from connectors.edxml.model.parts import NOTHING, Extra, Organ, ResponseFor, Staff
from connectors.edxml.model.trace import Business, TraceHeaderList


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
