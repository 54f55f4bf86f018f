"""A dossier goes to an agency that speaks edXML alone, and comes back by its statuses."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import orjson

from connectors.edxml.document_ids import LetterName, Mark, read_document_id
from connectors.edxml.model import BusinessType, StatusCode
from connectors.simulators import (
    Behaviour,
    EdxmlAgency,
    Ending,
    Quirks,
    Script,
    Seal,
    exactly,
    running,
)
from gateway.identity.endpoints import NewEndpoint, register_endpoint
from tests.stage.clock import PassingClock
from tests.stage.dossiers import COMMUNE, POPULATION, code, event
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

    async def hand_in(self, number: int = 1) -> str:
        """Submit a birth and do the commune's own part of it; return the transfer."""
        answer = await self.commune.say(event(number))
        assert answer.status_code == 202, answer.text
        transfer = str(answer.json()["transfer"])
        await self.say("hop.completed", number, _hop(transfer, "civil-status", outcome="issued"))
        return transfer

    async def say(self, kind: str, number: int, data: Mapping[str, Any]) -> None:
        said = event(number, dict(data), id=str(uuid4()), type=f"vn.lienthong.{kind}.v1")
        answer = await self.commune.say(said)
        assert answer.status_code == 202, answer.text

    def state(self, step: str = "population-id") -> str:
        [(state,)] = self.inside.rows("SELECT state FROM hops WHERE step = %s", step)
        return str(state)

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


def _hop(transfer: str, step: str, **data: Any) -> dict[str, Any]:
    return {"transfer": transfer, "step": step, "round": 1, **data}


def _keys(name: str) -> Signer:
    return signer(f"{name} (lâu dài)", begins=LONG_AGO, days=36_500)


@asynccontextmanager
async def _axis(
    database_url: str,
    behaviour: Behaviour = AT_ONCE,
    *,
    quirks: Quirks | None = None,
    sha1: bool = False,
    **options: Any,
) -> AsyncIterator[Axis]:
    us, them = _keys("cổng"), _keys("đối tác")
    clock = PassingClock.set_now()
    connect_agencies(database_url, {COMMUNE: "mailbox"})
    async with AsyncExitStack() as stack:
        inside = await stack.enter_async_context(gateway_inside(database_url, clock=clock))
        agency = EdxmlAgency(
            POPULATION,
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
            "error_codes": {"20": "transient"},
            **options,
        }
        await register_endpoint(
            inside.gateway.services.pool,
            NewEndpoint(POPULATION, "edxml", agency.address, us.secret, options=chosen),
        )
        await inside.gateway.refresh_endpoints()
        await stack.enter_async_context(running(agency))
        yield Axis(inside, await inside.caller(), agency)


async def test_a_dossier_is_handed_over_as_a_letter_and_answered_by_statuses(
    database_url: str,
) -> None:
    async with _axis(database_url) as axis:
        transfer = await axis.hand_in()

        await axis.reached("completed")

        name, document_id = axis.letter()
        assert (str(name.transfer), name.step, name.round) == (transfer, "population-id", 1)
        letter = axis.agency.letters[document_id]
        assert letter.business is not None
        assert letter.business.type is BusinessType.NEW
        [file] = letter.files
        said = orjson.loads(file.content)
        assert said["data"]["submission"]["applicant"]["name"] == "Nguyễn Văn Thử"
        assert axis.agency.record.doubled() == []
        [(evidence,)] = axis.inside.rows(
            "SELECT evidence FROM deliveries WHERE agency = %s AND kind = 'handover.offered'",
            POPULATION,
        )
        assert evidence == "DONE"
        acts = axis.inside.rows(
            "SELECT act, actor FROM ledger WHERE act IN ('hop.received', 'hop.completed')"
            " AND actor LIKE %s ORDER BY seq",
            f"%{POPULATION}%",
        )
        assert [act for act, _ in acts] == ["hop.received", "hop.completed"]


async def test_an_old_node_that_fails_at_first_and_doubles_everything_gets_through(
    database_url: str,
) -> None:
    script = Script(
        received_after=timedelta(), decided_after=timedelta(), copies=2, out_of_order=True
    )
    behaviour = Behaviour(scripts={code(1): script})
    quirks = Quirks(fail_first=1, malformed_every=2)
    async with _axis(database_url, behaviour, quirks=quirks, sha1=True) as axis:
        await axis.hand_in()

        await axis.reached("completed")
        sent = axis.agency.record.sent
        await eventually(
            lambda: len(sent) == 2 and all("duplicate" in one.verdicts for one in sent.values()),
            within=20,
        )
        refused = axis.inside.rows(
            "SELECT p.body FROM inbox i JOIN payloads p USING (id)"
            " WHERE i.agency = %s AND i.verdict = 'refused'",
            POPULATION,
        )
        assert any(bytes(body).startswith(b"<?xml") for (body,) in refused)


