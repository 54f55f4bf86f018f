"""Warnings in a receipt: what was accepted, and needs somebody's care all the same.

A warning refuses nothing. Its code is for ever, as a problem's type is; the words may be improved.
Nothing of what was sent is repeated in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Final

from pydantic import ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from schemas.identifiers import AgencyCode, StepId
from schemas.problems import Pointer
from schemas.wire import StrictModel


class WarningCode(StrEnum):
    """What needs care. Those of a step that has no agency are the failures of the itinerary."""

    NO_CANDIDATE = "no-candidate"
    AMBIGUOUS = "ambiguous"
    UNIT_UNKNOWN = "unit-unknown"
    UNIT_ABOLISHED = "unit-abolished"
    UNIT_AMBIGUOUS = "unit-ambiguous"
    PLACE_MISSING = "place-missing"
    AGENCY_NOT_IN_FORCE = "agency-not-in-force"
    NOT_CONNECTED = "not-connected"
    FOREIGN_CODE = "foreign-code"
    OTHER_DAY = "other-day"


@dataclass(frozen=True, slots=True)
class WarningWords:
    """What a code says, and what to do about it."""

    detail: str
    remedy: str


_W: Final = WarningCode
_WAITS: Final = "when its turn comes it waits for an operator."
_OPERATOR: Final = "tell the gateway's operator, who names an agency"

WARNING_WORDS: Final[Mapping[WarningCode, WarningWords]] = MappingProxyType(
    {
        _W.NO_CANDIDATE: WarningWords(
            f"No agency in force is competent for this step; {_WAITS}",
            "Look at the place that was given and correct it (transfer.corrected) if it is wrong; "
            f"if it is right, {_OPERATOR} or mends the directory.",
        ),
        _W.AMBIGUOUS: WarningWords(
            f"Several agencies are competent for this step; {_WAITS}",
            "Correct the place to the commune (transfer.corrected) if it was wider than that; "
            f"else {_OPERATOR}.",
        ),
        _W.UNIT_UNKNOWN: WarningWords(
            f"What the place named on the day of receipt is not known; {_WAITS}",
            "Correct the place to the present unit (transfer.corrected); GET /v1/units finds it.",
        ),
        _W.UNIT_ABOLISHED: WarningWords(
            f"The place does not exist any more, and nothing says what it became; {_WAITS}",
            "Correct the place to the present unit (transfer.corrected); GET /v1/units finds it.",
        ),
        _W.UNIT_AMBIGUOUS: WarningWords(
            f"The place was split after the dossier was received; {_WAITS}",
            "Decide from the address or the parcel in which of the successors it lies "
            "(GET /v1/units/{code} names them), and correct the place (transfer.corrected).",
        ),
        _W.PLACE_MISSING: WarningWords(
            f"The place that this step needs was not given; {_WAITS}",
            "Add the place (transfer.corrected); GET /v1/procedures/{code} names those asked for.",
        ),
        _W.AGENCY_NOT_IN_FORCE: WarningWords(
            f"The agency that does this step is not in force; {_WAITS}",
            f"Nothing on your side; {_OPERATOR} or mends the directory.",
        ),
        _W.NOT_CONNECTED: WarningWords(
            "The agency of this step is not connected to the gateway now; its hand-over waits "
            "until it is, while its time may run.",
            "If the agency does not join in time, hand the dossier over by the way used so far, "
            "and tell the gateway's operator.",
        ),
        _W.FOREIGN_CODE: WarningWords(
            "The dossier's code begins with the code of an agency that has nothing to do with "
            "yours; the gateway keeps the dossier as issued by you.",
            "If it is a slip, withdraw and submit under your own code: agency, day of receipt, "
            "number. If another system issued it, submit under your own and give the other "
            "one in `aliases`.",
        ),
        _W.OTHER_DAY: WarningWords(
            "The day in the dossier's code is not the day of `received_at` in Vietnam; the time "
            "counts from `received_at`.",
            "If `received_at` is wrong, withdraw and submit again with the right one; if the "
            "code was given on another day, nothing.",
        ),
    }
)


WARNING_EXAMPLE: Final[JsonDict] = {
    "code": WarningCode.NO_CANDIDATE.value,
    "step": "social-insurance",
    "detail": WARNING_WORDS[WarningCode.NO_CANDIDATE].detail,
    "remedy": WARNING_WORDS[WarningCode.NO_CANDIDATE].remedy,
}


class ReceiptWarning(StrictModel):
    """One thing that needs care: at a step, or at a place in the message."""

    model_config = ConfigDict(json_schema_extra={"examples": [WARNING_EXAMPLE]})

    code: WarningCode
    step: StepId | None = None
    agency: AgencyCode | None = None
    candidates: list[AgencyCode] = Field(default_factory=list)
    pointer: Pointer | None = None
    detail: Annotated[str, StringConstraints(max_length=500)]
    remedy: Annotated[str, StringConstraints(max_length=500)]
