"""The JSON Schema of an event in structured mode, as `schemas.envelope` reads it."""

from typing import Any, Final

from schemas.envelope import LONGEST_ATTRIBUTE, LONGEST_EXTENSION
from schemas.identifiers import NEW_DOSSIER_PATTERN
from schemas.kinds import Kind
from schemas.wire import INSTANT_PATTERN

_LINE: Final = r"^[^\u0000-\u001f\u007f-\u009f]+$"
_URI: Final = r"^[!-~]+$"

ENVELOPE_EXAMPLE: Final[dict[str, Any]] = {
    "specversion": "1.0",
    "id": "h31-182-2026-000417",
    "source": "urn:lienthong:agency:H31.182",
    "type": "vn.lienthong.hop.received.v1",
    "subject": "H31.182-260302-0001",
    "time": "2026-03-02T08:12:00+07:00",
    "datacontenttype": "application/json",
    "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "data": {
        "transfer": "019cacf4-0940-7000-8000-000000000001",
        "step": "civil-status",
        "round": 1,
    },
}


def _text(description: str, pattern: str, **more: Any) -> dict[str, Any]:
    return {
        "description": description,
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST_ATTRIBUTE,
        "pattern": pattern,
        **more,
    }


def _optional(schema: dict[str, Any]) -> dict[str, Any]:
    return schema | {"type": ["string", "null"]}


SUBJECT_WORDS: Final = (
    "The dossier's code. Of a submission it is needed: agency, day of receipt (YYMMDD or "
    "YYYYMMDD), number; a receipt warns if the agency is not the sender, one above or below it, "
    "one it succeeds or a nationwide one, or if the day is not that of `received_at`."
)
SUBJECT_OF_A_SUBMISSION: Final[dict[str, Any]] = {
    "if": {"required": ["type"], "properties": {"type": {"const": Kind.TRANSFER_SUBMITTED.type}}},
    "then": {
        "required": ["subject"],
        "properties": {
            "subject": {
                "type": "string",
                "pattern": NEW_DOSSIER_PATTERN,
                "examples": ["H31.144-261122-0001"],
            }
        },
    },
}
"""What JSON Schema can say of it; that the day exists it cannot."""

ENVELOPE_SCHEMA: Final[dict[str, Any]] = {
    "title": "Envelope",
    "description": (
        "A CloudEvent 1.0 in structured mode. In binary mode the attributes are headers "
        "(`ce-*`; over AMQP also `cloudEvents:*` and `cloudEvents_*`) and the data is the body."
    ),
    "type": "object",
    "required": ["specversion", "id", "source", "type", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": _text("The sender's own id of the message; the same on every attempt.", _LINE),
        "source": _text(
            "urn:lienthong:agency: and the sender's code.",
            _URI,
            examples=["urn:lienthong:agency:H31.182"],
        ),
        "type": _text("vn.lienthong.<kind>.v1", _URI, examples=["vn.lienthong.hop.received.v1"]),
        "subject": _optional(_text(SUBJECT_WORDS, _LINE)),
        "time": {
            "description": "When it happened, with offset (RFC 3339).",
            "type": ["string", "null"],
            "format": "date-time",
            "pattern": INSTANT_PATTERN,
        },
        "dataschema": _optional(_text("The $id of the schema of `data`.", _URI)),
        "datacontenttype": {
            "description": "application/json, or another JSON media type.",
            "type": ["string", "null"],
            "pattern": (r"^[A-Za-z]+/(?:[A-Za-z0-9.-]+\+)?[Jj][Ss][Oo][Nn]\s*(?:;.*)?$"),
        },
        "traceparent": {
            "description": "W3C Trace Context; one that cannot be used is ignored.",
        },
        "tracestate": {"description": "W3C Trace Context."},
        "data_base64": {"type": "null", "description": "Not used: data is JSON."},
        "data": {
            "description": "The message itself, in the schema of its type.",
            "type": ["object", "array", "string", "number", "boolean"],
        },
    },
    "propertyNames": {"pattern": "^(?:[a-z0-9]{1,64}|data_base64)$"},
    "additionalProperties": {
        "description": "An extension attribute, kept and passed on; at most 16 of them.",
        "type": ["string", "integer", "boolean", "null"],
        "minLength": 1,
        "maxLength": LONGEST_EXTENSION,
        "pattern": _LINE,
        "minimum": -(2**31),
        "maximum": 2**31 - 1,
    },
    **SUBJECT_OF_A_SUBMISSION,
    "examples": [ENVELOPE_EXAMPLE],
}
