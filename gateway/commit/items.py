"""What a group commit takes in, and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from routing.lifecycle.model import Operated
from schemas.kinds import Kind
from schemas.problems import Problem


class Road(StrEnum):
    AMQP = "amqp"
    HTTP = "http"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Incoming:
    """Raw bytes from a caller whose identity is proven; `agency` is the caller's canonical code."""

    id: UUID
    road: Road
    agency: str
    media: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    message_id: str | None
    recorded_at: datetime
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A document in the gateway's keeping that came with a message, whether its data names it or
    has no place for it."""

    sha256: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Judged:
    """A message after decoding and validation: either `problem` is set, or kind and data are.

    `key` is the message id it claims; None where the message may claim none (unreadable, foreign
    source, too large). `keep_body` is False for what was too large to keep; `size` then says how
    large it was. `poison` is what made our own code or the database fail by itself.
    """

    incoming: Incoming
    body_digest: bytes
    key: str | None = None
    digest: bytes = b""
    kind: Kind | None = None
    subject: str | None = None
    claimed_at: datetime | None = None
    data: BaseModel | None = field(default=None, repr=False)
    problem: Problem | None = None
    keep_body: bool = True
    size: int | None = None
    poison: bool = False
    enclosed: tuple[Enclosed, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """Our answer to a message: the receipt, and how HTTP says it."""

    verdict: str
    status: int
    receipt: bytes
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """A delivery under lease: what a connector needs, and the number its outcome counts under."""

    id: UUID
    agency: str
    kind: str
    transfer_id: UUID | None
    step: str | None
    round: int | None
    subject: str | None
    data: str = field(repr=False)
    splice: tuple[UUID, ...]
    correlation: str | None
    traceparent: str | None
    created_at: datetime
    lease_no: int
    attempts: int = 0
    in_doubt: bool = False
    """An earlier attempt may have arrived, and nothing has been heard of it since."""
    unused_leases: int = 0

    @property
    def is_first_try(self) -> bool:
        return self.lease_no == self.unused_leases + 1

    @property
    def has_lost_lease(self) -> bool:
        """A lease before this one ended without an outcome: nobody knows what was done under it."""
        return self.lease_no > self.attempts + self.unused_leases + 1

    @property
    def is_handover(self) -> bool:
        return self.kind == "handover.offered"


class Settlement(StrEnum):
    """What one attempt came to."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    ASKED = "asked"
    """The partner was asked what became of an earlier attempt, and that settled nothing yet."""
    HELD = "held"
    """It may have arrived, nobody can say, and sending it again might act twice: for a person."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt; `wait` (seconds) until the next try of what is not settled.

    `at` is the legal instant of the answer: a database that lags must not make it later.
    """

    owed: Owed
    settlement: Settlement
    code: str
    detail: str | None
    latency_ms: int
    at: datetime
    wait: float = 0.0
    unknown: bool = False
    overtaken: bool = False
    """There is no next try: what it tells of has come."""
    in_doubt: bool | None = None
    """Whether the agency may have it from now on; None: as before."""


@dataclass(frozen=True, slots=True)
class Due:
    """A transfer whose clocks need attention."""

    transfer_id: UUID


@dataclass(frozen=True, slots=True)
class LetterIssued:
    """A letter of apology that is issued with an act, or not at all.

    `seq` is the ledger's head that the letter was written from: if the transfer has gone on since,
    the letter may not be true any more, and neither it nor the act counts.
    """

    seq: int
    row: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Act:
    """An operator's act on one transfer, with the letter that announces it, if one does."""

    transfer_id: UUID
    event: Operated
    letter: LetterIssued | None = None


Item = Judged | Outcome | Due | Act


@dataclass(slots=True)
class Committed:
    """The result of a batch: an answer per item (None: nobody waits), and what is to be sent."""

    answers: list[Any] = field(default_factory=list)
    taken: list[Owed] = field(default_factory=list)
    waiting: bool = False
    rows: int = 0
    problems: dict[str, int] = field(default_factory=dict)
