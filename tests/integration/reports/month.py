"""A month of dossiers at ten communes, said as messages on a stepped clock.

Every dossier belongs to a group with a fate: when it came in, when it ended and how. The groups are
sized so that what a report has to say is known beforehand, and every instant that decides a figure
is met: the deadline itself, the minute after it, the evening before it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from gateway.clock import SteppedClock
from gateway.commit.items import Act, Answer, Incoming, Item, Road
from gateway.duties.bookkeeper import Bookkeeper
from gateway.ids import new_id
from gateway.intake.reading import read_message
from gateway.sandbox.conductor import Conductor
from routing.lifecycle.model import Act as ActName
from routing.lifecycle.model import Operated
from tests.stage.inside import Inside, gateway_inside, rulebook

VN: Final = ZoneInfo("Asia/Ho_Chi_Minh")
ALLOWANCE: Final = "1.001776"
"""One step of ten working days at the commune itself, which is also the total."""
COPIES: Final = "2.000908"
COMMUNES: Final = tuple(
    (f"H31.{101 + no}", unit)
    for no, unit in enumerate(
        ("11953", "11977", "11980", "11983", "11992", "11995", "12004", "12019", "12025", "12031")
    )
)
CHANNELS: Final = ("online", "online", "in_person", "postal")
_CHUNK: Final = 1000


@dataclass(frozen=True, slots=True)
class Group:
    """Dossiers with one fate: `ends` names what is said last, None if nothing is."""

    count: int
    comes: str
    ends: str | None = None
    at: str | None = None
    procedure: str = ALLOWANCE


@dataclass(frozen=True, slots=True)
class Figures:
    """What a month comes to."""

    early: int
    on_time: int
    late: int
    open: int
    overdue: int
    returned: int

    @property
    def settled(self) -> int:
        return self.early + self.on_time + self.late

    @property
    def received(self) -> int:
        return self.settled + self.open + self.returned


WHOLE: Final = Figures(early=2125, on_time=13563, late=190, open=1591, overdue=91, returned=134)
FEW: Final = Figures(early=2, on_time=8, late=2, open=4, overdue=1, returned=4)
TENTH: Final = Figures(early=212, on_time=1357, late=19, open=159, overdue=9, returned=13)


def groups(figures: Figures) -> list[Group]:
    """Spread a month's figures over its days; ten working days from Monday 2 are Monday 16."""
    days = [("2026-03-02", "2026-03-16", "2026-03-13"), ("2026-03-04", "2026-03-18", "2026-03-17")]
    spread: list[Group] = []
    for (comes, due, before), early, on_time, late in zip(
        days, *(_halves(n) for n in (figures.early, figures.on_time, figures.late)), strict=True
    ):
        morning = f"{comes} 08:00"
        at_the_end, in_time = _halves(on_time)
        spread += [
            Group(early, morning, "completed", f"{before} 17:00"),
            Group(in_time, morning, "completed", f"{due} 07:45"),
            Group(at_the_end, morning, "completed", f"{due} 08:00"),
            Group(late, morning, "completed", f"{due} 08:01"),
        ]
    refused, others = _halves(figures.returned)
    withdrawn, stopped = _halves(others)
    return [
        *spread,
        Group(figures.overdue, "2026-03-02 08:00"),
        Group(figures.open - figures.overdue, "2026-03-25 08:00"),
        Group(refused, "2026-03-10 08:00", "refused", "2026-03-10 09:00"),
        Group(withdrawn, "2026-03-10 08:00", "withdrawn", "2026-03-11 09:00", COPIES),
        Group(stopped, "2026-03-10 08:00", "stopped", "2026-03-12 09:00"),
    ]


def _halves(number: int) -> tuple[int, int]:
    return number - number // 2, number // 2


def vn(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VN).astimezone(UTC)


ENDS_AT: Final = vn("2026-03-31 23:59")


