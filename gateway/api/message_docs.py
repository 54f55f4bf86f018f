"""How POST /v1/messages is documented in OpenAPI."""

from typing import Any

from schemas.envelope import BATCH_MEDIA_TYPE, STRUCTURED_MEDIA_TYPE
from schemas.publication.envelope_schema import SUBJECT_OF_A_SUBMISSION, SUBJECT_WORDS
from schemas.receipts import Receipt

_EVENT: dict[str, Any] = {
    "type": "object",
    "title": "CloudEvent",
    "description": (
        "A CloudEvent 1.0 in structured mode. The schema of `data` follows from `type`: "
        "GET /schemas/ lists them."
    ),
    "required": ["specversion", "id", "source", "type", "data"],
    "properties": {
        "specversion": {"const": "1.0", "type": "string"},
        "id": {"type": "string", "minLength": 1, "maxLength": 255},
        "source": {
            "type": "string",
            "examples": ["urn:lienthong:agency:H42.01"],
            "maxLength": 255,
        },
        "type": {
            "type": "string",
            "examples": ["vn.lienthong.transfer.submitted.v1"],
            "maxLength": 255,
        },
        "subject": {
            "type": "string",
            "description": SUBJECT_WORDS,
            "examples": ["H31.144-261122-0001"],
            "maxLength": 255,
        },
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"type": "string", "examples": ["application/json"]},
        "dataschema": {"type": "string"},
        "data": {},
    },
    **SUBJECT_OF_A_SUBMISSION,
}

EVENT_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": (
            "One event in structured mode, in binary mode (attributes as `ce-` headers, `data` as "
            "the body), or a batch. At most 256 KiB an event; a batch has at most 1,000 events "
            "and 16 MiB."
        ),
        "content": {
            STRUCTURED_MEDIA_TYPE: {"schema": _EVENT},
            BATCH_MEDIA_TYPE: {"schema": {"type": "array", "items": _EVENT, "maxItems": 1000}},
            "application/json": {
                "schema": {"description": "Binary mode: the event's data.", "type": "object"}
            },
        },
    }
}

ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": (
            "A duplicate: the first answer again. For a batch: a receipt or a problem per event, "
            "in order."
        ),
        "content": {
            "application/json": {
                "schema": {
                    "anyOf": [
                        {"$ref": "#/components/schemas/Receipt"},
                        {
                            "type": "array",
                            "items": {
                                "anyOf": [
                                    {"$ref": "#/components/schemas/Receipt"},
                                    {"$ref": "#/components/schemas/Problem"},
                                ]
                            },
                        },
                    ]
                }
            }
        },
    },
    202: {
        "model": Receipt,
        "description": "Stored and accepted.",
        "headers": {
            "Location": {
                "description": "Where the transfer can be read.",
                "schema": {"type": "string"},
            }
        },
    },
}
