"""Each cause is a question: what is stuck for it is listed, with whose it is and what to do."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from gateway.operations.causes import Cause
from gateway.operations.stuck import (
    Asking,
    Stuck,
    count_stuck,
    group_items,
    group_stuck,
    list_stuck,
    page_of_stuck,
)
from gateway.operations.stuck_filter import StuckFilter
from tests.integration.api.running import COMMUNE, Api, submission


async def _stuck(api: Api, *causes: Cause) -> list[Stuck]:
    return await list_stuck(api.gateway.services.pool, _asking(api, causes=causes))


def _asking(api: Api, **wanted: Any) -> Asking:
    return Asking.of(api.gateway.services.rulebook, api.clock.now(), StuckFilter(**wanted))


async def _causes(api: Api) -> set[str]:
    return {item.cause.value for item in await _stuck(api)}


async def _submitted(api: Api, connector: str | None = None) -> tuple[dict[str, str], Any]:
    """Submit a dossier; every agency on its way is reached by this connector, if any."""
    commune = await api.sign_in()
    receipt = await api.submit(commune)
    if connector is not None:
        await api.reach_by(connector, *{hop["agency"] for hop in receipt["itinerary"]})
        receipt = await api.submit(commune)
    return commune, receipt


async def test_nothing_is_stuck_in_time(api: Api) -> None:
    await api.reach_by("mailbox", COMMUNE)
    await _submitted(api)

    assert await _causes(api) <= {"due-soon"}


async def test_an_agency_that_nobody_can_reach_is_seen_at_once(api: Api) -> None:
    commune, receipt = await _submitted(api)

    [item] = await _stuck(api, Cause.NO_ENDPOINT)
    seen = await api.http.get(f"/v1/transfers/{receipt['transfer']}", headers=commune)
    await api.reach_by("mailbox", COMMUNE)

    assert str(item.transfer) == receipt["transfer"]
    assert (item.agency, item.whose) == (COMMUNE, "operator")
    failures = {hop["step"]: hop["failure"] for hop in seen.json()["hops"]}
    assert failures["civil-status"]["kind"] == "no-endpoint"
    assert failures["population-id"] is None
    assert await _stuck(api, Cause.NO_ENDPOINT) == []


async def test_undelivered_past_its_limit(api: Api) -> None:
    _, receipt = await _submitted(api)

    api.clock.move(minutes=11)
    [item] = await _stuck(api, Cause.UNDELIVERED)

    assert str(item.transfer) == receipt["transfer"]
    assert (item.whose, item.detail) == ("network", "dispatching")
    assert item.view()["todo"]["vi"]
    assert "retry" in item.view()["acts"]


async def test_no_receipt_counts_from_the_mailbox(api: Api) -> None:
    _, receipt = await _submitted(api, "mailbox")

    api.clock.move(hours=3)
    items = await _stuck(api, Cause.NO_RECEIPT, Cause.UNDELIVERED)

    found = {str(item.transfer): item for item in items if item.cause is Cause.NO_RECEIPT}
    assert receipt["transfer"] in found
    assert found[receipt["transfer"]].whose == found[receipt["transfer"]].agency


async def test_overdue_hops_and_overdue_transfers(api: Api) -> None:
    _, receipt = await _submitted(api, "mailbox")

    api.clock.move(days=21)
    await api.keep_time()
    items = await _stuck(api, Cause.OVERDUE)

    ours = [item for item in items if str(item.transfer) == receipt["transfer"]]
    assert {item.step is None for item in ours} == {True, False}
    assert next(item for item in ours if item.step is None).detail == "overall"


async def test_due_soon_looks_half_a_working_day_ahead(api: Api) -> None:
    found: dict[int, bool] = {}
    _, receipt = await _submitted(api, "mailbox")
    for hours in (3, 5):
        await api.rows(
            "UPDATE hops SET receive_by = NULL, deadline_at = %s"
            " WHERE transfer_id = %s AND step = 'civil-status'",
            api.clock.now() + timedelta(hours=hours),
            receipt["transfer"],
        )
        found[hours] = bool(await _stuck(api, Cause.DUE_SOON))

    # From 08:30 half a working day reaches to 14:30, over the noon break.
    assert found == {3: True, 5: True}
    without_calendar = replace(_asking(api, causes=(Cause.DUE_SOON,)), calendar=None)
    assert not await list_stuck(api.gateway.services.pool, without_calendar)


async def test_a_permanent_refusal_to_take_it_is_undeliverable(api: Api) -> None:
    _, receipt = await _submitted(api, "mailbox")
    agency = next(h["agency"] for h in receipt["itinerary"] if h["state"] == "dispatching")
    caller = await api.sign_in(agency)
    items = (await api.http.get("/v1/mailbox", headers=caller)).json()["items"]
    for one in items:
        url = f"/v1/mailbox/{one['delivery']}/nack"
        await api.http.post(url, json={"reason": "gone", "permanent": True}, headers=caller)

    [item] = await _stuck(api, Cause.UNDELIVERABLE)

    assert (item.detail, item.agency) == ("gone", agency)
    assert str(item.delivery) in {one["delivery"] for one in items}


async def test_a_refusal_waits_for_its_acknowledgement(api: Api) -> None:
    _, receipt = await _submitted(api, "mailbox")
    hop = next(h for h in receipt["itinerary"] if h["state"] == "dispatching")
    caller = await api.sign_in(hop["agency"])
    refusal = submission(
        source=f"urn:lienthong:agency:{hop['agency']}",
        type="vn.lienthong.hop.refused.v1",
        subject=receipt["dossier"]["code"],
        data={
            "transfer": receipt["transfer"],
            "step": hop["step"],
            "round": hop["round"],
            "reason": "rejected",
            "explanation": "Không đủ điều kiện",
        },
    )
    answer = await api.send(refusal, caller)
    assert answer.status_code == 202, answer.text

    [item] = await _stuck(api, Cause.REFUSAL_UNACKNOWLEDGED)

    assert (item.step, item.detail) == (hop["step"], "rejected")


async def test_a_hop_without_a_competent_agency_waits_for_a_person(api: Api) -> None:
    await _submitted(api)
    await api.rows(
        "UPDATE hops SET state = 'planned', document = jsonb_build_object('step', step,"
        " 'round', round, 'state', 'planned', 'stuck', true, 'failure',"
        " jsonb_build_object('kind', 'ambiguous'))::json WHERE state = 'dispatching'"
    )

    [item] = await _stuck(api, Cause.NO_COMPETENT_AGENCY)

    assert (item.detail, item.whose) == ("ambiguous", "operator")


async def test_a_return_that_nobody_answers(api: Api) -> None:
    await _submitted(api)
    await api.rows(
        "UPDATE hops SET deadline_at = %s, document = (document::jsonb ||"
        """ '{"clock": {"rule": "notice-day"}}')::json WHERE state = 'dispatching'""",
        api.clock.now(),
    )

    api.clock.move(minutes=1)

    assert len(await _stuck(api, Cause.RETURN_UNANSWERED)) == 1
    assert await _stuck(api, Cause.OVERDUE) == []


async def test_a_missing_calendar_is_told_for_hops_and_for_transfers(api: Api) -> None:
    await _submitted(api)
    missing = """document = (document::jsonb || '{"clock": {"calendar_missing": true}}')::json"""
    await api.rows(f"UPDATE hops SET {missing}, deadline_at = NULL WHERE state = 'dispatching'")
    await api.rows(f"UPDATE transfers SET {missing}, deadline_at = NULL")

    items = await _stuck(api, Cause.CALENDAR_MISSING)

    assert [item.step is None for item in items].count(True) == 1
    assert len(items) == 2


async def test_breakers_leases_and_poison(api: Api) -> None:
    await _submitted(api, "mailbox")
    await api.rows("UPDATE endpoints SET breaker = 'open' WHERE agency = %s", COMMUNE)
    await api.rows("UPDATE deliveries SET lease_no = 3")
    await api.rows(
        "INSERT INTO inbox (id, recorded_at, road, agency, verdict, answer, size, digest)"
        " VALUES (%s, now(), 'dead', %s, 'poison', '{}', 2, '')",
        UUID(int=7),
        COMMUNE,
    )

    causes = await _causes(api)

    assert {"breaker-open", "lease-expired", "poison"} <= causes


async def test_archived_transfers_are_off_the_lists(api: Api) -> None:
    await _submitted(api)
    api.clock.move(days=21)
    await api.keep_time()
    assert "overdue" in await _causes(api)

    await api.rows("UPDATE transfers SET archived = true")

    assert await _causes(api) == set()


async def test_counts_agree_with_lists(api: Api) -> None:
    for _ in range(3):
        await _submitted(api)
    api.clock.move(minutes=11)

    counts = await count_stuck(api.gateway.services.pool, _asking(api))

    assert {one.cause: one.count for one in counts}[Cause.UNDELIVERED] == 3
    assert len(await _stuck(api, Cause.UNDELIVERED)) == 3


async def test_groups_of_a_whole_list_are_those_that_the_database_makes(api: Api) -> None:
    for _ in range(3):
        await _submitted(api)
    api.clock.move(days=21)
    await api.keep_time()
    pool, asking = api.gateway.services.pool, _asking(api, causes=(Cause.OVERDUE,))

    items = await page_of_stuck(pool, Cause.OVERDUE, asking)
    groups = await group_stuck(pool, asking)

    assert groups.groups
    assert group_items(Cause.OVERDUE, asking.filter, items) == groups
    assert (await group_stuck(pool, asking, most=1)).capped


@pytest.mark.parametrize("cause", [Cause.UNDELIVERED, Cause.OVERDUE])
async def test_pages_follow_each_other_without_gap(api: Api, cause: Cause) -> None:
    for _ in range(5):
        await _submitted(api)
    api.clock.move(days=21)
    await api.keep_time()
    services = api.gateway.services
    asking = _asking(api)
    whole = await page_of_stuck(services.pool, cause, asking)

    read: list[Stuck] = []
    page = await page_of_stuck(services.pool, cause, asking, limit=2)
    while page:
        read += page
        page = await page_of_stuck(services.pool, cause, asking, after=page[-1].place, limit=2)

    assert read == whole
    assert len(read) >= 5
