"""The shapes of the operators' part: what is asked, and what is shown."""

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from gateway.api.shapes import Title, TransferShape
from gateway.operations.acts import MOST_ITEMS, Order, Target
from gateway.operations.causes import Cause
from routing.lifecycle.model import Act
from schemas.identifiers import AGENCY_PATTERN
from schemas.wire import LINE_PATTERN

CALENDAR_PATTERN = r"^[a-z0-9][a-z0-9-]{0,63}@\d{4}-\d{2}-\d{2}[a-z]?$"
_CODE = r"^[a-z][a-z0-9_.-]{0,63}$"


class TargetShape(BaseModel):
    """What an act is about: a transfer or its hop, a delivery, a poison message, an endpoint."""

    model_config = ConfigDict(extra="forbid")

    transfer: UUID | None = None
    step: str | None = Field(None, pattern=r"^[a-z][a-z0-9-]{0,63}$")
    round: int | None = Field(None, ge=1, le=10_000)
    delivery: UUID | None = None
    message: UUID | None = None
    agency: str | None = Field(None, max_length=35, pattern=AGENCY_PATTERN)

    def target(self) -> Target:
        return Target(
            self.transfer, self.step, self.round, self.delivery, self.message, self.agency
        )


class ActOrder(BaseModel):
    """An act on named items, or on all that is stuck for a cause now."""

    model_config = ConfigDict(extra="forbid")

    act: Act
    reason: str = Field(
        min_length=3,
        max_length=500,
        pattern=LINE_PATTERN,
        description="For people, kept with the act; never in the ledger. No personal data.",
        examples=["Đã gọi bộ phận kỹ thuật, hệ thống hoạt động lại"],
    )
    code: str = Field("by-operator", pattern=_CODE, description="Goes into the ledger.")
    targets: list[TargetShape] | None = Field(None, min_length=1, max_length=MOST_ITEMS)
    cause: Cause | None = None
    cause_agency: str | None = Field(None, max_length=35, pattern=AGENCY_PATTERN)
    agency: str | None = Field(
        None, max_length=35, pattern=AGENCY_PATTERN, description="For resolve and redirect."
    )
    until: AwareDatetime | None = Field(None, description="For extend.")
    pause_reason: (
        Literal["supplement", "payment", "confirmation", "publication", "outage"] | None
    ) = None
    legal_basis: str | None = Field(None, min_length=3, max_length=500, pattern=LINE_PATTERN)
    calendar: str | None = Field(
        None, max_length=100, pattern=CALENDAR_PATTERN, description="For recalendar: the version."
    )
    dry_run: bool = Field(
        False, description="Freeze and show the list, and wait for resume before the first item."
    )

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if (self.targets is None) == (self.cause is None):
            raise ValueError("name either targets or a cause")
        if self.until is not None and not 1900 <= self.until.year <= 2199:
            raise ValueError("until lies beyond the years that are known here")
        return self

    def order(self, actor: str) -> Order:
        return Order(
            act=self.act,
            actor=actor,
            reason=self.reason,
            code=self.code,
            agency=self.agency,
            until=self.until,
            pause_reason=self.pause_reason,
            legal_basis=self.legal_basis,
            calendar=self.calendar,
        )


class StuckCountShape(BaseModel):
    """How many are stuck for a cause."""

    cause: Cause
    count: int
    capped: bool = Field(description="There are more than were counted.")
    title: Title
    whose: str


class StuckCounts(BaseModel):
    """Every cause with its count."""

    now: datetime
    causes: list[StuckCountShape]


class StuckShape(BaseModel):
    """One thing that is stuck."""

    cause: Cause
    title: Title
    since: datetime | None
    transfer: UUID | None
    issuer: str | None
    dossier: str | None
    step: str | None
    round: int | None
    agency: str | None
    delivery: UUID | None
    message: UUID | None
    detail: str | None
    side: str
    whose: str
    todo: Title
    acts: list[str]


class StuckPage(BaseModel):
    """One page of a cause; `next` is null on the last."""

    items: list[StuckShape]
    next: str | None


class RemarkShape(BaseModel):
    """What a partner said of a turn that changed nothing there; its text is not listed."""

    id: UUID
    agency: str
    step: str | None
    round: int | None
    event: str
    code: str
    said_by: str
    claimed_at: datetime | None
    recorded_at: datetime


class TransferForOperators(TransferShape):
    """A transfer with everything that was sent for it, and why it is stuck."""

    deliveries: list[dict[str, Any]]
    stuck: list[StuckShape]
    remarks: list[RemarkShape]


class ActShape(BaseModel):
    """An act with its progress."""

    id: UUID
    at: datetime
    actor: str
    act: Act
    reason: str
    question: dict[str, Any]
    details: dict[str, Any]
    state: Literal["running", "paused", "cancelled", "done"]
    total: int
    finished_at: datetime | None
    outcomes: dict[str, int] = Field(default_factory=dict)
    sample: list[dict[str, Any]] | None = None


class ActPage(BaseModel):
    """The audit trail, newest first."""

    acts: list[ActShape]
    next: UUID | None


class ActItemPage(BaseModel):
    """The frozen list of an act, with the outcomes so far."""

    items: list[dict[str, Any]]
    next: int | None


class EndpointPage(BaseModel):
    """How agencies are reached."""

    endpoints: list[dict[str, Any]]
    next: str | None
