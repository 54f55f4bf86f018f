"""Identifiers of agencies, dossiers, procedures and administrative units.

Shapes only: whether a code exists, and at which time, is the directory's to say. Codes have no
check digit, and a dossier code is unique only beside its issuer; so nothing here reads business
meaning out of a code beyond the agency that it begins with.

Sources: QCVN 102:2016/BTTTT (right-to-left agency codes), QĐ 20/2020/QĐ-TTg amended by
QĐ 09/2025/QĐ-TTg (left-to-right agency codes), TT 01/2018/TT-VPCP Art. 19 (dossier codes), and
the deviations from it that are in use.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from pydantic import Field, StringConstraints

AGENCY_PATTERN: Final = r"^[A-Y][0-9]{2}(?:\.[A-Z0-9]+)*$"
LEGACY_AGENCY_PATTERN: Final = r"^[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Y][0-9]{2}$"
AGENCY_REF_PATTERN: Final = (
    r"^(?:[A-Y][0-9]{2}(?:\.[A-Z0-9]+)*|[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Y][0-9]{2})$"
)
AGENCY_CODE_LIMIT: Final = 35
DOSSIER_PATTERN: Final = (
    r"^(?:[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}|[A-Z][0-9]{2}(?:\.[A-Z0-9]{2,4}){0,5})"
    r"-(?:[0-9]{6}|[0-9]{8})-[0-9]{4,8}$"
)
# What a new dossier may be called: the same, of a day that can be one. Older codes, and codes that
# other systems give, are not held to it.
NEW_DOSSIER_PATTERN: Final = DOSSIER_PATTERN.replace(
    "(?:[0-9]{6}|[0-9]{8})", "(?:20)?[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
)
PROCEDURE_PATTERN: Final = r"^[1-9]\.[0-9]{6}(?:\.000\.00\.00\.[A-Y][0-9]{2}(?:\.[0-9]{2})?)?$"
UNIT_PATTERN: Final = r"^(?:[0-9]{2}|[0-9]{3}|[0-9]{5})$"

STEP_PATTERN: Final = r"^[a-z][a-z0-9-]{0,63}$"

AGENCY_URN_PREFIX: Final = "urn:lienthong:agency:"

AgencyCode = Annotated[
    str,
    StringConstraints(max_length=AGENCY_CODE_LIMIT, pattern=AGENCY_PATTERN),
    Field(
        description="Agency code, left to right, as QĐ 20/2020/QĐ-TTg gives it.",
        examples=["H54.15.07"],
    ),
]
LegacyAgencyCode = Annotated[
    str,
    StringConstraints(pattern=LEGACY_AGENCY_PATTERN),
    Field(
        description="Agency code, right to left, as QCVN 102:2016/BTTTT gave it.",
        examples=["000.07.15.H54"],
    ),
]
AgencyRef = Annotated[
    str,
    StringConstraints(max_length=AGENCY_CODE_LIMIT, pattern=AGENCY_REF_PATTERN),
    Field(
        description="An agency by its present code or by its older one.",
        examples=["H54.15.07", "000.07.15.H54"],
    ),
]
DossierCode = Annotated[
    str,
    StringConstraints(pattern=DOSSIER_PATTERN),
    Field(
        description=(
            "Dossier code: agency, day of receipt (YYMMDD or YYYYMMDD), ordinal "
            "(TT 01/2018/TT-VPCP Art. 19)."
        ),
        examples=["H54.15.07-260302-0001"],
    ),
]
ProcedureCode = Annotated[
    str,
    StringConstraints(pattern=PROCEDURE_PATTERN),
    Field(description="Code of an administrative procedure.", examples=["2.002622"]),
]
UnitCode = Annotated[
    str,
    StringConstraints(pattern=UNIT_PATTERN),
    Field(
        description="Code of an administrative unit: province 2, district 3, commune 5 digits.",
        examples=["34", "12448"],
    ),
]
StepId = Annotated[
    str,
    StringConstraints(pattern=STEP_PATTERN),
    Field(description="A step of the procedure; the originator is step `origin`."),
]
Round = Annotated[
    int, Field(ge=1, le=10_000, description="Which turn at the step this is, from 1.")
]

_AGENCY: Final = re.compile(AGENCY_PATTERN)
_LEGACY_AGENCY: Final = re.compile(LEGACY_AGENCY_PATTERN)
_DOSSIER: Final = re.compile(DOSSIER_PATTERN)


class IdentifierError(ValueError):
    """A text is not the identifier that it was taken for."""


class NoSuchDay(IdentifierError):
    """A dossier code has its form, and names a day that no calendar has."""


@dataclass(frozen=True, slots=True)
class DossierCodeParts:
    """The three parts of a dossier code, as written.

    `date` is YYMMDD or YYYYMMDD and `seq` is not always an ordinal, so both stay text.
    """

    agency: str
    date: str
    seq: str


def parse_dossier_code(code: str) -> DossierCodeParts:
    """Split a dossier code; raise IdentifierError if it has none of the known shapes."""
    if _DOSSIER.fullmatch(code) is None:
        raise IdentifierError("not a dossier code")
    agency, date, seq = code.rsplit("-", 2)
    return DossierCodeParts(agency, date, seq)


def dossier_day(code: str) -> date:
    """Return the day in a dossier code; raise NoSuchDay, or IdentifierError if it is none."""
    digits = parse_dossier_code(code).date
    year, month, day = digits[:-4], digits[-4:-2], digits[-2:]
    if len(year) == 4 and not year.startswith("20"):
        raise NoSuchDay("no such year")
    try:
        return date(2000 + int(year[-2:]), int(month), int(day))
    except ValueError:
        raise NoSuchDay("no such day") from None


def is_agency_code(code: str) -> bool:
    """Whether a text has the shape of a present agency code."""
    return len(code) <= AGENCY_CODE_LIMIT and _AGENCY.fullmatch(code) is not None


def is_legacy_agency_code(code: str) -> bool:
    """Whether a text has the shape of a QCVN 102 agency code."""
    return _LEGACY_AGENCY.fullmatch(code) is not None


def modern_code(legacy: str) -> str:
    """Turn a QCVN 102 code round: 000.07.15.H19 becomes H19.15.07.

    A convention, not a guarantee: the directory's aliases decide. Only the levels that are absent
    at the deep end are dropped; a zero group between two levels stays, or a third-level agency
    would take the code of a second-level one.
    """
    if not is_legacy_agency_code(legacy):
        raise IdentifierError("not a QCVN 102 agency code")
    groups = legacy.split(".")
    while len(groups) > 1 and set(groups[0]) == {"0"}:
        del groups[0]
    return ".".join(reversed(groups))


def agency_urn(code: str) -> str:
    """Name an agency as an event's `source` names it."""
    return AGENCY_URN_PREFIX + code


def agency_of_urn(urn: str) -> str:
    """Read the agency's code, present or older, out of an event's `source`."""
    code = urn.removeprefix(AGENCY_URN_PREFIX)
    if code == urn or not (is_agency_code(code) or is_legacy_agency_code(code)):
        raise IdentifierError("not the URN of an agency")
    return code
