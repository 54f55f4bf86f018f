# ruff: noqa: RUF009 - `leaf` and `node` make fresh dataclass fields, as `field` does
"""What a letter does to the ones before it, and through whose hands it went (`TraceHeaderList`)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from connectors.edxml.binding import leaf, node
from connectors.edxml.model.parts import NOTHING, Extra, Staff


class BusinessType(StrEnum):
    """What a letter does to the ones before it (`BussinessDocType`)."""

    NEW = "0"
    RECALL = "1"
    UPDATE = "2"
    REPLACE = "3"


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceHeader:
    """Through whose hands the letter went, and when."""

    organ_id: str = leaf("OrganId", required=True)
    at: datetime = leaf("Timestamp", "moment", required=True)
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