async def test_an_agency_refuses_by_status_02_with_its_own_words(database_url: str) -> None:
    refusing = Script(ending=Ending.REFUSE, received_after=timedelta(), decided_after=timedelta())
    async with _axis(database_url, Behaviour(scripts={code(1): refusing})) as axis:
        await axis.hand_in()

        await axis.reached("refused")

        [(body,)] = axis.inside.rows(
            "SELECT p.body FROM inbox i JOIN payloads p USING (id)"
            " WHERE i.agency = %s AND i.kind = 'hop.refused'",
            POPULATION,
        )
        stored = orjson.loads(bytes(body))
        assert stored["data"]["raw_status"]["code"] == "02"
        assert "<edXML" in stored["posted"]["text"]


async def test_a_signature_that_is_not_the_partners_is_refused_and_can_be_looked_at(
    database_url: str,
) -> None:
    behaviour = Behaviour(scripts={code(1): SILENT_AFTER_RECEIPT})
    async with _axis(database_url, behaviour) as axis:
        await axis.hand_in()
        await axis.reached("received")
        stranger = _keys("kẻ khác")
        axis.agency.road.seal = Seal(key=stranger.key, certificate=stranger.certificate)

        answer = await _report(axis, StatusCode.COMPLETED)

        assert answer.status_code == 422
        assert answer.json()["status"] == "FAIL"
        assert axis.state() == "received"
        [(problem, body)] = axis.inside.rows(
            "SELECT i.problem, p.body FROM inbox i JOIN payloads p USING (id)"
            " WHERE i.agency = %s AND i.verdict = 'refused'",
            POPULATION,
        )
        assert problem == "invalid-value"
        assert b"SignatureValue" in bytes(body)


async def test_an_unsigned_envelope_is_nobodys(database_url: str) -> None:
    behaviour = Behaviour(scripts={code(1): SILENT_AFTER_RECEIPT})
    async with _axis(database_url, behaviour) as axis:
        await axis.hand_in()
        await axis.reached("received")
        before = axis.inside.count("SELECT count(*) FROM inbox")

        answer = await axis.agency.road.post(b'<edXML xmlns="http://www.mic.gov.vn/x"/>')

        assert answer.status_code == 401
        assert axis.inside.count("SELECT count(*) FROM inbox") == before


async def test_a_recall_after_receipt_is_negotiated_and_every_word_of_it_kept(
    database_url: str,
) -> None:
    behaviour = Behaviour(scripts={code(1): SILENT_AFTER_RECEIPT})
    async with _axis(database_url, behaviour) as axis:
        transfer = await axis.hand_in()
        await axis.reached("received")
        offered, document_id = axis.letter()

        await axis.say("transfer.withdrawn", 1, {"transfer": transfer, "reason": "Rút hồ sơ"})
        await eventually(
            lambda: len(axis.agency.letters) >= 2,
            within=20,
            told=lambda: axis.inside.rows(
                "SELECT kind, state, attempts, evidence FROM deliveries WHERE agency = %s",
                POPULATION,
            ),
        )
        recalled, recall_id = axis.letter(Mark.RECALL)
        business = axis.agency.letters[recall_id].business
        assert business is not None
        assert (business.type, business.document_id) == (BusinessType.RECALL, document_id)

        before = axis.inside.count("SELECT count(*) FROM ledger")
        at = axis.agency.desk.wake.now()
        report = axis.agency.road.report
        answers = [
            await report(offered, StatusCode.IN_PROGRESS, at),
            await report(recalled, StatusCode.RECALL_REFUSED, at),
            await report(recalled, StatusCode.RECALL_AGREED, at),
            await report(recalled, StatusCode.RECALL_AGREED, at),
        ]

        assert [one.json()["verdict"] for one in answers] == [*["accepted"] * 3, "duplicate"]
        assert axis.inside.count("SELECT count(*) FROM ledger") == before
        kept = axis.inside.rows(
            "SELECT event, code, step, said_by FROM partner_remarks"
            " WHERE transfer_id = %s ORDER BY id",
            transfer,
        )
        assert kept == [
            ("letter.in-progress", "05", "population-id", POPULATION),
            ("recall.declined", "16", "population-id", POPULATION),
            ("recall.agreed", "15", "population-id", POPULATION),
        ]
        bodies = axis.inside.rows(
            "SELECT p.body FROM partner_remarks r JOIN payloads p USING (id) ORDER BY r.id"
        )
        assert all("<edXML" in orjson.loads(bytes(b))["posted"]["text"] for (b,) in bodies)


async def test_nobody_remarks_on_a_transfer_that_does_not_concern_it(database_url: str) -> None:
    behaviour = Behaviour(scripts={code(1): SILENT_AFTER_RECEIPT})
    async with _axis(database_url, behaviour) as axis:
        await axis.hand_in()
        await axis.reached("received")
        foreign = replace(axis.letter()[0], transfer=uuid4())

        answer = await _report(axis, StatusCode.IN_PROGRESS, foreign)

        assert answer.json()["errorCode"] == "unknown-transfer"
        assert axis.inside.count("SELECT count(*) FROM partner_remarks") == 0
        assert axis.inside.count("SELECT count(*) FROM payloads WHERE media LIKE '%%remark%%'") == 0


async def _report(
    axis: Axis, status: StatusCode, about: LetterName | None = None
) -> httpx.Response:
    return await axis.agency.road.report(
        about or axis.letter()[0], status, axis.agency.desk.wake.now()
    )
