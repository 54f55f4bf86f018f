"""What a connector is: one way of handing a delivery over to an agency's system, and of hearing it.

A connector takes parcels and answers with one outcome per parcel, in the same order. It never
raises for a partner's fault: a refusal, a silence or a lost connection is a value, and only the
dispatcher decides what follows from it. A connector keeps nothing that is not also stored by the
gateway, retries nothing on its own beyond one short attempt, and reads no clock but its timeouts.

A speaker is the other direction: it reads what a partner posts in its own dialect as messages of
that agency, and words the answer. It is pure: what is judged, stored and answered for good is the
gateway's, by the ordinary intake.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, runtime_checkable
from uuid import UUID

import orjson

from schemas.kinds import Kind
from schemas.problems import Problem

if TYPE_CHECKING:
    from connectors.codes import CodeTable

ConnectorName = str
"""`amqp`, `mailbox`, or the name of a caller: see `connectors.catalogue` for those there are."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where, how, and for how long at most to try to reach one agency.

    `timeout` is in seconds and bounds a whole call. `secret` is what we show the partner (a
    webhook's signing secret, `whsec_…`); it stays out of `repr`, and so out of logs. `options` is
    the connector's own: what it needs beside address and secret. No secret belongs in it.
    """

    agency: str
    connector: ConnectorName
    address: str | None = None
    secret: str | None = field(default=None, repr=False)
    timeout: float = 10.0
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery, ready to be sent: the same id and the same bytes on every attempt.

    `body` is the JSON of `envelope`, a complete CloudEvent in structured form. `correlation` is
    the id of the message that a receipt answers. Contents stay out of `repr`: they are personal.
    """

    delivery: UUID
    kind: str
    envelope: dict[str, Any] = field(repr=False)
    body: bytes = field(repr=False)
    correlation: str | None = None
    traceparent: str | None = None

    @property
    def data(self) -> Mapping[str, Any]:
        """Return the event's data; in `envelope` it may stand as JSON that is written already."""
        return dict(orjson.loads(self.body)["data"])


@dataclass(frozen=True, slots=True)
class Delivered:
    """The partner's system has it, and `evidence` says how we know (confirm, status line).

    `at_remote` is the partner's own clock as it wrote it, where it did.
    """

    evidence: str
    at_remote: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The partner answered that it will not take this parcel; `permanent` forbids a retry."""

    code: str
    detail: str
    permanent: bool = True


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No usable answer came. `unknown` says that the partner may have it all the same.

    `retry_after` is in seconds, where the partner named it. `ours` says that nothing was tried
    (code `not-attempted`: the call ended before this parcel's turn) or that it failed on our side
    before: that is no failure of the endpoint. `unlisted` says that the connector's table of codes
    does not know this one; a person is told.
    """

    code: str
    detail: str
    retry_after: float | None = None
    unknown: bool = False
    unlisted: bool = False
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Parked:
    """The parcel lies ready, and counts as delivered only when its agency fetches it."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Asked, the partner answered that it does not have the parcel: it may be sent again."""

    code: str = "not-there"


Outcome = Delivered | Refused | Unreachable | Parked

Asked = Delivered | Refused | Missing | Unreachable
"""What a question came to: it has it, it has refused it, it has not got it, or no answer."""

NOT_ATTEMPTED: Final = Unreachable(
    "not-attempted", "the call ended before this parcel's turn", ours=True
)


class Connector(Protocol):
    """Hands parcels over to one endpoint at a time."""

    @property
    def name(self) -> str: ...

    async def send(self, endpoint: Endpoint, parcels: Sequence[Parcel]) -> list[Outcome]:
        """Return one outcome per parcel, in order; raise nothing for a partner's fault.

        Cancellation passes through: what was under way is then unknown to the caller.
        """
        ...

    async def aclose(self) -> None:
        """Let go of connections; safe to call twice."""
        ...


class Caller(Connector, Protocol):
    """Calls the partner's own system: one parcel, one call.

    `codes` is the table that says what each of the partner's codes means; outcomes come from it.
    """

    @property
    def codes(self) -> "CodeTable": ...

    def is_idempotent(self, endpoint: Endpoint) -> bool:
        """Whether the same parcel sent twice has one effect there.

        False makes every outcome that is not known a question (`Asks`), or a person's: nothing is
        then sent again on a guess.
        """
        ...


@runtime_checkable
class Asks(Protocol):
    """What a caller can do whose partner can be asked what became of a parcel."""

    async def ask(self, endpoint: Endpoint, parcel: Parcel) -> Asked | None:
        """Ask once; None when this partner cannot say. `endpoint.timeout` bounds the call.

        Raises nothing for a partner's fault. `Missing` must be sure: the parcel is sent again.
        """
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """One message of ours that a partner's post amounts to.

    `id` is what tells the partner's message from its others (its own id of it, or what takes the
    place of one): the same post read again gives the same id, so that a replay is a duplicate.
    `subject` is the dossier's code, or the partner's own code for it if that is known as an alias.
    `data` is the kind's, with the partner's raw code and text in `raw_status`. Where it does not
    name `transfer`, `step` and `round`, the gateway finds the turn that is meant: the agency's
    open one in that dossier. `step` may be named alone, where an agency has several.
    """

    id: str
    kind: Kind
    subject: str | None
    data: dict[str, Any] = field(repr=False)
    claimed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a partner is answered, in its own dialect."""

    status: int
    body: bytes = field(default=b"", repr=False)
    media: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What a partner says of a turn that moves nothing there: kept, with its raw code and text.

    `event` names it in our words (`letter.assigned`), `said_by` who said it in the partner's.
    """

    id: str
    event: str
    code: str
    said_by: str
    transfer: UUID
    step: str | None = None
    round: int | None = None
    text: str | None = field(default=None, repr=False)
    claimed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that came with a post. Its name and its bytes stay out of `repr`."""

    name: str = field(repr=False)
    media_type: str
    sha256: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a post amounts to, in its order; nothing where it asks for nothing of us.

    `enclosures` are the files that came with it, each content once: the gateway keeps them before
    it judges anything of the post, and whatever the post is about refers to them; where a message
    names documents, its data names them too. `kept` is the post as it is stored, where that is not
    as it came: without the secret it shows, without the bytes of its files.
    """

    messages: tuple[Message, ...] = ()
    remarks: tuple[Remark, ...] = ()
    kept: bytes | None = field(default=None, repr=False)
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True)
class Unheard:
    """A post that is not taken: why and where in it (never its values), and the answer it gets.

    Of the type `unauthenticated` it is counted and not stored; any other is kept, as a refusal
    under the agency. One `from_nobody` proved nothing of its sender: it is kept and counted, so
    that a stranger soon has to wait.
    """

    problem: Problem
    reply: Reply
    kept: bytes | None = field(default=None, repr=False)
    from_nobody: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of one message; `unanswered` promises nothing: the partner has to send again."""

    verdict: Literal["accepted", "duplicate", "refused", "unanswered"]
    problem: Problem | None = None


OPERATION: Final = ":operation"
"""Where a speaker finds the last part of the address, for partners that have one per operation."""


class Speaker(Protocol):
    """Reads what one kind of partner posts at `POST /v1/partners/{agency}`, and answers it.

    Both directions of a dialect may be one class; a speaker's calls do no I/O and keep nothing.
    """

    @property
    def name(self) -> ConnectorName:
        """The connector of the endpoints whose agencies it reads."""
        ...

    def largest(self, endpoint: Endpoint) -> int:
        """The most bytes that one post of this partner may have; more is answered 413 unread."""
        ...

    def shows_token(self, endpoint: Endpoint) -> bool:
        """Whether its posts carry a bearer token of ours, which the gateway then checks.

        Else `read` finds out who posts: by the secret or the signature in the post itself.
        """
        ...

    def read(self, headers: Mapping[str, str], body: bytes, endpoint: Endpoint) -> Heard | Unheard:
        """Read one post; `headers` have names in lower case, and OPERATION where there is one.

        Raises nothing for what was sent.
        """
        ...

    def answer(self, heard: Heard, judged: Sequence[Judgement], endpoint: Endpoint) -> Reply:
        """Word the answer from what became of the post: one judgement per message, then remark."""
        ...
