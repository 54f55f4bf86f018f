"""What several messages have in common: people, places, facts, documents, raw statuses."""

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from schemas.facts import FactName, Facts, FactValue
from schemas.forms import (
    DOCUMENT_URL_PATTERN,
    EMAIL_PATTERN,
    IDENTIFIER_PATTERN,
    MEDIA_TYPE_PATTERN,
    NOTICE_URL_PATTERN,
    PHONE_PATTERN,
    SHA256_PATTERN,
)
from schemas.identifiers import AgencyCode, Round, StepId, UnitCode
from schemas.kinds import examples
from schemas.kinds.examples import with_examples
from schemas.wire import (
    Instant,
    Line64,
    Line100,
    Line200,
    Line500,
    PartialDate,
    Slug,
    StrictModel,
    Text2000,
    TransferId,
)

__all__ = [
    "Applicant",
    "ApplicantIdentifier",
    "Document",
    "DocumentHere",
    "FactName",
    "FactValue",
    "Facts",
    "HopMessage",
    "Instant",
    "Line200",
    "Notice",
    "PauseReason",
    "PlaceName",
    "Places",
    "RawStatus",
    "ResultDocument",
    "StepResult",
    "StrictModel",
]

PlaceName = Literal[
    "applicant",
    "land_parcel",
    "deceased",
    "workplace",
    "construction_site",
    "business",
    "registration",
]
Places = Annotated[
    dict[PlaceName, UnitCode],
    Field(
        description="Where what matters lies: administrative units as of the day of receipt.",
        examples=[{"applicant": "12448"}],
    ),
]
PauseReason = Literal["supplement", "payment", "confirmation", "publication", "outage"]
Outcome = Literal["approved", "issued", "opinion", "forwarded", "not_applicable"]
LegalBasis = Line500


MediaType = Annotated[
    str,
    StringConstraints(max_length=100, pattern=MEDIA_TYPE_PATTERN),
]
DocumentSize = Annotated[int, Field(ge=0, le=2**40, description="In bytes.")]
Sha256 = Annotated[str, StringConstraints(pattern=SHA256_PATTERN)]
DOCUMENT_SCHEME: Final = "urn:lienthong:document:"
"""A message refers to content in the gateway's keeping by this and the sha-256, as its `url`."""


class ApplicantIdentifier(StrictModel):
    """A number that the state knows an applicant by."""

    model_config = with_examples(examples.APPLICANT_IDENTIFIER)

    kind: Literal["personal_number", "identity_card", "enterprise_number", "tax_code"]
    value: Annotated[str, StringConstraints(pattern=IDENTIFIER_PATTERN)]


class Applicant(StrictModel):
    """Who asks. `birth_date` may be a year or a month where the papers say no more."""

    model_config = with_examples(examples.APPLICANT)

    kind: Literal["citizen", "enterprise", "household_business", "state_agency", "organisation"]
    name: Line200
    identifier: ApplicantIdentifier | None = None
    birth_date: PartialDate | None = None
    phone: Annotated[str, StringConstraints(pattern=PHONE_PATTERN)] | None = None
    email: Annotated[str, StringConstraints(max_length=254, pattern=EMAIL_PATTERN)] | None = None
    address: Line500 | None = None


class Document(StrictModel):
    """A file by reference: where it lies and which bytes it must be.

    `url` is where the sender serves it, over https (on one and the same machine also http), or
    urn:lienthong:document:<its sha256> for one that was handed in to the gateway before, and that
    the gateway serves.
    """

    model_config = with_examples(examples.DOCUMENT)

    id: Line64
    name: Line200
    media_type: MediaType
    size: DocumentSize
    sha256: Sha256
    url: Annotated[str, StringConstraints(max_length=2048, pattern=DOCUMENT_URL_PATTERN)] | None = (
        None
    )


class DocumentHere(StrictModel):
    """A content of a hand-over that the gateway serves, and whether the receiver has it already.

    `held`: the receiver handed it in itself, or had been served all of it before.
    """

    model_config = with_examples(examples.DOCUMENT_HERE)

    sha256: Sha256
    size: DocumentSize
    media_type: MediaType
    held: bool


class ResultDocument(Document):
    """A file that a hop produced: what it is, and its official number."""

    model_config = with_examples(examples.RESULT_DOCUMENT)

    kind: Slug
    number: Line100 | None = None


class Notice(StrictModel):
    """A notice by its official number, from a system that says no digest of its file: a tax notice.

    Where the file's bytes are known it is a result document instead.
    """

    model_config = with_examples(examples.NOTICE)

    number: Line100
    title: Line200
    addressee: Line200 | None = None
    url: Annotated[str, StringConstraints(max_length=2048, pattern=NOTICE_URL_PATTERN)] | None = (
        None
    )


class RawStatus(StrictModel):
    """The status as the agency's own system writes it, kept beside ours and never rewritten."""

    model_config = with_examples(examples.RAW_STATUS)

    code: Line64
    text: Line500 | None = None


class HopMessage(StrictModel):
    """Which hop a message is about."""

    model_config = with_examples(examples.HOP_MESSAGE)

    transfer: TransferId
    step: StepId
    round: Round


class StepResult(StrictModel):
    """What one finished step produced."""

    model_config = with_examples(examples.STEP_RESULT)

    step: StepId
    agency: AgencyCode | None = None
    outcome: Outcome | None = None
    results: list[ResultDocument] = Field(default_factory=list)
    notices: list[Notice] = Field(default_factory=list)


Note = Annotated[Text2000, Field(description="Free text for people; never read by programs.")]
