"""What a connector is: one way of handing a delivery over to an agency's system.

A connector takes parcels and answers with one outcome per parcel, in the same order. It never
raises for a partner's fault: a refusal, a silence or a lost connection is a value, and only the
dispatcher decides what follows from it. A connector keeps nothing that is not also stored by the
gateway, retries nothing on its own beyond one short attempt, and reads no clock but its timeouts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable
from uuid import UUID

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

    `retry_after` is in seconds, where the partner named it. Code `not-attempted` says that the
    call ended before this parcel's turn: that is no failure of the endpoint. `unlisted` says that
    the connector's table of codes does not know this one; a person is told.
    """

    code: str
    detail: str
    retry_after: float | None = None
    unknown: bool = False
    unlisted: bool = False


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

NOT_ATTEMPTED: Final = Unreachable("not-attempted", "the call ended before this parcel's turn")


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
