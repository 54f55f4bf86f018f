"""The eve of a reform: open dossiers at every agency that closes, submitted and worked on for real.

Every dossier goes in by the gateway's own door and through its committer: judged, folded, entered,
handed over. How far each has come follows from its number, so that all states are there: on its
way, received, paused for a supplement, at the second agency, refused and not acknowledged.
"""

import asyncio
import itertools
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson

from gateway.commit.items import Answer, Incoming, Road
from gateway.ids import new_id
from gateway.intake.reading import read_message
from gateway.rulebook import Rulebook
from gateway.wiring import Gateway
from routing.data.tables import VIETNAM
from routing.itinerary import Itinerary, RouteRequest, plan

EVE: Final = datetime(2025, 6, 30, 16, 0, tzinfo=VIETNAM)
AT_ONCE: Final = 600
PROCEDURES: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    ("2.000987", "applicant", {}),
    ("1.001776", "applicant", {}),
    ("1.012783", "land_parcel", {}),
    ("2.002622", "deceased", {"benefit": "merit"}),
    ("9.000010", "applicant", {}),
    ("9.000013", "land_parcel", {}),
)
"""Civil status, social care, land, death, a facility, a mortgage: communes, districts, vertical."""


class HeldClock:
    """Legal time that stands until it is set."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        assert now >= self._now
        self._now = now


@dataclass(frozen=True, slots=True)
class Office:
    """A receiving office that will close, and a procedure that can be started there."""

    agency: str
    unit: str
    procedure: str
    place: str
    facts: dict[str, Any]


@dataclass(slots=True)
class Turn:
    """A turn that somebody has: what is needed to speak of it."""

    transfer: UUID
    code: str
    step: str
    round: int
    agency: str


@dataclass(slots=True)
class Speaker:
    """Says messages to a gateway as agencies do, and counts what became of them."""

    gateway: Gateway
    clock: HeldClock
    accepted: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def say(self, agency: str, kind: str, code: str, data: dict[str, Any]) -> dict[str, Any]:
        """Say one message and return the receipt; counts problems by their name."""
        now = self.clock.now()
        event = {
            "specversion": "1.0",
            "id": f"{agency}:{next(self._numbers)}",
            "source": f"urn:lienthong:agency:{agency}",
            "type": f"vn.lienthong.{kind}.v1",
            "subject": code,
            "time": now.astimezone(VIETNAM).isoformat(),
            "data": data,
        }
        incoming = Incoming(
            new_id(),
            Road.HTTP,
            agency,
            "application/cloudevents+json",
            orjson.dumps(event),
            {},
            None,
            now,
        )
        resolve = self.gateway.services.rulebook.directory.resolve
        judged = read_message(incoming, lambda named: resolve(named, now))
        answer: Answer = await self.gateway.committer.enqueue(judged, bounded=False)
        if answer.problem is None:
            self.accepted += 1
        else:
            slug = answer.problem.slug
            self.refused[slug] = self.refused.get(slug, 0) + 1
        receipt: dict[str, Any] = orjson.loads(answer.receipt)
        return receipt

    async def of_turn(self, turn: Turn, kind: str, by: str | None = None, **data: Any) -> bool:
        """Say something of a turn; whether it was taken."""
        about = {"transfer": str(turn.transfer), "step": turn.step, "round": turn.round}
        receipt = await self.say(by or turn.agency, kind, turn.code, about | data)
        return bool(receipt["verdict"] == "accepted")


def offices_of(rulebook: Rulebook, closing: Iterable[str], at: datetime) -> list[Office]:
    """Return every office that closes with every procedure that can be started there on the eve.

    Shuffled by a fixed seed, so that a small run is spread over the country as a large one is.
    """
    found: list[Office] = []
    for code in closing:
        row = rulebook.directory.agency(code, at)
        if row is None or "one-stop.commune" not in row.roles or not row.jurisdiction:
            continue
        for procedure, place, facts in PROCEDURES:
            office = Office(code, row.jurisdiction[0], procedure, place, facts)
            if _starts(office, rulebook, at):
                found.append(office)
    random.Random(2025).shuffle(found)
    return found


def _starts(office: Office, rulebook: Rulebook, at: datetime) -> bool:
    request = RouteRequest(
        office.procedure, office.agency, {office.place: office.unit}, office.facts, at, at
    )
    route = plan(request, rulebook.catalogue, rulebook.directory, rulebook.units)
    return isinstance(route, Itinerary) and not any(
        step.failure for step in route.steps if step.expected
    )


async def populate(
    speaker: Speaker,
    offices: list[Office],
    transfers: int,
    on_done: Callable[[int], None] = lambda _: None,
) -> list[Turn]:
    """Bring so many dossiers onto their way; return the turns that agencies have by then."""
    turns: list[Turn] = []
    numbers = iter(range(transfers))

    async def worker() -> None:
        for number in numbers:
            turns.extend(await _one(speaker, offices[number % len(offices)], number))
            on_done(1)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(AT_ONCE, transfers)):
            group.create_task(worker())
    return turns


async def submit(speaker: Speaker, office: Office, number: int, day: str) -> dict[str, Any]:
    """Submit a dossier of an office; its code has the office, the day and the number."""
    received_at = speaker.clock.now() - timedelta(minutes=20)
    return await speaker.say(
        office.agency,
        "transfer.submitted",
        f"{office.agency}-{day}-{number % 10**8:08d}",
        {
            "procedure": office.procedure,
            "received_at": received_at.astimezone(VIETNAM).isoformat(),
            "channel": "online",
            "applicant": {"kind": "citizen", "name": "Nguyễn Văn Mẫu"},
            "places": {office.place: office.unit},
            "facts": office.facts,
        },
    )


async def _one(speaker: Speaker, office: Office, number: int) -> list[Turn]:
    receipt = await submit(speaker, office, number, "250630")
    assert receipt["verdict"] == "accepted", receipt
    stage = number % 7
    if stage == 0:
        return _turns(receipt)
    for turn in _turns(receipt)[:1]:
        await speaker.of_turn(turn, "hop.received")
        if stage == 2:
            basis = {"reason": "supplement", "legal_basis": "NĐ 61/2018/NĐ-CP Điều 19"}
            await speaker.of_turn(turn, "hop.paused", **basis)
        elif stage == 3:
            told = {"reason": "incomplete", "explanation": "thiếu giấy tờ"}
            await speaker.of_turn(turn, "hop.refused", **told)
            return []
        elif stage >= 4:
            receipt = await _completed(speaker, turn)
            if stage == 6:
                for second in _turns(receipt)[:1]:
                    await speaker.of_turn(second, "hop.received")
    return _turns(receipt)


async def _completed(speaker: Speaker, turn: Turn) -> dict[str, Any]:
    data = {"transfer": str(turn.transfer), "step": turn.step, "round": turn.round}
    return await speaker.say(
        turn.agency, "hop.completed", turn.code, {**data, "outcome": "approved"}
    )


def _turns(receipt: dict[str, Any]) -> list[Turn]:
    """Return the turns under way that a receipt tells of."""
    if receipt.get("verdict") != "accepted":
        return []
    transfer, code = UUID(receipt["transfer"]), receipt["dossier"]["code"]
    return [
        Turn(transfer, code, line["step"], line["round"], line["agency"])
        for line in receipt["itinerary"]
        if line["state"] in ("dispatching", "delivered", "received")
    ]
