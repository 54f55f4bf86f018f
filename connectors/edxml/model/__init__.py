"""The envelope as frozen values, named as people say it; the element names stand beside them.

What an envelope holds beyond this is not lost: each part keeps unknown attributes and elements in
`extra`, and they are written again where they stood (after the known ones). Empty elements, which
most software writes for what it does not know, are read as absent.

`DocumentId` is `OrganId,yyyy/MM/dd,code` in what we write; others put anything into it, so it
stays text. Instants are aware, in Vietnam's offset.
"""

from connectors.edxml.model.envelope import (
    Attachment,
    Attachments,
    Body,
    Envelope,
    Header,
    Inner,
    Manifest,
    Reference,
    Status,
    StatusCode,
)
from connectors.edxml.model.letter import (
    Appendixes,
    Code,
    DocumentType,
    MessageHeader,
    OtherInfo,
    Promulgation,
    Signer,
    ToPlaces,
)
from connectors.edxml.model.parts import NOTHING, Extra, Organ, ResponseFor, Staff
from connectors.edxml.model.trace import (
    Business,
    BusinessType,
    OrganIdList,
    Receiver,
    ReceiverList,
    Replacement,
    ReplacementList,
    TraceHeader,
    TraceHeaderList,
    UpdatedParts,
)

__all__ = [
    "NOTHING",
    "Appendixes",
    "Attachment",
    "Attachments",
    "Body",
    "Business",
    "BusinessType",
    "Code",
    "DocumentType",
    "Envelope",
    "Extra",
    "Header",
    "Inner",
    "Manifest",
    "MessageHeader",
    "Organ",
    "OrganIdList",
    "OtherInfo",
    "Promulgation",
    "Receiver",
    "ReceiverList",
    "Reference",
    "Replacement",
    "ReplacementList",
    "ResponseFor",
    "Signer",
    "Staff",
    "Status",
    "StatusCode",
    "ToPlaces",
    "TraceHeader",
    "TraceHeaderList",
    "UpdatedParts",
]
