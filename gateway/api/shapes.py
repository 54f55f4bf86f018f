"""The shapes of what is read over HTTP, for the published document; handlers write plain JSON."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from routing.lifecycle.charges import Party
from schemas.states import HopStateName, TransferStateName


class Dossier(BaseModel):
    """What identifies a dossier."""

    issuer: str
    code: str


class ProcedureVersion(BaseModel):
    """The version of a procedure that a dossier was received under."""

    code: str
    version: str


class Title(BaseModel):
    """Words for people."""

    vi: str
    en: str


class PauseSpan(BaseModel):
    """A pause that has ended: [from, to)."""

    from_: datetime = Field(alias="from")
    to: datetime
    reason: str
    legal_basis: str | None
    document: str | None = Field(examples=["12/TB-UBND"])


class Clock(BaseModel):
    """A clock and the deadline that follows from it; none while paused."""

    started_at: datetime | None
    budget: str | None = Field(examples=["3 wd"])
    cutoff: str | None
    deadline_at: datetime | None
    paused_at: datetime | None
    pause_reason: str | None
    pause_legal_basis: str | None
    pause_document: str | None
    held_since: datetime | None = Field(description="A declared outage holds it since then.")
    pauses: list[PauseSpan]
    extended_to: datetime | None
    warned: list[str]
    breached: list[str]
    calendar_missing: bool


class RefusalShape(BaseModel):
    """An agency's refusal of its hop, and whether its sender took note."""

    reason: str
    at: datetime
    acknowledged_at: datetime | None
    release_by: datetime | None


class Failure(BaseModel):
    """Why a hop waits for a person."""

    kind: str
    detail: str | None
    candidates: list[str]


class HopShape(BaseModel):
    """One agency's turn at one step in one round."""

    step: str
    round: int
    title: Title | None
    agency: str | None
    state: HopStateName
    offered_at: datetime | None
    available_at: datetime | None
    delivered_at: datetime | None
    received_at: datetime | None
    ended_at: datetime | None
    deliver_by: datetime | None
    receive_by: datetime | None
    supplement_by: datetime | None
    clock: Clock
    refusal: RefusalShape | None
    outcome: str | None
    failure: Failure | None
    stale: bool
    superseded_by: int | None


class LedgerEntry(BaseModel):
    """What happened, who did it, and which table versions decided."""

    seq: int
    recorded_at: datetime
    legal_at: datetime
    act: str
    actor: str = Field(examples=["agency:H31.101", "gateway", "operator"])
    step: str | None
    round: int | None
    reason: str | None
    legal_basis: str | None
    facts: dict[str, Any]
    versions: dict[str, str]
    cause: str | None = Field(description="The id of the message behind it.")
    hash: str


class TransferSummary(BaseModel):
    """One run of a dossier, in short."""

    transfer: UUID
    dossier: Dossier
    originator: str
    state: TransferStateName
    procedure: ProcedureVersion
    submitted_at: datetime
    ended_at: datetime | None
    deadline_at: datetime | None


class ChargeShape(BaseModel):
    """[from, to) of a transfer's time, charged to one party."""

    from_: datetime = Field(alias="from")
    to: datetime
    party: Party
    agency: str | None = Field(description="Whose turn it was; none where the gateway is charged.")
    step: str | None
    round: int | None
    reason: str = Field(examples=["work", "cutoff", "supplement"])
    provisional: bool = Field(
        description="May still fall to another: branches are open, or a receipt is outstanding."
    )


class AgencyTime(BaseModel):
    """What an agency answers for, as sender or as receiver."""

    agency: str
    party: Party
    seconds: float


class HopTime(BaseModel):
    """What each party was charged at one hop; a party that is not named was charged nothing."""

    step: str
    round: int
    sender: float = 0.0
    gateway: float = 0.0
    network: float = 0.0
    receiver: float = 0.0
    citizen: float = 0.0
    law: float = 0.0


class EatenShape(BaseModel):
    """Who took how much: a step, `before` (the submission), or `gateway`."""

    by: str
    seconds: float


class ShareShape(BaseModel):
    """One turn's part of the total; `left` is what those before it and itself left of `share`."""

    step: str
    round: int
    agency: str | None
    share: float | None
    used: float
    needed: float
    overrun: float
    eaten: list[EatenShape]
    left: float


class AccountShape(BaseModel):
    """The statutory total in its own measure (seconds of working time for wd and wh).

    `used`, what the shares still need, and `slack` are `total`, exactly. What one turn overruns is
    eaten from the next, then from those after, at last from the slack.
    """

    total: float
    used: float
    before: float = Field(description="Used between the counter and the submission.")
    waited: float = Field(description="Used by the gateway.")
    slack: float = Field(description="Below zero: the total will be overrun if all take theirs.")
    eaten: list[EatenShape]
    shares: list[ShareShape]


class TimeShape(BaseModel):
    """Whose time it was, from the submission to `as_of`: seconds that add up exactly."""

    as_of: datetime
    charges: list[ChargeShape]
    by_party: dict[Party, float]
    by_agency: list[AgencyTime]
    by_hop: list[HopTime]
    account: AccountShape | None = Field(description="None where the law sets no total.")


class JudgementShape(BaseModel):
    """An instant held against a date; `late` is null where there is no date."""

    late: bool | None
    due_at: datetime | None
    at: datetime
    judged: Literal["processed", "ended", "asked", "period_end"]


class VerdictShape(BaseModel):
    """In time or late, by the operational deadline, and as QĐ 766/QĐ-TTg counts it."""

    operational: JudgementShape
    reporting: JudgementShape
    supplements: int = Field(description="How often a supplement was asked for.")


class TransferShape(BaseModel):
    """One run of a dossier through its itinerary."""

    transfer: UUID
    dossier: Dossier
    originator: str
    state: TransferStateName
    outcome: str | None
    archived: bool
    procedure: ProcedureVersion
    submitted_at: datetime
    received_at: datetime
    promised_at: datetime | None
    ended_at: datetime | None
    clock: Clock
    hops: list[HopShape]
    time: TimeShape
    verdict: VerdictShape
    ledger: list[LedgerEntry]


class DossierShape(BaseModel):
    """The runs of a dossier that concern the caller, newest first."""

    code: str
    transfers: list[TransferSummary]


class EventShape(BaseModel):
    """One ledger entry of a transfer that concerns the caller."""

    id: str = Field(examples=["0195b0c4-7c00-7000-8000-000000000001:3"])
    transfer: UUID
    dossier: Dossier
    seq: int
    recorded_at: datetime
    legal_at: datetime
    act: str
    actor: str
    step: str | None
    round: int | None
    reason: str | None
    legal_basis: str | None
    facts: dict[str, Any]
    versions: dict[str, str]
    cause: str | None = Field(description="The id of the message behind it.")


class EventPage(BaseModel):
    """Events after the cursor. Ask again with `next`; at once if there is `more`."""

    events: list[EventShape]
    next: str
    more: bool
