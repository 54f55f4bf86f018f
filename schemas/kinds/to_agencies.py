"""What the gateway sends to agencies."""

from typing import Literal

from pydantic import Field

from schemas.identifiers import AgencyCode, AgencyRef, ProcedureCode, Round, StepId
from schemas.kinds import examples
from schemas.kinds.common import (
    DocumentHere,
    HopMessage,
    LegalBasis,
    StepResult,
)
from schemas.kinds.examples import with_examples
from schemas.kinds.from_agencies import SupplementProvided, TransferCorrected, TransferSubmitted
from schemas.receipts import DossierKey, Receipt
from schemas.states import DossierStateName, HopStateName, TransferStateName
from schemas.wire import (
    BudgetText,
    Instant,
    Line64,
    Line100,
    Line500,
    Slug,
    StrictModel,
    Text2000,
    TransferId,
)


class Task(StrictModel):
    """What is to be done, in words for people."""

    model_config = with_examples(examples.TASK)

    vi: Line500
    en: Line500


class HandoverProcedure(StrictModel):
    """The procedure version that the dossier was received under."""

    model_config = with_examples(examples.HANDOVER_PROCEDURE)

    code: ProcedureCode
    version: Line64
    title: Line500


class TakenOver(StrictModel):
    """How far an agency that has closed had come with this turn, which goes on here."""

    model_config = with_examples(examples.TAKEN_OVER)

    agency: AgencyCode
    round: Round
    received_at: Instant | None = None
    started_at: Instant | None = None
    paused_at: Instant | None = None
    paused_for: Slug | None = None
    supplement_by: Instant | None = None


class HandoverOffered(HopMessage):
    """A dossier for this agency, with all that the steps before it brought.

    `documents` are those of them that the gateway serves: what is not held yet is to be fetched.
    """

    model_config = with_examples(examples.HANDOVER_OFFERED)

    task: Task
    dossier: DossierKey
    procedure: HandoverProcedure
    sender: AgencyCode
    receive_by: Instant | None = None
    complete_by: Instant | None = None
    budget: BudgetText | None = None
    submission: TransferSubmitted
    corrections: list[TransferCorrected] = Field(default_factory=list)
    supplements: list[SupplementProvided] = Field(default_factory=list)
    results: list[StepResult] = Field(default_factory=list)
    documents: list[DocumentHere] = Field(default_factory=list)
    takes_over: TakenOver | None = None


class HandoverCancelled(HopMessage):
    """What was handed over is not to be worked on any more; a successor may have taken it over."""

    model_config = with_examples(examples.HANDOVER_CANCELLED)

    reason: Literal[
        "withdrawn", "refused", "stopped", "returned", "redirected", "superseded", "reorganised"
    ]
    successor: AgencyCode | None = None


ReceiptIssued = Receipt


class SupplementRequested(HopMessage):
    """An agency down the road needs more from the citizen."""

    model_config = with_examples(examples.SUPPLEMENT_REQUESTED)

    requested_by: AgencyRef
    legal_basis: LegalBasis
    document: Line100 | None = None
    explanation: Text2000 | None = None
    until: Instant | None = None


class HopChanged(HopMessage):
    """A hop that concerns this agency is in another state, or has been given a supplement."""

    model_config = with_examples(examples.HOP_CHANGED, examples.HOP_SUPPLEMENTED)

    agency: AgencyCode | None = None
    state: HopStateName
    reason: Slug | None = None
    deadline_at: Instant | None = None
    explanation: Text2000 | None = None
    supplement: SupplementProvided | None = None


class TransferChanged(StrictModel):
    """A transfer that concerns this agency has changed; a correction is told as it was made.

    Who takes over from an originator that has closed (`former`) is given the whole dossier.
    """

    model_config = with_examples(examples.TRANSFER_CHANGED)

    transfer: TransferId
    state: TransferStateName
    change: Slug
    step: StepId | None = None
    reason: Slug | None = None
    correction: TransferCorrected | None = None
    former: AgencyCode | None = None
    dossier: DossierKey | None = None
    submission: TransferSubmitted | None = None
    corrections: list[TransferCorrected] = Field(default_factory=list)


class TransferFinished(StrictModel):
    """The transfer is over; what it produced."""

    model_config = with_examples(examples.TRANSFER_FINISHED)

    transfer: TransferId
    state: Literal["completed", "refused", "withdrawn", "stopped"]
    outcome: Slug | None = None
    reason: Slug | None = None
    finished_at: Instant
    results: list[StepResult] = Field(default_factory=list)


class ConnectionTested(StrictModel):
    """A test of the way to this agency: nothing is to be done but to take it.

    To take it is the answer: an ack in the mailbox, 2xx from a webhook. It belongs to no dossier,
    and is sent again under the same id like everything else until it is taken.
    """

    model_config = with_examples(examples.CONNECTION_TESTED)

    agency: AgencyCode
    sent_at: Instant


class ClockWarned(StrictModel):
    """A deadline comes near. Without a step it is the whole transfer's."""

    model_config = with_examples(examples.CLOCK_WARNED)

    transfer: TransferId
    step: StepId | None = None
    round: Round | None = None
    agency: AgencyCode | None = None
    threshold: Line64
    deadline_at: Instant


class ClockBreached(StrictModel):
    """A limit has passed."""

    model_config = with_examples(examples.CLOCK_BREACHED)

    transfer: TransferId
    step: StepId | None = None
    round: Round | None = None
    agency: AgencyCode | None = None
    limit: Literal[
        "handover", "receipt", "deadline", "overall", "refusal", "supplement", "request", "return"
    ]
    deadline_at: Instant
    breached_at: Instant


class DossierProgress(StrictModel):
    """The turn that moved a dossier: whose, which step, what task, since and until when."""

    model_config = with_examples(examples.DOSSIER_PROGRESS)

    step: StepId
    round: Round
    task: Task
    agency: AgencyCode | None = None
    state: HopStateName
    began_at: Instant | None = None
    due_at: Instant | None = None


class DossierChanged(StrictModel):
    """Where a dossier stands now, for an agency that follows it: each message says all of it.

    `at` is the legal instant of what moved it; of two messages the later one counts.
    """

    model_config = with_examples(examples.DOSSIER_CHANGED)

    transfer: TransferId
    dossier: DossierKey
    procedure: HandoverProcedure
    state: DossierStateName
    at: Instant
    reason: Slug | None = None
    promised_at: Instant | None = None
    progress: DossierProgress | None = None
    submission: TransferSubmitted
    corrections: list[TransferCorrected] = Field(default_factory=list)
