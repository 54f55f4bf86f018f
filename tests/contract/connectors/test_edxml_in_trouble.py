"""What the edXML connector comes to when a node fails, and what it is told when asked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from connectors.edxml.caller import EdxmlCaller
from connectors.edxml.document_ids import LetterName, Mark, read_document_id
from connectors.edxml.model import BusinessType, StatusCode
from connectors.letter_book import Behind, Posted
from connectors.protocol import Delivered, Missing, Refused, Unreachable
from connectors.simulators import (
    Behaviour,
    EdxmlAgency,
    Fault,
    HttpFault,
    Quirks,
    Script,
    Seal,
    running,
)
from gateway.clock import SteppedClock
from schemas.kinds import Kind
from tests.contract.connectors.stand_in import StandIn, eventually
from tests.contract.connectors.ways import (
    FRIDAY,
    ISSUER,
    MONDAY,
    Way,
    edxml_way,
    handover,
    parcel,
)
from tests.unit.connectors.edxml.keys import signer


@asynccontextmanager
async def opened(
    behaviour: Behaviour | None = None, quirks: Quirks | None = None
) -> AsyncIterator[Way]:
    clock = SteppedClock(MONDAY, FRIDAY)
    opening = edxml_way(StandIn(), behaviour or Behaviour(), clock, quirks)
    async with opening as way, running(way.agency):
        yield way


def failing(fault: HttpFault) -> Behaviour:
    code = handover().envelope["subject"]
    return Behaviour(scripts={code: Script(fault=fault)})


def agency(way: Way) -> EdxmlAgency:
    assert isinstance(way.agency, EdxmlAgency)
    return way.agency


async def test_a_letter_arrives_signed_and_names_its_turn() -> None:
    async with opened() as way:
        [outcome] = await way.connector.send(way.endpoint, [handover(round_=2)])

        assert outcome == Delivered("DONE", at_remote=getattr(outcome, "at_remote", None))
        [(document_id, letter)] = agency(way).letters.items()
        name = read_document_id(document_id)
        assert name is not None
        assert (name.dossier, name.step, name.round, name.mark) == (
            handover().envelope["subject"],
            "civil-status",
            2,
            None,
        )
        assert letter.business is not None
        assert letter.business.type is BusinessType.REPLACE
        assert letter.business.replaced is not None
        [replaced] = letter.business.replaced.replaced
        assert read_document_id(replaced.document_id) == replace(name, round=1)


async def test_a_cancelled_handover_is_recalled_by_the_name_it_was_sent_under() -> None:
    async with opened() as way:
        offered = handover()
        hop = {name: offered.envelope["data"][name] for name in ("transfer", "step", "round")}
        cancelled = parcel(
            Kind.HANDOVER_CANCELLED,
            offered.envelope["subject"],
            {**hop, "reason": "withdrawn"},
            "cancelled",
        )

        await way.hand_over(offered, cancelled)

        sent, recalled = agency(way).letters
        letter = agency(way).letters[recalled]
        assert letter.business is not None
        assert letter.business.type is BusinessType.RECALL
        assert letter.business.document_id == sent
        name = read_document_id(recalled)
        assert name is not None
        assert name.mark is Mark.RECALL


async def test_200_with_fail_is_judged_by_its_code_and_tried_again() -> None:
    async with opened(quirks=Quirks(fail_first=1)) as way:
        [first] = await way.connector.send(way.endpoint, [handover()])
        [second] = await way.connector.send(way.endpoint, [handover()])

        assert first == Unreachable("fail-20", "the node answered FAIL")
        assert isinstance(second, Delivered)


async def test_a_fail_of_a_code_that_is_not_listed_is_unknown_and_told() -> None:
    async with opened(quirks=Quirks(fail_first=1, fail_code="19")) as way:
        [outcome] = await way.connector.send(way.endpoint, [handover()])

        assert isinstance(outcome, Unreachable)
        assert (outcome.code, outcome.unknown, outcome.unlisted) == ("fail-19", True, True)


async def test_a_fail_without_a_code_is_for_good() -> None:
    async with opened(quirks=Quirks(fail_first=1, fail_code=None)) as way:
        [outcome] = await way.connector.send(way.endpoint, [handover()])

        assert isinstance(outcome, Refused)
        assert outcome.code == "fail"


async def test_a_slow_node_runs_out_of_its_time_and_is_asked() -> None:
    async with opened(quirks=Quirks(slow=0.5)) as way:
        hurried = replace(way.endpoint, timeout=0.2)
        [outcome] = await way.connector.send(hurried, [handover()])
        asked = await way.connector.ask(way.endpoint, handover())  # type: ignore[attr-defined]

        assert isinstance(outcome, Unreachable)
        assert outcome.unknown
        assert isinstance(asked, Missing | Delivered)


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.STATUS])
async def test_a_letter_whose_answer_was_lost_is_found_by_asking(fault: Fault) -> None:
    async with opened(failing(HttpFault(fault))) as way:
        asks = way.connector.ask  # type: ignore[attr-defined]
        assert await asks(way.endpoint, handover()) == Missing("http-404")

        [outcome] = await way.connector.send(way.endpoint, [handover()])
        asked = await asks(way.endpoint, handover())

        assert isinstance(outcome, Unreachable)
        assert outcome.unknown
        taken = fault is Fault.CUT
        assert isinstance(asked, Delivered if taken else Missing)


async def test_a_partner_that_cannot_be_asked_is_not_asked() -> None:
    async with opened() as way:
        options = {k: v for k, v in way.endpoint.options.items() if k != "ask"}
        mute = replace(way.endpoint, options=options)

        assert await way.connector.ask(mute, handover()) is None  # type: ignore[attr-defined]
        assert not way.connector.is_idempotent(mute)  # type: ignore[attr-defined]


async def test_what_the_dialect_has_no_letter_for_is_said_to_be_untold() -> None:
    async with opened() as way:
        data = {
            "transfer": handover().envelope["data"]["transfer"],
            "threshold": "50%",
            "deadline_at": "2026-03-04T01:00:00Z",
        }
        warned = parcel(Kind.CLOCK_WARNED, f"{ISSUER}-260302-0001", data, "warned")

        [outcome] = await way.connector.send(way.endpoint, [warned])

        assert outcome == Delivered("untold: edXML has no letter for clock.warned")
        assert agency(way).letters == {}


class _OneLetter:
    """Knows of one letter that began every transfer."""

    async def behind(self, dialect: str, agency: str, delivery: UUID) -> Behind:
        return Behind(first=Posted("H54.3,2026/03/02,0417/UBND", Kind.TRANSFER_SUBMITTED))


async def test_a_status_is_repeated_until_it_is_taken_and_never_asked_after() -> None:
    async with opened(quirks=Quirks(slow=0.5)) as way:
        agency(way).road.letters.add("H54.3,2026/03/02,0417/UBND")
        changed = parcel(
            Kind.DOSSIER_CHANGED,
            f"{ISSUER}-260302-0001",
            {"state": "accepted", "at": "2026-03-02T01:00:00Z", "dossier": {"issuer": ISSUER}},
            "accepted",
        )
        connector = EdxmlCaller(posts=_OneLetter(), now=lambda: MONDAY)

        [lost] = await connector.send(replace(way.endpoint, timeout=0.2), [changed])
        asked = await connector.ask(way.endpoint, changed)
        [first] = await connector.send(way.endpoint, [changed])
        [again] = await connector.send(way.endpoint, [changed])
        await connector.aclose()

        assert isinstance(lost, Unreachable)
        assert not lost.unknown
        assert asked == Missing("repeated")
        assert isinstance(first, Delivered)
        assert isinstance(again, Delivered)
        assert [one.code for one in agency(way).statuses] == [StatusCode.RECEIVED]


async def test_a_status_about_no_letter_of_its_own_is_refused_by_the_node() -> None:
    async with opened() as way:
        changed = parcel(
            Kind.DOSSIER_CHANGED,
            f"{ISSUER}-260302-0001",
            {"state": "accepted", "at": "2026-03-02T01:00:00Z", "dossier": {"issuer": ISSUER}},
            "accepted",
        )
        connector = EdxmlCaller(posts=_OneLetter(), now=lambda: MONDAY)

        await connector.send(way.endpoint, [changed])
        await connector.aclose()

        assert agency(way).statuses == []
        assert agency(way).rejected == ["a status about no letter of ours"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"options": {"signatures": {"sign": "rsa-sha256"}}, "secret": None}, "bad-options"),
        ({"options": {"signature": {}}}, "bad-options"),
        ({"options": {"codes": "qcvn102"}}, "no-older-code"),
        ({"address": None}, "not-configured"),
        ({"address": "ftp://127.0.0.1/"}, "bad-address"),
    ],
)
async def test_an_endpoint_that_cannot_work_is_refused_with_why(
    changes: dict[str, object], code: str
) -> None:
    async with opened() as way:
        endpoint = replace(way.endpoint, **changes)  # type: ignore[arg-type]

        [outcome] = await way.connector.send(endpoint, [handover()])

        assert isinstance(outcome, Refused)
        assert outcome.code == code
        assert "PRIVATE KEY" not in outcome.detail


async def test_an_old_node_with_sha1_malformed_posts_and_doubled_answers_gets_through() -> None:
    them = signer("đối tác")
    clock = SteppedClock(MONDAY, FRIDAY)
    stand_in = StandIn()
    code = handover().envelope["subject"]
    doubled = Behaviour(scripts={code: Script(copies=2, out_of_order=True)})
    async with edxml_way(stand_in, doubled, clock, Quirks(malformed_every=2)) as way:
        sha1 = {"until": "2026-06-30", "reason": "phần mềm cũ, thay trong quý II"}
        signatures = {"certificates": [them.pem], "sign": "rsa-sha256", "sha1": sha1}
        options = {**way.endpoint.options, "signatures": signatures}
        assert stand_in.door is not None
        stand_in.door = (stand_in.door[0], replace(way.endpoint, options=options))
        agency(way).road.seal = Seal(key=them.key, certificate=them.certificate, sha1=True)
        async with running(way.agency):
            await way.hand_over_and_be_seen(handover())
            await way.let_time_pass(lambda: sum(stand_in.arrivals.values()) == 4)
            await eventually(lambda: way.agency.in_flight == 0)

        assert stand_in.kinds() == ["hop.completed", "hop.received"]
        assert any("not-well-formed" in detail for detail in stand_in.unheard)
        assert way.agency.record.unreceipted() == []


async def test_statuses_of_the_agencys_own_accord_move_nothing() -> None:
    async with opened() as way:
        await way.hand_over_and_be_seen(handover())
        [document_id] = agency(way).letters
        about = read_document_id(document_id)
        assert isinstance(about, LetterName)

        for code in (StatusCode.ARRIVED, StatusCode.IN_PROGRESS, StatusCode.RECALL_REFUSED):
            answer = await agency(way).road.report(about, code, MONDAY + timedelta(minutes=1))
            assert answer.json()["verdict"] == "accepted"

        assert way.stand_in.accepted == []
        remarked = [(one.event, one.code) for one in way.stand_in.remarks]
        assert remarked == [
            ("letter.arrived", "01"),
            ("letter.in-progress", "05"),
            ("letter.declined", "16"),
        ]
