"""The shapes of a dry run, for the published document; the handler writes plain JSON."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from gateway.api.routes import RouteShape
from gateway.api.shapes import Clock
from schemas.kinds import Kind
from schemas.problems import Problem
from schemas.receipt_warnings import ReceiptWarning
from schemas.receipts import Deadlines, DossierKey, Receipt, ReceiptHop, Verdict
from schemas.states import HopStateName, TransferStateName


class TransferStateChange(BaseModel):
    """A transfer's state now and then; no state now: it would begin."""

    before: TransferStateName | None
    after: TransferStateName


class HopStateChange(BaseModel):
    """A hop's state now and then; no state now: it would be planned."""

    before: HopStateName | None
    after: HopStateName


class ClockChange(BaseModel):
    """A clock now and then."""

    before: Clock | None
    after: Clock


class HopChange(BaseModel):
    """What a message would do to one hop."""

    step: str
    round: int
    agency: str | None
    state: HopStateChange
    clock: ClockChange | None = Field(description="None: the clock stays what it is.")


class EntryShape(BaseModel):
    """An entry that the ledger would get."""

    act: str = Field(examples=["hop.received"])
    actor: str
    step: str | None
    round: int | None
    legal_at: datetime
    reason: str | None
    legal_basis: str | None


class OwedShape(BaseModel):
    """A message that would go out at once."""

    to: str = Field(examples=["H31.101"])
    kind: Kind
    step: str | None
    round: int | None
    connected: bool = Field(description="False: no endpoint says how to reach this agency.")


class TakenBack(BaseModel):
    """An offer that would be taken back, if it has not been delivered."""

    step: str
    round: int


class FollowsShape(BaseModel):
    """What would follow from an accepted message."""

    transfer: UUID | None = Field(description="None: a new one; its id is made when it is sent.")
    dossier: DossierKey
    state: TransferStateChange
    itinerary: list[ReceiptHop]
    deadlines: Deadlines
    warnings: list[ReceiptWarning] = Field(description="What its receipt would warn of.")
    route: RouteShape | None = Field(
        description="Of a submission: for each step the agency, the rule, the deadlines, and why."
    )
    clock: ClockChange | None = Field(description="The whole dossier's. None: it stays.")
    hops: list[HopChange] = Field(description="Only those that would change.")
    acts: list[EntryShape]
    messages: list[OwedShape] = Field(description="Who would be told what, at once.")
    taken_back: list[TakenBack]


class ValidationShape(BaseModel):
    """What would become of one message. Nothing was stored."""

    message: str | None = Field(description="The message's id, if it could be read.")
    verdict: Verdict
    status: int = Field(
        description="What POST /v1/messages would answer with, were it sent alone.",
        examples=[202, 200, 409, 422],
    )
    first: str | None = Field(None, description="Of a duplicate: what it was the first time.")
    receipt: Receipt | None = Field(None, description="Of a duplicate: the first answer again.")
    problem: Problem | None = Field(None, description="Of a refusal: why.")
    follows: FollowsShape | None = Field(None, description="Of an accepted one: what it sets off.")


VALIDATION_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "model": ValidationShape | list[ValidationShape],
        "description": "What would become of it; for a batch, of each event in order.",
    }
}
