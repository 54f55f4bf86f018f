"""The ways of handing over, each with its connector, its agency and its road back."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import httpx
import orjson

from connectors.amqp_queue import AmqpQueue
from connectors.edxml.caller import EdxmlCaller
from connectors.edxml.speaker import EdxmlSpeaker
from connectors.mailbox import Mailbox
from connectors.protocol import Connector, Delivered, Endpoint, Outcome, Parcel, Parked, Refused
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


class Way:
    """One way, with a small dispatcher: retries the same parcel until it is delivered."""

    def __init__(
        self,
        connector: Connector,
        endpoint: Endpoint,
        agency: SimulatedAgency,
        stand_in: StandIn,
        clock: SteppedClock,
    ) -> None:
        self.connector = connector
        self.endpoint = endpoint
        self.agency = agency
        self.stand_in = stand_in
        self.clock = clock
        self.attempts: list[Outcome] = []

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
        ids = [str(parcel.delivery) for parcel in parcels]
        await eventually(lambda: all(self.agency.record.received[id_] for id_ in ids))

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
            "places": {"applicant": "12448"},
        },
        "results": [
            {"step": done, "agency": ISSUER, "outcome": "approved", "results": []}
            for done in results
        ],
    }
    return parcel(Kind.HANDOVER_OFFERED, code, data, f"{code}/{step}/{round_}")


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
