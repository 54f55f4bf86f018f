# ruff: noqa: RUF009 - `leaf` and `node` make fresh dataclass fields, as `field` does
"""What letters and statuses have in common: agencies, people, what is answered, what is unknown."""

from dataclasses import dataclass
from datetime import date

from connectors.edxml.binding import leaf


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
class Staff:
    """The person who handled it."""

    department: str | None = leaf("Department")
    name: str | None = leaf("Staff")
    email: str | None = leaf("Email")
    mobile: str | None = leaf("Mobile")
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseFor:
    """The letter that this one answers."""

    organ_id: str | None = leaf("OrganId")
    code: str | None = leaf("Code")
    on: date | None = leaf("PromulgationDate", "day")
    document_id: str | None = leaf("DocumentId")
    extra: Extra = NOTHING
