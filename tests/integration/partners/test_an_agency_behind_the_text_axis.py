"""A dossier goes to an agency that speaks edXML alone, and comes back by its statuses."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import orjson

from connectors.edxml.document_ids import Mark
from connectors.edxml.model import BusinessType, StatusCode
from connectors.simulators import (
    Behaviour,
    Ending,
    Quirks,
    Script,
    Seal,
)
from tests.integration.partners.axis import SILENT_AFTER_RECEIPT, axis_with, keys, report
from tests.stage.dossiers import POPULATION, code
from tests.stage.facts import eventually


async def test_a_dossier_is_handed_over_as_a_letter_and_answered_by_statuses(
    database_url: str,
) -> None:
    async with axis_with(database_url) as axis:
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
    async with axis_with(database_url, behaviour, quirks=quirks, sha1=True) as axis:
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
    async with axis_with(database_url, Behaviour(scripts={code(1): refusing})) as axis:
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
    async with axis_with(database_url, behaviour) as axis:
        await axis.hand_in()
        await axis.reached("received")
        stranger = keys("kẻ khác")
        axis.agency.road.seal = Seal(key=stranger.key, certificate=stranger.certificate)

        answer = await report(axis, StatusCode.COMPLETED)

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
    async with axis_with(database_url, behaviour) as axis:
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
    async with axis_with(database_url, behaviour) as axis:
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
        say = axis.agency.road.report
        answers = [
            await say(offered, StatusCode.IN_PROGRESS, at),
            await say(recalled, StatusCode.RECALL_REFUSED, at),
            await say(recalled, StatusCode.RECALL_AGREED, at),
            await say(recalled, StatusCode.RECALL_AGREED, at),
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
    async with axis_with(database_url, behaviour) as axis:
        await axis.hand_in()
        await axis.reached("received")
        foreign = replace(axis.letter()[0], transfer=uuid4())

        answer = await report(axis, StatusCode.IN_PROGRESS, foreign)

        assert answer.json()["errorCode"] == "unknown-transfer"
        assert axis.inside.count("SELECT count(*) FROM partner_remarks") == 0
        assert axis.inside.count("SELECT count(*) FROM payloads WHERE media LIKE '%%remark%%'") == 0
