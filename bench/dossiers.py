"""Synthetic messages of agencies, each padded to one size with text that its model allows.

Nobody in them exists: personal numbers begin with 000, which is no province.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

import orjson

from bench.plan import PROCEDURE
from schemas.identifiers import agency_urn
from schemas.kinds import Kind

_FILLER: Final = "Hồ sơ đã được kiểm tra, đối chiếu với cơ sở dữ liệu quốc gia về dân cư. "
_LONGEST_STATUS: Final = 500
_EXTENSION: Final = "phanmem"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Commune:
    """An originator: its code, and the unit that its applicants live in."""

    code: str
    unit: str


@dataclass(frozen=True, slots=True)
class Hop:
    """One agency's turn, as its handover said."""

    agency: str
    dossier: str
    transfer: str
    step: str
    round: int


@dataclass(frozen=True, slots=True)
class Message:
    """What an agency publishes: `kind` and `agency` make its routing key."""

    agency: str
    kind: Kind
    id: str
    body: bytes

    @property
    def routing_key(self) -> str:
        return f"{self.agency}.{self.kind}"


def dossier_code(commune: Commune, day: datetime, number: int) -> str:
    return f"{commune.code}-{day:%y%m%d}-{number:05d}"


def submitted(commune: Commune, dossier: str, size: int) -> Message:
    """Write a submission whose form fills the message up to `size` bytes."""
    now = datetime.now(UTC)

    def build(padding: str) -> Json:
        return {
            "procedure": PROCEDURE,
            "received_at": now,
            "channel": "in_person",
            "applicant": {
                "kind": "citizen",
                "name": "Nguyễn Văn Mẫu",
                "identifier": {"kind": "personal_number", "value": "000300000001"},
                "birth_date": "1951-05",
                "phone": "0900000000",
                "address": "Thôn Mẫu, tỉnh Hưng Yên",
            },
            "places": {"applicant": commune.unit},
            "documents": [_document("don", "Đơn đề nghị.pdf"), _document("lylich", "Tờ khai.pdf")],
            "form": {"hoan_canh": padding, "so_nguoi_trong_ho": 1, "o_mot_minh": True},
        }

    return _padded(commune.code, Kind.TRANSFER_SUBMITTED, dossier, build, size)


def received(hop: Hop, size: int) -> Message:
    """Write a receipt; its status text and a CloudEvents extension fill it."""

    def build(padding: str) -> Json:
        return {
            "transfer": hop.transfer,
            "step": hop.step,
            "round": hop.round,
            "local_code": f"MC-{hop.dossier}"[:64],
            "raw_status": {"code": "2", "text": padding[:_LONGEST_STATUS]},
        }

    return _padded(hop.agency, Kind.HOP_RECEIVED, hop.dossier, build, size)


def completed(hop: Hop, size: int) -> Message:
    """Write a completion with one result document; its explanation fills it."""

    def build(padding: str) -> Json:
        return {
            "transfer": hop.transfer,
            "step": hop.step,
            "round": hop.round,
            "outcome": "approved",
            "results": [
                {**_document("kq", "Kết quả.pdf"), "kind": "decision", "number": "17/QĐ-UBND"}
            ],
            "explanation": padding,
            "raw_status": {"code": "9", "text": "Đã giải quyết"},
        }

    return _padded(hop.agency, Kind.HOP_COMPLETED, hop.dossier, build, size)


def _padded(
    agency: str,
    kind: Kind,
    dossier: str,
    build: Callable[[str], Json],
    size: int,
) -> Message:
    event: Json = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": agency_urn(agency),
        "type": kind.type,
        "subject": dossier,
        "time": datetime.now(UTC),
        "datacontenttype": "application/json",
        "data": build("."),
    }
    missing = size - len(_bytes(event))
    event["data"] = build(_text(missing + 1) if missing > 0 else ".")
    missing = size - len(_bytes(event)) - len(f',"{_EXTENSION}":""')
    if missing > 0:
        event[_EXTENSION] = "." * missing
    return Message(agency, kind, event["id"], _bytes(event))


def _text(length: int) -> str:
    """Return Vietnamese text of `length` bytes in UTF-8, at least one."""
    encoded = (_FILLER * (length // len(_FILLER) + 1)).encode()[:length]
    text = encoded.decode(errors="ignore")
    return text + "." * (length - len(text.encode()))


def _document(id_: str, name: str) -> Json:
    return {
        "id": id_,
        "name": name,
        "media_type": "application/pdf",
        "size": 182044,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    }


def _bytes(event: Json) -> bytes:
    return orjson.dumps(event, option=orjson.OPT_UTC_Z)
