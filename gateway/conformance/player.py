"""A gateway in memory: judges by the real desk, and keeps what the system under test is owed.

No database, no broker: one process, one case after another. What it answers is what a gateway with
these tables answers, since the same functions read, decide and write the receipts.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

from connectors.protocol import Parcel
from gateway.clock import LegalClock
from gateway.commit.desk import Desk, Earlier, Loaded
from gateway.commit.items import Answer, Incoming, Judged, Outcome, Owed, Road, Settlement
from gateway.commit.live import Live
from gateway.commit.outbox import Roads
from gateway.commit.rows import Row
from gateway.dispatch.parcels import parcel_of, said_in
from gateway.ids import new_id
from gateway.intake.reading import read_message
from gateway.rulebook import Rulebook
from routing.lifecycle.model import Hop, Transfer
from schemas.envelope import STRUCTURED_MEDIA_TYPE
from schemas.identifiers import agency_urn
from schemas.kinds import Kind

SOURCE = "urn:lienthong:gateway:vn.lienthong.conformance"


@dataclass(frozen=True, slots=True)
class Heard:
    """One message as the system under test said it, and our answer."""

    agency: str
    id: str | None
    kind: Kind | None
    subject: str | None
    data: Any = field(repr=False)
    digest: bytes
    answer: Answer
    media: str
    time: str | None = None

    @property
    def taken(self) -> bool:
        return self.answer.verdict == "accepted"

    @property
    def receipt(self) -> Mapping[str, Any]:
        return dict(orjson.loads(self.answer.receipt))


@dataclass(slots=True)
class Letter:
    """A delivery owed to the system under test."""

    owed: Owed
    parcel: Parcel


class Player:
    """The state of one run. `agency` is the system under test."""

    def __init__(
        self, rulebook: Rulebook, clock: LegalClock, *, agency: str, by_mailbox: bool
    ) -> None:
        self.rulebook = rulebook
        self.clock = clock
        self.agency = agency
        self._roads = Roads(lambda one: by_mailbox and one == agency, _nobody, 30.0, _everybody)
        self._live: dict[UUID, Live] = {}
        self._earlier: dict[tuple[str, str], Earlier] = {}
        self._in_transit: dict[tuple[str, str], UUID] = {}
        self._bodies: dict[UUID, tuple[str, Mapping[str, Any]]] = {}
        self.owed: deque[Letter] = deque()
        self.heard: list[Heard] = []

    def __repr__(self) -> str:
        return f"<Player for {self.agency}: {len(self._live)} transfers>"

    def transfer(self, id_: UUID) -> Transfer:
        return self._live[id_].transfer

    def hop(self, transfer: UUID, step: str) -> Hop:
        """Return the present round of a step."""
        hops = self._live[transfer].transfer.hops.values()
        return next(one for one in hops if one.step == step and one.superseded_by is None)

    def judge(
        self, agency: str, body: bytes, media: str, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Judge a message as the gateway would; what it causes is owed or done."""
        now = self.clock.now()
        incoming = Incoming(new_id(), Road.HTTP, agency, media, body, headers or {}, None, now)
        judged = read_message(
            incoming,
            lambda code: self.rulebook.directory.resolve(code, now),
            self.rulebook.catalogue,
        )
        answer = self._decide(judged)
        assert isinstance(answer, Answer)
        if judged.key is not None:
            earlier = Earlier(judged.digest, incoming.id, answer.verdict, answer.receipt.decode())
            self._earlier.setdefault((agency, judged.key), earlier)
        if agency == self.agency:
            self.heard.append(_heard(judged, answer))
        return answer

    def say(self, agency: str, kind: Kind, subject: str, data: Mapping[str, Any]) -> Answer:
        """Let another agency say something."""
        event = {
            "specversion": "1.0",
            "id": str(new_id()),
            "source": agency_urn(agency),
            "type": kind.type,
            "subject": subject,
            "time": self.clock.now().isoformat(),
            "datacontenttype": "application/json",
            "data": data,
        }
        return self.judge(agency, orjson.dumps(event), STRUCTURED_MEDIA_TYPE)

    def delivered(self, letter: Letter, evidence: str) -> None:
        """Note that the system under test has a delivery."""
        self._decide(
            Outcome(letter.owed, Settlement.DELIVERED, evidence, None, 0, self.clock.now())
        )

    def notice(self, kind: Kind, subject: str, data: Mapping[str, Any]) -> Letter:
        """Make a delivery that nothing caused: for what a case wants to be told of."""
        owed = Owed(
            id=new_id(),
            agency=self.agency,
            kind=kind,
            transfer_id=None,
            step=None,
            round=None,
            subject=subject,
            data=orjson.dumps(data, option=orjson.OPT_UTC_Z).decode(),
            splice=(),
            correlation=None,
            traceparent=None,
            created_at=self.clock.now(),
            lease_no=1,
        )
        return Letter(owed, parcel_of(owed, self._bodies, SOURCE))

    def _decide(self, item: Judged | Outcome) -> Any:
        settled = {item.owed.id} if isinstance(item, Outcome) else set()
        loaded = Loaded(self._earlier, self._in_transit, self._live, settled)
        context = self.rulebook.at(self.clock.now())
        desk = Desk(loaded, context, self.rulebook.versions(), self._roads)
        [answer] = desk.decide([item])
        for id_, _, media, body in desk.rows.payloads:
            if isinstance(item, Judged) and item.problem is None:
                self._bodies[id_] = said_in(media, body)
        for row in desk.rows.withdrawals:
            self._withdraw(row)
        for row in desk.rows.deliveries:
            if row["agency"] == self.agency:
                owed = _owed(row)
                self.owed.append(Letter(owed, parcel_of(owed, self._bodies, SOURCE)))
        return answer

    def _withdraw(self, row: Row) -> None:
        """Take back an offer that has not gone out."""
        key = (row["transfer_id"], row["step"], row["round"], Kind.HANDOVER_OFFERED)
        for letter in list(self.owed):
            one = letter.owed
            if (one.transfer_id, one.step, one.round, one.kind) == key:
                self.owed.remove(letter)


def _nobody(_agency: str) -> bool:
    return False


def _everybody(_agency: str) -> bool:
    return True


def _owed(row: Row) -> Owed:
    return Owed(
        row["id"],
        row["agency"],
        row["kind"],
        row["transfer_id"],
        row["step"],
        row["round"],
        row["subject"],
        row["data"],
        tuple(row["splice"]),
        row["correlation"],
        row["traceparent"],
        row["created_at"],
        lease_no=1,
    )


def _heard(judged: Judged, answer: Answer) -> Heard:
    incoming = judged.incoming
    data: Any = judged.data
    return Heard(
        incoming.agency,
        judged.key or incoming.message_id,
        judged.kind,
        judged.subject,
        data,
        sha256(incoming.body).digest(),
        answer,
        incoming.media,
        judged.claimed_at.isoformat() if judged.claimed_at else None,
    )
