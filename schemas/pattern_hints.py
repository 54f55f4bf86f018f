"""What to tell somebody whose text does not match a pattern: a sentence instead of the pattern."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from schemas import identifiers, wire
from schemas.facts import FACT_NAME_PATTERN

PATTERN_HINTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        wire.INSTANT_PATTERN: (
            "An instant has date, time with seconds, and offset: 2026-03-02T07:30:00+07:00."
        ),
        wire.PARTIAL_DATE_PATTERN: "A day, month or year is expected: 1988-05-19, 1988-05, 1988.",
        wire.UUID_PATTERN: "A UUID in its form with hyphens is expected.",
        wire.LINE_PATTERN: "One line of text without control characters, not blank, is expected.",
        wire.TEXT_PATTERN: "Text without control characters, not blank, is expected.",
        identifiers.AGENCY_PATTERN: "An agency code such as H54.15.07 is expected.",
        identifiers.AGENCY_REF_PATTERN: (
            "An agency code such as H54.15.07 or 000.07.15.H54 is expected."
        ),
        identifiers.DOSSIER_PATTERN: ("A dossier code such as H54.15.07-260302-0001 is expected."),
        identifiers.PROCEDURE_PATTERN: "A procedure code such as 2.002622 is expected.",
        identifiers.UNIT_PATTERN: (
            "An administrative unit code has 2, 3 or 5 digits, with leading zeros, as text."
        ),
        FACT_NAME_PATTERN: "A fact's name is lower-case ASCII letters, digits and underscores.",
    }
)
