"""A desk with one batch on it: hand-made messages, hand-made state, no database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import orjson

from gateway.commit.desk import Desk, Earlier, Loaded
from gateway.commit.items import Answer, Incoming, Item, Judged, Outcome, Owed, Road, Settlement
from gateway.commit.live import Live
from gateway.commit.outbox import Roads
from gateway.ids import new_id
from gateway.intake.reading import read_message
from gateway.rulebook import Rulebook, load_rulebook
from schemas.kinds import Kind
from tests.stage.clock import MONDAY
from tests.stage.dossiers import COMMUNE, event

STRUCTURED = "application/cloudevents+json"


@cache
def rulebook() -> Rulebook:
    """The packaged tables, read once per test process."""
    return load_rulebook("thai-binh-hung-yen", "vn")


def incoming(
    body: bytes,
    *,
    agency: str = COMMUNE,
    road: Road = Road.HTTP,
    media: str = STRUCTURED,
    headers: Mapping[str, str] | None = None,
    message_id: str | None = None,
) -> Incoming:
    return Incoming(
        id=new_id(),
        road=road,
        agency=agency,
        media=media,
        body=body,
        headers=headers or {},
        message_id=message_id,
        recorded_at=MONDAY,
    )


def read(document: Mapping[str, Any], *, agency: str = COMMUNE, road: Road = Road.HTTP) -> Judged:
    """Judge one event as intake does."""
    return read_message(
        incoming(orjson.dumps(document), agency=agency, road=road),
        lambda code: rulebook().directory.resolve(code, MONDAY),
    )


def submitted(number: int = 1, *, road: Road = Road.HTTP, **changes: Any) -> Judged:
    """A valid transfer.submitted of the commune."""
    return read(event(number, **changes), road=road)


def said(kind: Kind, transfer: UUID, agency: str, *, id_: str | None = None, **data: Any) -> Judged:
    """A later message about a transfer."""
    judged = read(
        {
            "specversion": "1.0",
            "id": id_ or str(new_id()),
            "source": f"urn:lienthong:agency:{agency}",
            "type": kind.type,
            "data": {"transfer": str(transfer), **data},
        },
        agency=agency,
    )
    assert judged.problem is None, judged.problem
    return judged


def nobody(agency: str) -> bool:
    return False


def everybody(agency: str) -> bool:
    return True


@dataclass
class Batch:
    """One batch: what was loaded, what was decided, what is to be written."""

    loaded: Loaded = field(default_factory=Loaded)
    now: datetime = MONDAY
    is_mailbox: Callable[[str], bool] = nobody
    may_take: Callable[[str], bool] = nobody
    is_connected: Callable[[str], bool] = everybody

    def decide(self, *items: Item) -> list[Any]:
        self.desk = Desk(
            self.loaded,
            rulebook().at(self.now),
            rulebook().versions(),
            Roads(self.is_mailbox, self.may_take, 30.0, self.is_connected),
        )
        return self.desk.decide(items)

    def claimed(self, *messages: Judged) -> "Batch":
        """What the database says when keys were claimed before, or twice in this batch."""
        for message in messages:
            assert message.key is not None
            key = (message.incoming.agency, message.key)
            self.loaded.earlier.setdefault(
                key, Earlier(message.digest, message.incoming.id, None, None)
            )
        return self

    def sent(self, kind: Kind) -> list[dict[str, Any]]:
        return [row for row in self.desk.rows.deliveries if row["kind"] is kind]

    def acts(self) -> list[str]:
        return [row["act"] for row in self.desk.rows.ledger]

    def verdicts(self) -> list[str]:
        return [row["verdict"] for row in self.desk.rows.inbox]


def receipt(answer: Answer) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(answer.receipt)
    return found


@cache
def _opened() -> Live:
    batch = Batch()
    batch.decide(submitted())
    [live] = batch.loaded.live.values()
    return live


def opened() -> Live:
    """A birth that was submitted and committed a moment ago, as another batch would load it."""
    live = _opened()
    return Live(live.transfer, seq=live.seq, head=live.head, itinerary_no=1)


def holding(*lives: Live) -> Batch:
    return Batch(Loaded(live={live.transfer.id: live for live in lives}))


def offered(live: Live, step: str, *, lease_no: int = 1) -> Owed:
    """The delivery of a step's handover, under lease."""
    hop = live.transfer.current(step)
    assert hop is not None
    assert hop.agency is not None
    return Owed(
        new_id(),
        hop.agency,
        Kind.HANDOVER_OFFERED,
        live.transfer.id,
        step,
        hop.round,
        live.transfer.code,
        "{}",
        (),
        None,
        None,
        MONDAY,
        lease_no,
    )


def came_to(owed: Owed, settlement: Settlement, code: str = "202", **more: Any) -> Outcome:
    return replace(Outcome(owed, settlement, code, None, 5, MONDAY), **more)
