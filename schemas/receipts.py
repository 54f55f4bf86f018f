"""The gateway's answer to one message, given over the road that the message came by."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from schemas.identifiers import AgencyCode, AgencyRef, DossierCode, Round, StepId
from schemas.problems import Problem
from schemas.receipt_warnings import WARNING_EXAMPLE, ReceiptWarning
from schemas.states import HopStateName
from schemas.wire import Instant, Slug, StrictModel, TransferId

MessageId = Annotated[
    str,
    StringConstraints(max_length=255),
    Field(
        description=(
            "The id that the sender gave to its message. Where none could be read: `too-large`, or "
            "`unreadable`; the problem says why."
        )
    ),
]


class Verdict(StrEnum):
    """What became of a message. Nothing is final before it is stored."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


class DossierKey(StrictModel):
    """What identifies a dossier: who issued its code, and the code."""

    issuer: AgencyRef
    code: DossierCode


class ReceiptHop(StrictModel):
    """One hop of the itinerary as it stands."""

    step: StepId
    round: Round
    agency: AgencyCode | None = None
    state: HopStateName
    failure: Slug | None = None


class HopLimits(StrictModel):
    """The firm limits of the hop that comes first."""

    step: StepId
    receive_by: Instant | None = None
    complete_by: Instant | None = None


class Deadlines(StrictModel):
    """What is firm (`hop`, `overall`), and by when each later hop ends at the latest."""

    hop: HopLimits | None = None
    overall: Annotated[
        Instant | None,
        Field(
            description=(
                "By when the whole dossier is due: the total that the law sets, counted from the "
                "receipt of the dossier. This is what the citizen may be told."
            )
        ),
    ] = None
    latest: Annotated[
        dict[StepId, Instant],
        Field(
            description=(
                "By when each later hop ends if everyone before it, and itself, uses the whole of "
                "its own budget: a forecast. It may lie after `overall`, because the budgets of "
                "the steps, each with its cutoff, may come to more than the total, and because "
                "some steps lie outside it; then not everyone can use the whole of it."
            )
        ),
    ] = Field(default_factory=dict)


class Receipt(StrictModel):
    """The answer to one message; a duplicate gets the first answer again, and `first` says it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0195b0c4-7c00-7000-8000-000000000101",
                    "verdict": "accepted",
                    "message": "h54-15-07-2026-000417",
                    "transfer": "0195b0c4-7c00-7000-8000-000000000001",
                    "dossier": {"issuer": "H54.15.07", "code": "H54.15.07-260302-0001"},
                    "itinerary": [
                        {
                            "step": "civil-status",
                            "round": 1,
                            "agency": "H54.15.07",
                            "state": "dispatching",
                        },
                        {
                            "step": "social-insurance",
                            "round": 1,
                            "agency": None,
                            "state": "planned",
                            "failure": "no-candidate",
                        },
                    ],
                    "warnings": [WARNING_EXAMPLE],
                    "deadlines": {
                        "hop": {
                            "step": "civil-status",
                            "receive_by": "2026-03-02T03:30:00Z",
                            "complete_by": "2026-03-03T01:30:00Z",
                        },
                        "overall": "2026-03-05T01:30:00Z",
                        "latest": {"social-insurance": "2026-03-05T01:30:00Z"},
                    },
                }
            ]
        }
    )

    id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    verdict: Verdict
    first: Literal["accepted", "refused"] | None = None
    message: MessageId
    transfer: TransferId | None = None
    dossier: DossierKey | None = None
    itinerary: list[ReceiptHop] = Field(default_factory=list)
    deadlines: Deadlines = Field(default_factory=Deadlines)
    warnings: Annotated[
        list[ReceiptWarning],
        Field(description="What was accepted and needs somebody's care all the same."),
    ] = Field(default_factory=list)
    problem: Problem | None = None
