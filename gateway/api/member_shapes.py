"""The shapes of joining: what operators say about a member, and what they are shown."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from gateway.api.shapes import Title
from gateway.joining.capabilities import LEAST_LARGEST, MOST_LARGEST
from gateway.joining.credentials import LONGEST, MOST_OVERLAP, Road
from gateway.joining.states import MemberState
from gateway.joining.ways import LEAST_TIMEOUT_MS, MOST_CONCURRENCY, MOST_TIMEOUT_MS
from schemas.identifiers import AGENCY_REF_PATTERN
from schemas.wire import LINE_PATTERN

_Reason = Annotated[
    str | None,
    Field(
        min_length=3,
        max_length=500,
        pattern=LINE_PATTERN,
        description="Why, for people; kept in the audit trail. No personal data.",
        examples=["Theo công văn đề nghị kết nối"],
    ),
]
_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{2,63}$"


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: _Reason = None


class Registration(_Said):
    """Let an agency of the directory take part."""

    agency: str = Field(max_length=35, pattern=AGENCY_REF_PATTERN, examples=["H31.101"])
    contact: str | None = Field(
        None,
        min_length=3,
        max_length=200,
        pattern=LINE_PATTERN,
        description="An office and how to reach it. No person.",
        examples=["Tổ vận hành hệ thống một cửa, Sở KH&CN"],
    )


class EndpointOrder(_Said):
    """How the agency is to be reached. Secrets are taken, and never shown again."""

    connector: str = Field(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9-]*$")
    address: str | None = Field(None, min_length=1, max_length=2000, pattern=LINE_PATTERN)
    secret: str | None = Field(
        None,
        min_length=1,
        max_length=4000,
        pattern=LINE_PATTERN,
        description="A webhook's is made here if it is not given.",
    )
    options: dict[str, Any] = Field(default_factory=dict, max_length=64)
    concurrency: int = Field(4, ge=1, le=MOST_CONCURRENCY)
    timeout_ms: int = Field(10_000, ge=LEAST_TIMEOUT_MS, le=MOST_TIMEOUT_MS)
    calls_per_minute: float | None = Field(
        None, gt=0, le=60_000, description="Of all processes together; no limit if null."
    )
    burst: int = Field(1, ge=1, le=10_000)
    events: bool | None = Field(None, description="Also told what happens, over AMQP.")


class CapabilitiesOrder(_Said):
    """What the agency's software takes."""

    kinds: list[Annotated[str, Field(max_length=80, pattern=r"^[a-z.0-9]+$")]] | None = Field(
        None, min_length=1, max_length=64, description="Default: all that agencies are sent."
    )
    largest: int | None = Field(None, ge=LEAST_LARGEST, le=MOST_LARGEST, description="Bytes.")
    documents: bool = True


class CredentialOrder(_Said):
    """Make credentials on these roads."""

    roads: list[Literal["http", "amqp"]] = Field(min_length=1, max_length=2)
    days: int = Field(365, ge=1, le=LONGEST.days)


class Rotation(_Said):
    """Make the next secret; the former one stays good for a while."""

    road: Road
    name: str | None = Field(None, pattern=_NAME)
    overlap_hours: int = Field(24, ge=0, le=MOST_OVERLAP.days * 24)
    days: int = Field(365, ge=1, le=LONGEST.days)


class Revocation(_Said):
    """Make a credential good for nothing."""

    road: Literal["http", "amqp"]
    name: str = Field(pattern=_NAME)


class Because(_Said):
    """Why."""


class GoLiveOrder(_Said):
    """Switch the agency live; `force` passes over what is missing, and needs a reason."""

    force: bool = False


class MemberLine(BaseModel):
    """One line of the list. `since` is null for who was set up directly."""

    agency: str
    state: MemberState
    since: datetime | None
    connector: str | None
    enabled: bool | None
    breaker: str | None
    last_seen_at: datetime | None


class MemberPage(BaseModel):
    """Who takes part, in code order; `next` is null on the last page."""

    agencies: list[MemberLine]
    next: str | None


class CredentialShape(BaseModel):
    """A credential without its secret."""

    road: Road
    name: str
    created_at: datetime
    expires_at: datetime | None
    former_until: datetime | None = Field(description="Until when the secret before it is good.")
    revoked_at: datetime | None
    good: bool
    days_left: int | None
    successor: str | None = Field(description="The one that follows it since it was rotated.")
    ends: Literal["soon", "urgent"] | None = Field(None, description="Within 30, within 7 days.")


class CredentialList(BaseModel):
    """An agency's credentials, newest first."""

    credentials: list[CredentialShape]


class NewCredentialShape(BaseModel):
    """A credential with its secret, which is shown this once."""

    road: Road
    name: str
    secret: str
    expires_at: datetime | None
    former: str | None
    former_until: datetime | None


class NewCredentials(BaseModel):
    """What was made."""

    credentials: list[NewCredentialShape]


class TestShape(BaseModel):
    """A test message and what became of it. With `tries` it is tried again until it is taken."""

    test: UUID
    state: Literal["pending", "delivered", "failed", "withdrawn"]
    sent_at: datetime
    settled_at: datetime | None
    tries: int
    evidence: str | None
    failure: str | None
    latency_ms: int | None


class MissingShape(BaseModel):
    """What an agency still needs to go live."""

    code: str
    todo: Title


class MemberShape(BaseModel):
    """A member, whole, without any secret."""

    agency: str
    name: str | None
    in_force: bool
    state: MemberState
    resumes_as: MemberState | None
    since: datetime | None
    contact: str | None
    takes: dict[str, Any] | None
    kept: bool = Field(description="False: set up directly, without onboarding.")
    endpoint: dict[str, Any] | None
    credentials: list[CredentialShape]
    test: TestShape | None
    missing: list[MissingShape]


class MemberWithSecret(MemberShape):
    """The member, and the signing secret that was made for it, shown this once."""

    secret: NewCredentialShape | None
