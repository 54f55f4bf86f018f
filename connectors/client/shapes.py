"""What the gateway answers, as far as a program acts on it; everything else stays in `model_extra`.

Each field is one of the published OpenAPI document: a test compares them. An answer that has more
than these is read all the same, so that a client outlives additions.
"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from schemas.kinds import Kind
from schemas.problems import Problem
from schemas.receipt_warnings import ReceiptWarning
from schemas.receipts import Receipt, Verdict
from schemas.states import HopStateName, TransferStateName


class Shape(BaseModel):
    """An answer, or a part of one."""

    model_config = ConfigDict(extra="allow", frozen=True)


class Token(Shape):
    """A bearer token."""

    access_token: str = Field(repr=False)
    expires_in: int


class DossierKey(Shape):
    """What identifies a dossier."""

    issuer: str
    code: str


class Clock(Shape):
    """A clock, and its deadline; none while it is paused."""

    started_at: datetime | None
    budget: str | None
    deadline_at: datetime | None
    paused_at: datetime | None
    pause_reason: str | None
    breached: list[str]


class Hop(Shape):
    """One agency's turn at one step in one round."""

    step: str
    round: int
    agency: str | None
    state: HopStateName
    receive_by: datetime | None
    ended_at: datetime | None
    outcome: str | None
    clock: Clock


class LedgerEntry(Shape):
    """What happened, and who did it."""

    seq: int
    recorded_at: datetime
    legal_at: datetime
    act: str
    actor: str
    step: str | None
    round: int | None
    reason: str | None
    cause: str | None


class Transfer(Shape):
    """One run of a dossier."""

    transfer: UUID
    dossier: DossierKey
    originator: str
    state: TransferStateName
    outcome: str | None
    submitted_at: datetime
    ended_at: datetime | None
    promised_at: datetime | None
    clock: Clock
    hops: list[Hop]
    ledger: list[LedgerEntry]


class TransferSummary(Shape):
    """One run of a dossier, in short."""

    transfer: UUID
    state: TransferStateName
    submitted_at: datetime
    ended_at: datetime | None
    deadline_at: datetime | None


class Dossier(Shape):
    """The runs of a dossier, newest first."""

    code: str
    transfers: list[TransferSummary]


class Event(Shape):
    """What happened to a transfer of yours; `cause` is the id of the message behind it."""

    id: str
    transfer: UUID
    dossier: DossierKey
    seq: int
    recorded_at: datetime
    legal_at: datetime
    act: str
    actor: str
    step: str | None
    round: int | None
    reason: str | None
    cause: str | None


class EventPage(Shape):
    """Events, and the cursor behind them: keep it with what you did."""

    events: list[Event]
    next: str
    more: bool


class MailboxItem(Shape):
    """A delivery under lease; `event` is a CloudEvent in structured mode."""

    delivery: UUID
    lease: int
    lease_until: datetime
    event: dict[str, Any] = Field(repr=False)


class Mailbox(Shape):
    """What was fetched, oldest first."""

    items: list[MailboxItem]


class Settled(Shape):
    """Where a delivery stands."""

    delivery: UUID
    state: Literal["pending", "delivered", "failed"]
    next_attempt_at: datetime | None = None


class Agency(Shape):
    """An agency as of an instant."""

    code: str
    name: str
    roles: list[str]
    parent: str | None
    in_force: bool
    successors: list[str]
    connected: bool
    accepting: bool


class Route(Shape):
    """Where a dossier would go: each step with agency, rule, deadlines and why."""

    originator: str
    as_of: datetime
    total: str | None
    overall_due_at: datetime | None
    steps: list[dict[str, Any]]


class ProcedureLine(Shape):
    """A version of a procedure, in short."""

    code: str
    version: str
    in_force: bool
    total: str | None
    places: list[str]
    steps: list[str]


class ProcedurePage(Shape):
    """The versions in force, in the order of their codes."""

    procedures: list[ProcedureLine]
    next: str | None


class Procedure(Shape):
    """A version of a procedure: the places and facts that it asks for, its steps."""

    code: str
    version: str
    in_force: bool
    total: str | None
    places: list[str]
    facts: dict[str, Any]
    steps: list[dict[str, Any]]
    legal_basis: str


class Unit(Shape):
    """An administrative unit as of an instant."""

    code: str
    name: str
    parent: str | None
    parent_name: str | None


class UnitPage(Shape):
    """Units in the order of their codes."""

    units: list[Unit]
    next: str | None


class ServedBy(Shape):
    """Who covers a unit in one role."""

    role: str
    agencies: list[dict[str, Any]]


class ServedUnit(Unit):
    """A unit, what became of it, and who serves it."""

    in_force: bool
    successors: list[Unit]
    ambiguous: bool
    served_by: list[ServedBy]


class OwedMessage(Shape):
    """A message that would go out at once."""

    to: str
    kind: Kind
    step: str | None
    round: int | None


class Follows(Shape):
    """What an accepted message would set off."""

    transfer: UUID | None
    dossier: DossierKey
    warnings: list[ReceiptWarning]
    route: Route | None
    messages: list[OwedMessage]


class Validation(Shape):
    """What would become of a message."""

    message: str | None
    verdict: Verdict
    status: int
    first: str | None = None
    problem: Problem | None = None
    follows: Follows | None = None


class TransferDocument(Shape):
    """A content that a transfer refers to; `held`: you have it already."""

    sha256: str
    size: int
    media_type: str
    state: str
    held: bool


class TransferDocuments(Shape):
    """What a transfer refers to of what is in the gateway's keeping."""

    documents: list[TransferDocument]


class Upload(Shape):
    """Where an upload stands; `document` is what a message gives as the document's `url`."""

    upload: UUID
    document: str
    received: int
    size: int
    complete: bool


Told = Receipt | Problem
"""The answer to a message: the receipt, or why it was refused."""
