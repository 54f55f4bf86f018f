"""The shapes of the operators' part: what is asked, and what is shown."""

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from gateway.api.shapes import Title, TransferShape
from gateway.api.stuck_filters import FAILURE, LEVEL, LONGEST, PERSON, TEXT
from gateway.operations.acts import MOST_ITEMS, DeskAct, Order, Target
from gateway.operations.causes import Cause
from gateway.operations.notes import LONGEST as LONGEST_NOTE
from gateway.operations.stuck_filter import StuckFilter, read_filter
from routing.lifecycle.model import Act
from schemas.identifiers import AGENCY_PATTERN, PROCEDURE_PATTERN, StepId
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


class FilterShape(BaseModel):
    """Which of what is stuck is meant; what is left out is not asked."""

    model_config = ConfigDict(extra="forbid")

    causes: list[Cause] = Field(default_factory=list, max_length=len(Cause))
    agency: str | None = Field(
        None, pattern=r"^[A-Z0-9.]{0,35}$", description="Whose turn it is; empty: nobody's yet."
    )
    below: bool = Field(False, description="The agencies below it as well.")
    level: str | None = Field(None, pattern=LEVEL)
    procedure: str | None = Field(None, pattern=PROCEDURE_PATTERN)
    failure: str | None = Field(
        None, pattern=FAILURE, description="Exactly this failure, as groups name it."
    )
    stuck_for: int | None = Field(None, ge=0, le=LONGEST, description="At least so many seconds.")
    time_left: int | None = Field(
        None, ge=0, le=LONGEST, description="At most so many seconds to its deadline, or late."
    )
    text: str | None = Field(
        None, pattern=TEXT, description="Part of a dossier's code, an agency's code or a failure."
    )
    person: str | None = Field(None, pattern=PERSON, description="Who works on it.")
    unassigned: bool = False

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        self.filter()
        return self

    def filter(self) -> StuckFilter:
        """Return the filter; ValueError where it contradicts itself."""
        return read_filter(self.model_dump(exclude_none=True, mode="json"))


class ActOrder(BaseModel):
    """An act on named items, on all that is stuck for a cause now, or on what a filter finds."""

    model_config = ConfigDict(extra="forbid")

    act: Act | DeskAct
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
    filter: FilterShape | None = Field(None, description="With causes; as a group gives it.")
    agency: str | None = Field(
        None, max_length=35, pattern=AGENCY_PATTERN, description="For resolve and redirect."
    )
    until: AwareDatetime | None = Field(None, description="For extend.")
    pause_reason: (
        Literal["supplement", "payment", "confirmation", "publication", "outage"] | None
    ) = None
    legal_basis: str | None = Field(None, min_length=3, max_length=500, pattern=LINE_PATTERN)
    return_reason: (
        Literal["wrong_data", "upstream_error", "wrong_procedure", "incomplete"] | None
    ) = None
    to_step: StepId | None = Field(
        None, description="For return: the earlier step; without, whoever fed the turn."
    )
    calendar: str | None = Field(
        None, max_length=100, pattern=CALENDAR_PATTERN, description="For recalendar: the version."
    )
    person: str | None = Field(
        None, pattern=PERSON, description="For assign: who works on it; without, nobody does."
    )
    note: str | None = Field(
        None,
        min_length=1,
        max_length=LONGEST_NOTE,
        description="For note: free text, kept apart and shown to who may see it.",
    )
    dry_run: bool = Field(
        False, description="Freeze and show the list, and wait for resume before the first item."
    )

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        named = (self.targets, self.cause, self.filter)
        if sum(one is not None for one in named) != 1:
            raise ValueError("name either targets, a cause or a filter")
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
            to_step=self.to_step,
            return_reason=self.return_reason,
            calendar=self.calendar,
            person=self.person,
            note=self.note,
        )

    def wanted(self) -> StuckFilter | None:
        """Return the filter of what is meant, if it is not targets."""
        if self.filter is not None:
            return self.filter.filter()
        if self.cause is not None:
            return StuckFilter(causes=(self.cause,), agency=self.cause_agency)
        return None


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
    due: datetime | None = Field(description="Its deadline, or the date promised.")
    transfer: UUID | None
    issuer: str | None
    dossier: str | None
    procedure: str | None
    step: str | None
    round: int | None
    agency: str | None
    delivery: UUID | None
    message: UUID | None
    failure: str | None = Field(description="What failed: a code, or the step it stands at.")
    detail: str | None
    assigned: str | None
    side: str
    whose: str
    todo: Title
    acts: list[str]


class StuckPage(BaseModel):
    """One page of a cause; `next` is null on the last."""

    items: list[StuckShape]
    next: str | None


class StuckGroupShape(BaseModel):
    """What fails alike at one agency."""

    cause: Cause
    title: Title
    agency: str | None
    failure: str | None
    count: int
    oldest: datetime | None
    most_urgent: datetime | None
    acts: list[str]
    filter: dict[str, Any] = Field(description="Asks for exactly this; acts take it.")


class StuckGroupPage(BaseModel):
    """The largest groups."""

    groups: list[StuckGroupShape]
    capped: bool = Field(description="There is more than was looked at.")


class ViewShape(BaseModel):
    """A question that a person kept."""

    id: UUID
    name: str
    filter: dict[str, Any]
    kept_at: datetime


class ViewList(BaseModel):
    """A person's views, by name."""

    views: list[ViewShape]


class ViewOrder(BaseModel):
    """A question to keep under a name."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=60, pattern=LINE_PATTERN)
    filter: FilterShape


class KeptView(BaseModel):
    """Which view it is."""

    id: UUID


class NoteShape(BaseModel):
    """A note; without text where it was purged."""

    id: UUID
    at: datetime
    author: str
    text: str | None


class NoteList(BaseModel):
    """What was noted of a subject, oldest first."""

    notes: list[NoteShape]


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
    act: Act | DeskAct
    reason: str
    question: dict[str, Any]
    details: dict[str, Any]
    state: Literal["running", "paused", "held", "cancelled", "done"]
    total: int
    finished_at: datetime | None
    outcomes: dict[str, int] = Field(default_factory=dict)
    sample: list[dict[str, Any]] | None = None
    capped: bool | None = Field(None, description="The list is as long as one may be.")


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
