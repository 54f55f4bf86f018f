"""What to tell somebody whose text does not match a pattern: sentences instead of the pattern."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from schemas import forms, identifiers, wire
from schemas.facts import FACT_NAME_PATTERN


@dataclass(frozen=True, slots=True)
class PatternHint:
    """What is expected, and what to do to send it."""

    detail: str
    remedy: str


_INSTANT: Final = PatternHint(
    "An instant has date, time with seconds, and offset: 2026-03-02T07:30:00+07:00.",
    "Write it as in 2026-03-02T07:30:00+07:00, or with Z for UTC; a day alone is no instant.",
)
_ADDRESS: Final = PatternHint(
    "An https address is expected; http only on this very machine (127.0.0.1, localhost, [::1]).",
    "Serve the file over https.",
)
_DIRECTORY: Final = "Copy the code from the directory; GET /v1/agencies/{code} looks one up."

PATTERN_HINTS: Final[Mapping[str, PatternHint]] = MappingProxyType(
    {
        wire.INSTANT_PATTERN: _INSTANT,
        wire.PARTIAL_DATE_PATTERN: PatternHint(
            "A day, month or year is expected: 1988-05-19, 1988-05, 1988.",
            "Write YYYY-MM-DD, or YYYY-MM or YYYY where the papers say no more.",
        ),
        wire.UUID_PATTERN: PatternHint(
            "A UUID in its form with hyphens is expected.",
            "Copy the id as the receipt or the handover has it.",
        ),
        wire.LINE_PATTERN: PatternHint(
            "One line of text without control characters, not blank, is expected.",
            "Take line ends and control characters out; leave the field out if it says nothing.",
        ),
        wire.TEXT_PATTERN: PatternHint(
            "Text without control characters, not blank, is expected.",
            "Take control characters out; leave the field out if it says nothing.",
        ),
        wire.SLUG_PATTERN: PatternHint(
            "A short name in lower-case ASCII is expected: birth-certificate.",
            "Begin with a letter; then letters, digits, full stops, hyphens, underscores; at most "
            "64 characters.",
        ),
        identifiers.AGENCY_PATTERN: PatternHint(
            "An agency code such as H54.15.07 is expected.", _DIRECTORY
        ),
        identifiers.AGENCY_REF_PATTERN: PatternHint(
            "An agency code such as H54.15.07 or 000.07.15.H54 is expected.", _DIRECTORY
        ),
        identifiers.DOSSIER_PATTERN: PatternHint(
            "A dossier code such as H54.15.07-260302-0001 is expected.",
            "Send the code that your system gave the dossier: agency, day of receipt, number.",
        ),
        identifiers.PROCEDURE_PATTERN: PatternHint(
            "A procedure code such as 2.002622 is expected.",
            "Use a code that GET /v1/procedures lists.",
        ),
        identifiers.UNIT_PATTERN: PatternHint(
            "An administrative unit code has 2, 3 or 5 digits, with leading zeros, as text.",
            "Look the unit up: GET /v1/units?name=.",
        ),
        identifiers.STEP_PATTERN: PatternHint(
            "A step's name such as civil-status is expected.",
            "Copy `step` as the handover or the receipt has it.",
        ),
        FACT_NAME_PATTERN: PatternHint(
            "A fact's name is lower-case ASCII letters, digits and underscores.",
            "Use the names that GET /v1/procedures/{code} lists under `facts`.",
        ),
        forms.SHA256_PATTERN: PatternHint(
            "A sha-256 is 64 hexadecimal digits in lower case.",
            "Compute sha-256 over the file's very bytes; write it in lower case, without prefix.",
        ),
        forms.DOCUMENT_URL_PATTERN: PatternHint(
            "An https address (http only on this very machine), or urn:lienthong:document: and the "
            "document's sha-256, is expected.",
            "Serve the file over https, or hand it in at /v1/documents/uploads and give the "
            "`document` that is answered.",
        ),
        forms.NOTICE_URL_PATTERN: PatternHint(
            "An http or https address is expected.", "Send the whole address, without spaces."
        ),
        forms.MEDIA_TYPE_PATTERN: PatternHint(
            "A media type in lower case is expected: application/pdf.",
            "Send type and subtype alone, without parameters such as charset.",
        ),
        forms.IDENTIFIER_PATTERN: PatternHint(
            "A number of 4 to 20 digits, capitals and hyphens is expected.",
            "Send it without spaces and full stops, its letters in capitals.",
        ),
        forms.PHONE_PATTERN: PatternHint(
            "A telephone number of 6 to 20 characters is expected: +84 24 3824 0101.",
            "Use digits, spaces, full stops, hyphens and brackets; + only at the beginning.",
        ),
        forms.EMAIL_PATTERN: PatternHint(
            "An address with one @ and no spaces, in ASCII, is expected.",
            "Send the bare address, without a name around it.",
        ),
    }
)
