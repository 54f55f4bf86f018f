"""Who sends a dossier by a letter is told by statuses about that letter where it stands: in order,
however often the node failed, and about nobody else's letter."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from connectors.edxml.model import StatusCode
from connectors.simulators import Behaviour, Ending, OneStop, Quirks, Script
from schemas.kinds import Kind
from tests.integration.partners.axis import AT_ONCE, SILENT_AFTER_RECEIPT, Axis, axis_with, hop
from tests.stage.dossiers import COMMUNE, birth, code, copies
from tests.stage.facts import eventually

WAITING = Behaviour(scripts={code(1): SILENT_AFTER_RECEIPT})
CODES = "SELECT count(*) FROM deliveries WHERE kind = 'dossier.changed'"


@asynccontextmanager
async def behind_the_axis(
    database_url: str, behaviour: Behaviour = AT_ONCE, **options: Any
) -> AsyncIterator[tuple[Axis, OneStop]]:
    """Run with a commune that has nothing but a node on the axis."""
    async with axis_with(database_url, behaviour, code=COMMUNE, **options) as axis:
        yield axis, OneStop(axis.agency)


async def ended(axis: Axis, *states: str) -> None:
    await eventually(
        lambda: axis.inside.rows("SELECT state FROM transfers") == [(one,) for one in states],
        within=30,
        told=lambda: (axis.inside.rows("SELECT step, state FROM hops"), axis.agency.record.sent),
    )


async def told(axis: Axis, last: StatusCode) -> list[StatusCode]:
    """Return the codes that came, once the last one is of a kind."""

    def codes() -> list[StatusCode]:
        return [one.code for one in axis.agency.statuses]

    await eventually(lambda: codes()[-1:] == [last], within=30, told=codes)
    return codes()


def letter_of(axis: Axis, one_stop: OneStop, number: int = 1) -> str:
    """Return the DocumentId under which a dossier was sent."""
    message = one_stop.submitted[code(number)]
    [document_id] = [one for one in axis.agency.road.letters if one.endswith(message)]
    return document_id


async def test_a_dossier_is_followed_by_statuses_about_its_letter_until_it_is_complete(
    database_url: str,
) -> None:
    async with behind_the_axis(database_url, quirks=Quirks(fail_first=2)) as (axis, one_stop):
        one_stop.submit(code(1), copies())

        await ended(axis, "completed")
        codes = await told(axis, StatusCode.COMPLETED)

        assert codes[0] is StatusCode.RECEIVED
        assert set(codes[1:-1]) == {StatusCode.IN_PROGRESS}
        said = axis.agency.statuses
        assert {one.about for one in said} == {letter_of(axis, one_stop)}
        assert said[0].text == "Đã tiếp nhận [accepted]"
        assert said[-1].text == "Hoàn thành [completed]"
        assert axis.agency.rejected == []
        tries = axis.inside.rows(
            "SELECT count(*) FROM attempts a JOIN deliveries d ON d.id = a.delivery_id"
            " WHERE a.code = 'fail-20' AND d.agency = %s",
            COMMUNE,
        )
        assert tries == [(2,)], "each try is a row, as for every delivery"


async def test_a_refusal_is_told_with_its_reason_as_a_code(database_url: str) -> None:
    refusing = Script(ending=Ending.REFUSE, received_after=timedelta(), decided_after=timedelta())
    behaviour = Behaviour(scripts={code(1): refusing})
    async with behind_the_axis(database_url, behaviour) as (axis, one_stop):
        one_stop.submit(code(1), birth())
        await axis.reached("refused", "civil-status")
        [(transfer,)] = axis.inside.rows("SELECT id::text FROM transfers")
        axis.agency.desk.say(Kind.REFUSAL_ACKNOWLEDGED, code(1), hop(transfer, "civil-status"))

        await ended(axis, "refused")
        await told(axis, StatusCode.REFUSED)

        last = axis.agency.statuses[-1]
        assert last.about == letter_of(axis, one_stop)
        assert last.text == "Từ chối giải quyết [unresolved: rejected]"


async def test_a_recall_that_was_taken_is_agreed_to_by_the_recalls_own_name(
    database_url: str,
) -> None:
    async with behind_the_axis(database_url, WAITING) as (axis, one_stop):
        one_stop.submit(code(1), birth())
        receipt = await one_stop.receipt_for(code(1))
        [(transfer,)] = axis.inside.rows("SELECT id::text FROM transfers")
        await axis.reached("received", "civil-status")
        before = set(axis.agency.road.letters)

        one_stop.withdraw(code(1), transfer, "Người dân rút hồ sơ")

        await ended(axis, "withdrawn")
        await told(axis, StatusCode.RECALL_AGREED)
        assert receipt.verdicts == ["accepted"]
        [recall] = axis.agency.road.letters - before
        assert axis.agency.statuses[-1].about == recall
        assert axis.agency.statuses[-1].text == "Đồng ý lấy lại, cập nhật [withdrawn]"


async def test_who_wants_no_statuses_is_owed_none(database_url: str) -> None:
    async with behind_the_axis(database_url, statuses=False) as (axis, one_stop):
        one_stop.submit(code(1), copies())

        await ended(axis, "completed")

        assert axis.agency.statuses == []
        assert axis.inside.count(CODES) == 0


async def test_what_did_not_come_by_a_letter_is_answered_by_none(database_url: str) -> None:
    async with behind_the_axis(database_url, WAITING) as (axis, _):
        await axis.hand_in()

        await eventually(lambda: axis.inside.count(CODES + " AND state = 'delivered'"), within=20)

        evidence = axis.inside.rows(
            "SELECT DISTINCT evidence FROM deliveries"
            " WHERE kind = 'dossier.changed' AND state = 'delivered'"
        )
        assert evidence == [("untold: edXML has no letter for dossier.changed",)]
        assert axis.agency.statuses == []
