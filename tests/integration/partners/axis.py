"""A gateway, a commune's client, and an agency that is reached over the text axis alone."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from connectors.edxml.document_ids import LetterName, Mark, read_document_id
from connectors.edxml.model import StatusCode
from connectors.simulators import (
    Behaviour,
    EdxmlAgency,
    Quirks,
    Script,
    Seal,
    exactly,
    running,
)
from connectors.simulators.edxml_road import GATEWAY
from gateway.identity.endpoints import NewEndpoint, register_endpoint
from tests.stage.clock import PassingClock
from tests.stage.dossiers import COMMUNE, POPULATION, event
from tests.stage.facts import eventually
from tests.stage.inside import Inside, connect_agencies, gateway_inside
from tests.stage.wire import Caller
from tests.unit.connectors.edxml.keys import Signer, signer

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
AT_ONCE = Behaviour(received_after=exactly(timedelta()), decided_after=exactly(timedelta()))
SILENT_AFTER_RECEIPT = Script(received_after=timedelta(), decided_after=timedelta(days=30))
SHA1 = {"until": "2119-12-31", "reason": "phần mềm cũ của đối tác thử"}


@dataclass(slots=True)
class Axis:
    """A gateway, the commune's client, and an agency behind the axis."""

    inside: Inside
    commune: Caller
    agency: EdxmlAgency

    async def hand_in(self, number: int = 1, data: dict[str, Any] | None = None) -> str:
        """Submit a birth and do the commune's own part of it; return the transfer."""
        answer = await self.commune.say(event(number, data))
        assert answer.status_code == 202, answer.text
        transfer = str(answer.json()["transfer"])
        await self.say("hop.completed", number, hop(transfer, "civil-status", outcome="issued"))
        return transfer

    async def say(self, kind: str, number: int, data: Mapping[str, Any]) -> None:
        said = event(number, dict(data), id=str(uuid4()), type=f"vn.lienthong.{kind}.v1")
        answer = await self.commune.say(said)
        assert answer.status_code == 202, answer.text

    def state(self, step: str = "population-id") -> str:
        found = self.inside.rows("SELECT state FROM hops WHERE step = %s", step)
        return str(found[0][0]) if found else "not there"

    async def reached(self, state: str, step: str = "population-id") -> None:
        await eventually(lambda: self.state(step) == state, within=20, told=lambda: self.said())

    def said(self) -> object:
        return (self.state(), self.agency.record.sent, self.agency.rejected)

    def letter(self, mark: Mark | None = None) -> tuple[LetterName, str]:
        """Return the first letter of its kind that came, and its DocumentId."""
        for document_id in self.agency.letters:
            name = read_document_id(document_id)
            if name is not None and name.mark is mark and name.step == "population-id":
                return name, document_id
        raise AssertionError(f"no such letter among {list(self.agency.letters)}")


def hop(transfer: str, step: str, **data: Any) -> dict[str, Any]:
    return {"transfer": transfer, "step": step, "round": 1, **data}


def keys(name: str) -> Signer:
    return signer(f"{name} (lâu dài)", begins=LONG_AGO, days=36_500)


@asynccontextmanager
async def axis_with(
    database_url: str,
    behaviour: Behaviour = AT_ONCE,
    *,
    quirks: Quirks | None = None,
    sha1: bool = False,
    settings: Mapping[str, Any] | None = None,
    code: str = POPULATION,
    **options: Any,
) -> AsyncIterator[Axis]:
    us, them = keys("cổng"), keys("đối tác")
    clock = PassingClock.set_now()
    others = {one: "mailbox" for one in (COMMUNE, POPULATION) if one != code}
    connect_agencies(database_url, others)
    async with AsyncExitStack() as stack:
        inside = await stack.enter_async_context(
            gateway_inside(database_url, clock=clock, **(settings or {}))
        )
        agency = EdxmlAgency(
            code,
            "http://gateway",
            seal=Seal(key=them.key, certificate=them.certificate, sha1=sha1),
            gateway_certificate=us.certificate,
            quirks=quirks,
            transport=inside.http._transport,
            behaviour=behaviour,
            wake=clock,
        )
        signatures = {"certificates": [them.pem], "sign": "rsa-sha256"}
        chosen = {
            "signatures": {**signatures, **({"sha1": SHA1} if sha1 else {})},
            "completed_as": "approved",
            "ask": "trang-thai",
            "addressed_as": [GATEWAY],
            "error_codes": {"20": "transient"},
            **options,
        }
        await register_endpoint(
            inside.gateway.services.pool,
            NewEndpoint(code, "edxml", agency.address, us.secret, options=chosen),
        )
        await inside.gateway.refresh_endpoints()
        await stack.enter_async_context(running(agency))
        yield Axis(inside, await inside.caller(), agency)


async def report(axis: Axis, status: StatusCode, about: LetterName | None = None) -> httpx.Response:
    return await axis.agency.road.report(
        about or axis.letter()[0], status, axis.agency.desk.wake.now()
    )
