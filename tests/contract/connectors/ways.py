"""The ways of handing over, each with its connector, its agency and its road back."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import httpx
import orjson

from connectors.amqp_queue import AmqpQueue
from connectors.dialects.caller import DialectCaller
from connectors.dialects.secrets import digest_of
from connectors.dialects.speaker import DialectSpeaker
from connectors.edxml.caller import EdxmlCaller
from connectors.edxml.speaker import EdxmlSpeaker
from connectors.mailbox import Mailbox
from connectors.protocol import (
    Asks,
    Connector,
    Delivered,
    Endpoint,
    Outcome,
    Parcel,
    Parked,
    Refused,
)
from connectors.simulators import (
    AmqpAgency,
    Behaviour,
    EdxmlAgency,
    MailboxAgency,
    Quirks,
    Seal,
    SimulatedAgency,
    WebhookAgency,
)
from connectors.simulators.json_agency import JsonAgency
from connectors.simulators.ministry_agency import KEY, ministry_agency
from connectors.simulators.national_portal import PASSWORD, UNIT, USER
from connectors.simulators.portal_agency import line_key, portal_agency
from connectors.simulators.tax_agency import slip_key, tax_agency
from connectors.simulators.tax_office import ANSWER_CODE, SECURITY_CODE
from connectors.simulators.token_partner import CLIENT, CLIENT_SECRET
from connectors.webhook import WebhookCaller
from gateway.clock import SteppedClock
from schemas.kinds import Kind
from tests.contract.connectors.stand_in import (
    SECRET,
    StandIn,
    amqp_intake,
    declare_topology,
    eventually,
)
from tests.unit.connectors.edxml.keys import signer

CODE = "H54.3"
ISSUER = "H54.15.07"
WEBHOOK_SECRET = "whsec_c3ludGhldGljLXNlY3JldC1mb3ItdGVzdHM="  # synthetic
OFFICE = Path(__file__).parents[1] / "dialects" / "office.toml"
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
FRIDAY = MONDAY + timedelta(days=4)


class SteppedWake:
    """Waits in legal time that a test steps."""

    def __init__(self, clock: SteppedClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    def mark(self, instant: datetime) -> datetime:
        return instant

    async def until(self, instant: datetime) -> None:
        await self._clock.until(instant)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """In what ways of handing over differ, and may."""

    offer: Callable[..., Parcel]
    """Writes what an agency is handed there."""
    key: Callable[[Parcel], str] = lambda parcel: str(parcel.delivery)
    """What the agency tells a parcel from others by, in its record."""
    answers: bool = True
    """Whether it ever says anything."""
    knows_hops: bool = False
    """Whether it tells a turn from others by the turn itself, under whatever delivery it comes."""
    tells_duplicates: bool = True
    """Whether its dialect has a word of its own for what was said before."""
    asks_first: bool = False
    """Whether what may have arrived is asked after instead of sent again, as dispatching does."""


class Way:
    """One way, with a small dispatcher: retries the same parcel until it is delivered."""

    def __init__(
        self,
        connector: Connector,
        endpoint: Endpoint,
        agency: SimulatedAgency,
        stand_in: StandIn,
        clock: SteppedClock,
        manners: Manners | None = None,
    ) -> None:
        self.manners = manners or Manners(offer=handover)
        self.connector = connector
        self.endpoint = endpoint
        self.agency = agency
        self.stand_in = stand_in
        self.clock = clock
        self.attempts: list[Outcome] = []
        self._tried: set[UUID] = set()

    @property
    def refused(self) -> list[Outcome]:
        return [outcome for outcome in self.attempts if isinstance(outcome, Refused)]

    async def hand_over(self, *parcels: Parcel) -> None:
        """Return once every parcel is delivered, or lies in the mailbox."""
        async with asyncio.timeout(20):
            await self._hand_over(parcels)

    async def _hand_over(self, parcels: Sequence[Parcel]) -> None:
        for parcel in parcels:
            while True:
                if self.manners.asks_first and parcel.delivery in self._tried:
                    assert isinstance(self.connector, Asks)
                    if isinstance(await self.connector.ask(self.endpoint, parcel), Delivered):
                        break
                self._tried.add(parcel.delivery)
                (outcome,) = await self.connector.send(self.endpoint, [parcel])
                self.attempts.append(outcome)
                if isinstance(outcome, Parked):
                    waiting = self.stand_in.mailbox.setdefault(self.endpoint.agency, {})
                    waiting[str(parcel.delivery)] = parcel
                if isinstance(outcome, Delivered | Parked):
                    break
                await asyncio.sleep(0.02)

    async def hand_over_and_be_seen(self, *parcels: Parcel) -> None:
        """Return once the agency has each of them."""
        await self.hand_over(*parcels)
        ids = [self.manners.key(parcel) for parcel in parcels]
        await eventually(lambda: all(self.agency.record.received[id_] for id_ in ids))

    def offer(self, dossier: int = 1, **turn: Any) -> Parcel:
        """Write what is handed over by this way; the same arguments give the same bytes."""
        return self.manners.offer(dossier, **turn)

    def received(self, parcel: Parcel) -> int:
        """How often a parcel arrived."""
        return self.agency.record.received[self.manners.key(parcel)]

    def acted(self, parcel: Parcel) -> int:
        """How often it took effect."""
        return self.agency.record.acted[self.manners.key(parcel)]

    def is_over(self) -> bool:
        """Whether the agency is still and waits for nothing any more."""
        return self.agency.in_flight == 0 and self.clock.next_parked() is None

    async def let_time_pass(self, until: Callable[[], object]) -> None:
        """Step legal time, whenever the agency is still, until something has come about."""

        def stepped() -> object:
            if until():
                return True
            if self.agency.in_flight == 0:
                self.clock.step()
            return False

        await eventually(stepped)


def handover(
    dossier: int = 1, *, step: str = "civil-status", round_: int = 1, results: Sequence[str] = ()
) -> Parcel:
    """Write a hand-over as the gateway does; the same arguments give the same bytes."""
    code = f"{ISSUER}-260302-{dossier:04}"
    transfer = str(uuid5(NAMESPACE_OID, code))
    data = {
        "transfer": transfer,
        "step": step,
        "round": round_,
        "task": {"vi": "Đăng ký khai sinh", "en": "Register the birth"},
        "dossier": {"issuer": ISSUER, "code": code},
        "procedure": {"code": "2.000987", "version": "2026", "title": "Liên thông khai sinh"},
        "sender": ISSUER,
        "receive_by": "2026-03-02T03:00:00Z",
        "complete_by": "2026-03-03T01:00:00Z",
        "budget": "1 wd",
        "submission": {
            "procedure": "2.000987",
            "received_at": "2026-03-02T00:45:00Z",
            "channel": "in_person",
            "applicant": {"kind": "citizen", "name": "Nguyễn Thị Thử"},
            "places": {"applicant": "12448", "land_parcel": "12448"},
        },
        "results": [
            {"step": done, "agency": ISSUER, "outcome": "approved", "results": []}
            for done in results
        ],
    }
    return parcel(Kind.HANDOVER_OFFERED, code, data, f"{code}/{step}/{round_}")


def changed(dossier: int = 1, *, step: str = "civil-status") -> Parcel:
    """Write where a dossier stands, for who follows it."""
    offered = handover(dossier, step=step).envelope["data"]
    data = {
        **{name: offered[name] for name in ("transfer", "dossier", "procedure", "submission")},
        "state": "processing",
        "at": "2026-03-02T01:00:00Z",
        "progress": {"step": step, "task": {"vi": step, "en": step}, "agency": CODE},
    }
    code = offered["dossier"]["code"]
    return parcel(Kind.DOSSIER_CHANGED, code, data, f"{code}/{step}")


def parcel(kind: Kind, code: str, data: dict[str, Any], identity: str) -> Parcel:
    delivery = uuid5(NAMESPACE_OID, f"{kind}/{identity}")
    event = {
        "specversion": "1.0",
        "id": str(uuid5(delivery, "event")),
        "source": "urn:lienthong:gateway",
        "type": kind.type,
        "subject": code,
        "time": "2026-03-02T01:00:00Z",
        "datacontenttype": "application/json",
        "data": data,
    }
    return Parcel(UUID(str(delivery)), kind.value, event, orjson.dumps(event))


@asynccontextmanager
async def amqp_way(
    stand_in: StandIn, behaviour: Behaviour, clock: SteppedClock, url: str
) -> AsyncIterator[Way]:
    await declare_topology(url, [CODE])
    connector = AmqpQueue(url)
    agency = AmqpAgency(CODE, url, behaviour=behaviour, wake=SteppedWake(clock), resend_after=0.3)
    async with amqp_intake(stand_in, url, connector):
        yield Way(connector, Endpoint(CODE, "amqp"), agency, stand_in, clock)
        await connector.aclose()


@asynccontextmanager
async def webhook_way(
    stand_in: StandIn, behaviour: Behaviour, clock: SteppedClock
) -> AsyncIterator[Way]:
    agency = WebhookAgency(
        CODE,
        "http://gateway.test",
        client_id=CODE,
        client_secret=SECRET,
        secret=WEBHOOK_SECRET,
        transport=httpx.ASGITransport(stand_in.app),
        behaviour=behaviour,
        wake=SteppedWake(clock),
    )
    connector = WebhookCaller()
    endpoint = Endpoint(CODE, "webhook", agency.address, WEBHOOK_SECRET, timeout=0.5)
    yield Way(connector, endpoint, agency, stand_in, clock)
    await connector.aclose()


@asynccontextmanager
async def edxml_way(
    stand_in: StandIn, behaviour: Behaviour, clock: SteppedClock, quirks: Quirks | None = None
) -> AsyncIterator[Way]:
    us, them = signer("cổng"), signer("đối tác")
    agency = EdxmlAgency(
        CODE,
        "http://gateway.test",
        seal=Seal(key=them.key, certificate=them.certificate),
        gateway_certificate=us.certificate,
        quirks=quirks,
        transport=httpx.ASGITransport(stand_in.app),
        behaviour=behaviour,
        wake=SteppedWake(clock),
    )
    options = {
        "signatures": {"certificates": [them.pem], "sign": "rsa-sha256"},
        "completed_as": "approved",
        "ask": "trang-thai",
        "error_codes": {"20": "transient"},
    }
    endpoint = Endpoint(CODE, "edxml", agency.address, us.secret, timeout=2, options=options)
    connector = EdxmlCaller(now=clock.now)
    stand_in.door = (EdxmlSpeaker(now=clock.now), endpoint)
    yield Way(connector, endpoint, agency, stand_in, clock)
    await connector.aclose()


@asynccontextmanager
async def rest_way(
    stand_in: StandIn, behaviour: Behaviour, clock: SteppedClock
) -> AsyncIterator[Way]:
    secrets = {"client_id": CLIENT, "client_secret": CLIENT_SECRET, "heard": digest_of(KEY)}
    opening = _dialect_way(
        stand_in,
        ministry_agency(CODE, "http://gateway.test", **_desk(stand_in, behaviour, clock)),
        clock,
        ("rest", None),
        secrets,
        {"mapping": str(OFFICE)},
        Manners(offer=handover),
    )
    async with opening as way:
        yield way


@asynccontextmanager
async def land_tax_way(
    stand_in: StandIn, behaviour: Behaviour, clock: SteppedClock
) -> AsyncIterator[Way]:
    def key(parcel: Parcel) -> str:
        what = "huy/" if parcel.kind == Kind.HANDOVER_CANCELLED else ""
        turn = (parcel.data["step"], parcel.data["round"])
        return what + slip_key(parcel.envelope["subject"], *turn)

    opening = _dialect_way(
        stand_in,
        tax_agency(CODE, "http://gateway.test", **_desk(stand_in, behaviour, clock)),
        clock,
        ("land-tax", "land-tax"),
        {"security_code": SECURITY_CODE, "heard": digest_of(ANSWER_CODE)},
        {},
        Manners(offer=handover, key=key, knows_hops=True, tells_duplicates=False),
    )
    async with opening as way:
        yield way


@asynccontextmanager
async def dvcqg_way(
    stand_in: StandIn, behaviour: Behaviour, clock: SteppedClock
) -> AsyncIterator[Way]:
    def key(parcel: Parcel) -> str:
        return line_key(parcel.envelope["subject"], parcel.data["progress"]["task"]["vi"])

    opening = _dialect_way(
        stand_in,
        portal_agency(CODE, "http://gateway.test", **_desk(stand_in, behaviour, clock)),
        clock,
        ("dvcqg", "dvcqg"),
        {"username": USER, "password": PASSWORD},
        {"madonvi": UNIT},
        Manners(offer=changed, key=key, answers=False, asks_first=True),
    )
    async with opening as way:
        yield way


def _desk(stand_in: StandIn, behaviour: Behaviour, clock: SteppedClock) -> dict[str, Any]:
    transport = httpx.ASGITransport(stand_in.app)
    return {"transport": transport, "behaviour": behaviour, "wake": SteppedWake(clock)}


@asynccontextmanager
async def _dialect_way(
    stand_in: StandIn,
    agency: JsonAgency,
    clock: SteppedClock,
    named: tuple[str, str | None],
    secrets: dict[str, str],
    options: dict[str, str],
    manners: Manners,
) -> AsyncIterator[Way]:
    name, mapping = named
    secret = orjson.dumps(secrets).decode()
    endpoint = Endpoint(CODE, name, agency.address, secret, timeout=2, options=options)
    connector = DialectCaller(name, mapping=mapping)
    stand_in.door = (DialectSpeaker(name, mapping=mapping), endpoint)
    yield Way(connector, endpoint, agency, stand_in, clock, manners)
    await connector.aclose()


@asynccontextmanager
async def mailbox_way(
    stand_in: StandIn, behaviour: Behaviour, clock: SteppedClock
) -> AsyncIterator[Way]:
    agency = MailboxAgency(
        CODE,
        "http://gateway.test",
        client_id=CODE,
        client_secret=SECRET,
        pause=0.01,
        transport=httpx.ASGITransport(stand_in.app),
        behaviour=behaviour,
        wake=SteppedWake(clock),
    )
    yield Way(Mailbox(), Endpoint(CODE, "mailbox"), agency, stand_in, clock)
