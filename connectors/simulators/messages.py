"""A message of a simulated agency: written once, sent as the same bytes however often."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson

from schemas.envelope import Envelope, write_structured
from schemas.identifiers import agency_urn
from schemas.kinds import Kind


@dataclass(frozen=True, slots=True)
class Message:
    """One structured CloudEvent."""

    id: str
    kind: Kind
    subject: str
    body: bytes = field(repr=False)


def write_message(
    *,
    agency: str,
    id: str,
    kind: Kind,
    subject: str,
    time: datetime,
    data: dict[str, Any],
    traceparent: str | None = None,
) -> Message:
    envelope = Envelope(
        id=id,
        source=agency_urn(agency),
        type=kind.type,
        subject=subject,
        time=time,
        data=data,
        traceparent=traceparent,
    )
    return Message(id, kind, subject, orjson.dumps(write_structured(envelope)))


def derived_id(agency: str, cause: str, purpose: str) -> str:
    """Return the id that the answer to `cause` has, now and after any restart."""
    return str(uuid5(NAMESPACE_URL, f"urn:lienthong:agency:{agency}/{cause}/{purpose}"))
