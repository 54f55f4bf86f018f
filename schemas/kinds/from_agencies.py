"""What agencies send. Nothing here is trusted beyond its shape."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.form import Form
from schemas.identifiers import AgencyRef, ProcedureCode, StepId
from schemas.kinds import examples
from schemas.kinds.common import (
    Applicant,
    Document,
    Facts,
    HopMessage,
    LegalBasis,
    Note,
    Notice,
    Outcome,
    PauseReason,
    Places,
    RawStatus,
    ResultDocument,
)
from schemas.kinds.examples import with_examples
from schemas.wire import Instant, Line64, Line100, StrictModel, Text500, Text2000, TransferId

Documents = Annotated[list[Document], Field(max_length=200)]


class Alias(StrictModel):
    """The code that another system knows the dossier by."""

    model_config = with_examples(examples.ALIAS)

    system: Line64
    code: Line64


class Origin(StrictModel):
    """Where a dossier comes from that another gateway passed on, and through whom."""

    model_config = with_examples(examples.ORIGIN)

    gateway: AgencyRef
    transfer: Line64
    path: Annotated[list[AgencyRef], Field(max_length=16)]


class TransferSubmitted(StrictModel):
    """A dossier sets out. The event's subject is its code, the source its issuer.

    The code is agency, day of receipt, number (H31.144-261122-0001); the pattern is in the
    envelope's schema.
    """

    model_config = with_examples(examples.TRANSFER_SUBMITTED, examples.TRANSFER_PASSED_ON)

    procedure: ProcedureCode
    received_at: Instant
    promised_at: Instant | None = None
    channel: Literal["in_person", "online", "postal"]
    applicant: Applicant
    places: Places
    facts: Facts = Field(default_factory=dict)
    documents: Documents = Field(default_factory=list)
    form: Form | None = None
    aliases: Annotated[list[Alias], Field(max_length=16)] = Field(default_factory=list)
    origin: Origin | None = None
    note: Note | None = None


class TransferCorrected(StrictModel):
    """The originator mends what it submitted; what is left out stays as it was.

    It has to bring something: an applicant, places, facts, documents, a form or a note.
    """

    model_config = with_examples(examples.TRANSFER_CORRECTED)

    transfer: TransferId
    places: Places | None = None
    facts: Facts | None = None
    applicant: Applicant | None = None
    documents: Documents | None = None
    form: Form | None = None
    reason: Text500
    note: Note | None = None


class TransferWithdrawn(StrictModel):
    """The originator takes the dossier back."""

    model_config = with_examples(examples.TRANSFER_WITHDRAWN)

    transfer: TransferId
    reason: Text500
    note: Note | None = None


class SupplementProvided(HopMessage):
    """What a paused hop waited for: at least documents, a form, facts or a note."""

    model_config = with_examples(examples.SUPPLEMENT_PROVIDED)

    documents: Documents = Field(default_factory=list)
    form: Form | None = None
    facts: Facts | None = None
    note: Note | None = None


class HopReceived(HopMessage):
    """The agency's own software has the dossier."""

    model_config = with_examples(examples.HOP_RECEIVED)

    received_at: Instant | None = None
    local_code: Line64 | None = None
    raw_status: RawStatus | None = None


class HopRefused(HopMessage):
    """The agency does not take the dossier, and says which kind of reason it has."""

    model_config = with_examples(examples.HOP_REFUSED)

    reason: Literal["not_competent", "incomplete", "wrong_data", "rejected"]
    explanation: Text2000
    legal_basis: LegalBasis | None = None
    suggested_agency: AgencyRef | None = None
    raw_status: RawStatus | None = None


class RefusalAcknowledged(HopMessage):
    """The sender has seen the refusal of the hop that it fed."""

    model_config = with_examples(examples.REFUSAL_ACKNOWLEDGED)


class HopPaused(HopMessage):
    """The hop's time stands still, on a legal basis."""

    model_config = with_examples(examples.HOP_PAUSED)

    reason: PauseReason
    legal_basis: LegalBasis
    document: Line100 | None = None
    until: Instant | None = None
    explanation: Text2000 | None = None
    raw_status: RawStatus | None = None


class HopResumed(HopMessage):
    """The hop's time runs again."""

    model_config = with_examples(examples.HOP_RESUMED)

    reason: PauseReason
    raw_status: RawStatus | None = None


class HopExtended(HopMessage):
    """The date promised to the citizen moves, once per dossier."""

    model_config = with_examples(examples.HOP_EXTENDED)

    until: Instant
    reason: Text500
    legal_basis: LegalBasis
    raw_status: RawStatus | None = None


class HopCompleted(HopMessage):
    """The agency has done its part."""

    model_config = with_examples(examples.HOP_COMPLETED)

    outcome: Outcome
    facts: Facts = Field(default_factory=dict)
    results: Annotated[list[ResultDocument], Field(max_length=200)] = Field(default_factory=list)
    notices: Annotated[list[Notice], Field(max_length=200)] = Field(default_factory=list)
    local_code: Line64 | None = None
    explanation: Text2000 | None = None
    raw_status: RawStatus | None = None


class HopReturned(HopMessage):
    """The dossier goes back to an earlier step, which opens a new round of it."""

    model_config = with_examples(examples.HOP_RETURNED)

    to_step: StepId
    reason: Literal["wrong_data", "upstream_error", "wrong_procedure", "incomplete"]
    explanation: Text2000
    legal_basis: LegalBasis | None = None
    raw_status: RawStatus | None = None
