"""How responses are documented in OpenAPI: problem documents by status, receipts, headers."""

from typing import Any

from gateway.api.problems import PROBLEM_MEDIA_TYPE

_REF = {"$ref": "#/components/schemas/Problem"}
_WORDS = {
    400: "The request cannot be read.",
    401: "No good credentials.",
    403: "Not allowed.",
    404: "No such thing, or not yours to see.",
    405: "Not with this method.",
    409: "It contradicts what is stored.",
    410: "It was here, and is not any more.",
    412: "Not in the version that is spoken here.",
    413: "Too large.",
    415: "This content type is not read here.",
    416: "There is no such range.",
    422: "The content is refused.",
    423: "Somebody else is at it.",
    429: "Too many requests.",
    500: "The gateway failed.",
    460: "It does not match its checksum.",
    501: "This gateway does not do this.",
    503: "The gateway cannot do this now; try again with the same id.",
}


def PROBLEMS(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Document problem documents with these statuses."""
    return {
        status: {
            "description": _WORDS[status],
            "content": {PROBLEM_MEDIA_TYPE: {"schema": dict(_REF)}},
        }
        for status in sorted({*statuses, 500})
    }
