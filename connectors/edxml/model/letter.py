# ruff: noqa: RUF009 - `leaf` and `node` make fresh dataclass fields, as `field` does
"""A letter's own header: who writes to whom, about what (`MessageHeader`)."""

from dataclasses import dataclass
from datetime import date

from connectors.edxml.binding import leaf, node
from connectors.edxml.model.parts import NOTHING, Extra, Organ, ResponseFor


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