@dataclass(slots=True)
class Month:
    """The dossiers that were handed in, and what is still being said."""

    inside: Inside
    clock: SteppedClock
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One group speaks at a time: intake has room for two thousand messages."""
    busy: int = 0
    number: int = 0
    transfers: dict[int, list[tuple[UUID, str]]] = field(default_factory=dict)

    async def pass_by(self, spread: list[Group]) -> None:
        """Let the month pass, until nothing is due before its end."""
        async with asyncio.TaskGroup() as tasks:
            fates = [tasks.create_task(self._fate(no, one)) for no, one in enumerate(spread)]
            await asyncio.sleep(0)  # every fate waits for its first instant
            gateway = self.inside.gateway
            conductor = Conductor(self.clock, gateway, gateway.services.pool, lambda: self.busy)
            await conductor.conduct(lambda now: None)
            for fate in fates:
                fate.cancel()

    async def _fate(self, no: int, group: Group) -> None:
        await self.clock.until(vn(group.comes))
        await self._busy(lambda: self._hand_in(no, group))
        if group.ends is None or group.at is None:
            return
        await self.clock.until(vn(group.at))
        await self._busy(lambda: self._end(no, group))

    async def _busy(self, act: Callable[[], Awaitable[None]]) -> None:
        self.busy += 1
        try:
            await act()
        finally:
            self.busy -= 1

    async def _hand_in(self, no: int, group: Group) -> None:
        offices = [self._office() for _ in range(group.count)]
        answers = await self._say(
            (
                commune,
                "transfer.submitted",
                _submission(group, number, unit),
                f"{commune}-260302-{number:06d}",
            )
            for number, commune, unit in offices
        )
        found = [UUID(orjson.loads(answer.receipt)["transfer"]) for answer in answers]
        self.transfers[no] = [
            (transfer, commune) for transfer, (_, commune, _) in zip(found, offices, strict=True)
        ]
        first = "decision" if group.procedure == ALLOWANCE else "reception"
        await self._say(
            (commune, "hop.received", _of_hop(transfer, first), None)
            for transfer, commune in self.transfers[no]
        )

    def _office(self) -> tuple[int, str, str]:
        self.number += 1
        return (self.number, *COMMUNES[self.number % len(COMMUNES)])

    async def _end(self, no: int, group: Group) -> None:
        dossiers = self.transfers[no]
        match group.ends:
            case "completed":
                await self._say(
                    (commune, "hop.completed", {**_of_hop(transfer), "outcome": "approved"}, None)
                    for transfer, commune in dossiers
                )
            case "refused":
                refusal = {"reason": "rejected", "explanation": "Không đủ điều kiện."}
                for kind, more in (("hop.refused", refusal), ("refusal.acknowledged", {})):
                    await self._say(
                        (commune, kind, {**_of_hop(transfer), **more}, None)
                        for transfer, commune in dossiers
                    )
            case "withdrawn":
                await self._say(
                    (
                        commune,
                        "transfer.withdrawn",
                        {"transfer": str(transfer), "reason": "Công dân rút."},
                        None,
                    )
                    for transfer, commune in dossiers
                )
            case "stopped":
                stop = Operated(ActName.STOP, "tester", "no-supplement")
                await self._commit([Act(transfer, stop) for transfer, _ in dossiers])

    async def _say(
        self, messages: Iterator[tuple[str, str, dict[str, Any], str | None]]
    ) -> list[Answer]:
        """Send messages as they came over the wire, and hold that every one was accepted."""
        read = rulebook().directory.resolve
        now = self.clock.now()
        items = [
            read_message(_incoming(sender, kind, data, subject, now), lambda code: read(code, now))
            for sender, kind, data, subject in messages
        ]
        answers = await self._commit(items)
        assert {answer.verdict for answer in answers} <= {"accepted"}, answers[0].receipt
        return answers

    async def _commit(self, items: list[Any]) -> list[Any]:
        committer = self.inside.gateway.committer
        answers: list[Any] = []
        for begin in range(0, len(items), _CHUNK):
            chunk: list[Item] = items[begin : begin + _CHUNK]
            async with self.turn:
                answers += await asyncio.gather(*map(committer.submit, chunk))
        return answers


def _incoming(
    sender: str, kind: str, data: dict[str, Any], subject: str | None, now: datetime
) -> Incoming:
    event = {
        "specversion": "1.0",
        "id": str(new_id()),
        "source": f"urn:lienthong:agency:{sender}",
        "type": f"vn.lienthong.{kind}.v1",
        "data": data,
    }
    if subject is not None:
        event["subject"] = subject
    return Incoming(
        id=new_id(),
        road=Road.HTTP,
        agency=sender,
        media="application/cloudevents+json",
        body=orjson.dumps(event),
        headers={},
        message_id=None,
        recorded_at=now,
    )


def _submission(group: Group, number: int, unit: str) -> dict[str, Any]:
    data: dict[str, Any] = {
        "procedure": group.procedure,
        "received_at": vn(group.comes).isoformat(),
        "channel": CHANNELS[number % len(CHANNELS)],
        "applicant": {"kind": "citizen", "name": "Nguyễn Văn Thử"},
        "places": {"applicant": unit} if group.procedure == ALLOWANCE else {},
    }
    return data


def _of_hop(transfer: UUID, step: str = "decision") -> dict[str, Any]:
    return {"transfer": str(transfer), "step": step, "round": 1}


@asynccontextmanager
async def month_of(
    database_url: str, figures: Figures, *, books: bool = True
) -> AsyncIterator[Inside]:
    """Let a month pass through a gateway and book it; it runs until the block ends.

    Without `books` nothing is booked: the gateway's own bookkeeper has stopped before.
    """
    clock = SteppedClock(vn("2026-03-02 07:00"), ENDS_AT)
    async with gateway_inside(database_url, clock=clock) as inside:
        if not books:
            inside.gateway.loops["bookkeeper"].stop()
        await Month(inside, clock).pass_by(groups(figures))
        if books:
            await booked(inside)
        yield inside


async def booked(inside: Inside) -> None:
    """Book all that the ledger says; the gateway's own bookkeeper may be at it too."""
    bookkeeper = Bookkeeper(inside.gateway.services.pool)
    async with asyncio.timeout(60):
        while inside.count(_UNBOOKED):
            if not await bookkeeper.book():
                await asyncio.sleep(0.01)


_UNBOOKED: Final = """
SELECT count(*) FROM book_cursor c
JOIN ledger l ON (l.xid, l.transfer_id, l.seq) > (c.xid, c.transfer_id, c.seq)
"""
