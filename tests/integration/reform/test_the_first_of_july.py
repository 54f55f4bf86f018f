"""Agencies close at midnight; what they had goes on elsewhere, and nothing is lost or doubled."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from gateway.operations.clock_check import check_clocks
from gateway.operations.reorganise import ReformRefused, freeze_moves, ordered
from gateway.operations.runner import ActRunner
from routing.reform import Otherwise, Plan, Takeover
from tests.integration.api.running import Api
from tests.integration.reform.eve import (
    ACTOR,
    BIRTH,
    CARE,
    COMMUNE,
    HEIR,
    UNIT,
    Eve,
    from_directory,
)

DISTRICT = "H54.20.05"


@pytest.fixture
def eve(api: Api) -> Eve:
    return Eve(api)


async def clocks_hold(eve: Eve) -> bool:
    services = eve.api.gateway.services
    calendars = services.rulebook.calendars
    return not [
        one async for page in check_clocks(services.pool, calendars) for one in page.findings
    ]


async def test_it_shows_what_would_move_and_changes_nothing(eve: Eve) -> None:
    transfer = await eve.submits()
    before = await eve.api.rows("SELECT seq FROM transfers")

    summary = await eve.shows()

    view = summary.view(from_directory(), eve.api.gateway.services.rulebook)
    assert view["closing"] == 556
    assert view["transfers"] == 1
    assert view["parts"] == {"originator": 1, "turn": 1}
    [turn] = [one for one in view["sample"] if one["part"] == "turn"]
    assert (turn["transfer"], turn["from"], turn["to"]) == (transfer, COMMUNE, HEIR)
    assert turn["rule"] == "successor"
    assert await eve.api.rows("SELECT seq FROM transfers") == before
    assert await eve.api.rows("SELECT 1 FROM operator_acts") == []


async def test_before_its_date_a_plan_is_not_applied(eve: Eve) -> None:
    await eve.submits()
    services = eve.api.gateway.services
    plan = from_directory()
    summary = await eve.shows()

    with pytest.raises(ReformRefused, match="takes effect at"):
        await freeze_moves(
            services.pool,
            ordered(plan, ACTOR, "x"),
            plan,
            summary,
            services.rulebook,
            now=eve.api.clock.now(),
        )


async def test_a_turn_that_was_received_goes_on_at_the_successor(eve: Eve) -> None:
    await eve.api.reach_by("mailbox", COMMUNE, HEIR)
    transfer = await eve.submits()
    await eve.hands_over(transfer, "civil-status", COMMUNE)
    before = await eve.hop(transfer, "civil-status")
    eve.the_day_comes(minutes=1)

    _, [act, *_] = await eve.reforms()

    assert (act["state"], act["outcomes"]) == ("done", {"done": 1})
    after = await eve.hop(transfer, "civil-status")
    assert (after["agency"], after["round"]) == (HEIR, 2)
    for name in ("arrived_at", "started_at", "budget", "deadline_at"):
        assert after["clock"].get(name) == before["clock"].get(name)
    assert ("handover.offered", "pending") in await eve.owed(HEIR)
    assert ("handover.cancelled", "pending") in await eve.owed(COMMUNE)
    [[originator]] = await eve.api.rows("SELECT originator FROM transfers")
    assert originator == HEIR
    assert await clocks_hold(eve)


async def test_the_handover_has_the_whole_dossier_and_how_far_it_had_come(eve: Eve) -> None:
    await eve.api.reach_by("mailbox", COMMUNE, HEIR)
    transfer = await eve.submits()
    await eve.hands_over(transfer, "civil-status", COMMUNE)
    eve.the_day_comes()
    await eve.reforms()

    told = {event["type"]: event["data"] for event in await eve.empties_mailbox(HEIR)}

    changed = told["vn.lienthong.transfer.changed.v1"]
    assert changed["former"] == COMMUNE
    assert changed["submission"]["applicant"]["name"] == "Trần Thị Bí Mật"
    offered = told["vn.lienthong.handover.offered.v1"]
    assert offered["submission"]["procedure"] == BIRTH
    assert offered["takes_over"]["agency"] == COMMUNE


async def test_a_second_time_there_is_nothing_to_move(eve: Eve) -> None:
    await eve.submits()
    eve.the_day_comes()
    await eve.reforms()
    ledgers = await eve.api.rows("SELECT transfer_id, seq FROM ledger ORDER BY 1, 2")

    summary, acts = await eve.reforms()

    assert (summary.transfers, summary.ended) == ([], [])
    assert [one["outcomes"].get("done", 0) for one in acts] in ([], [0])
    assert await eve.api.rows("SELECT transfer_id, seq FROM ledger ORDER BY 1, 2") == ledgers


async def test_an_act_that_is_run_again_skips_what_is_done(eve: Eve) -> None:
    await eve.submits()
    eve.the_day_comes()
    summary, _ = await eve.reforms()
    services, plan = eve.api.gateway.services, from_directory()

    [again, *_] = await freeze_moves(
        services.pool,
        ordered(plan, ACTOR, "x"),
        plan,
        replace(summary, agencies=[]),
        services.rulebook,
        now=eve.api.clock.now(),
    )
    await eve.api.gateway.services.pool.wait()

    await ActRunner(services.pool, services.committer).run(again, seconds=10)

    [[outcome, detail]] = await eve.api.rows(
        "SELECT outcome, detail FROM operator_act_items WHERE act_id = %s", again
    )
    assert (outcome, detail) == ("skipped", "nothing of it is at an agency that has closed")
    assert summary.transfers


async def test_what_nobody_fetched_of_a_mailbox_moves_too(eve: Eve) -> None:
    await eve.api.reach_by("mailbox", COMMUNE)
    await eve.submits()
    [before] = await eve.api.rows("SELECT id FROM deliveries WHERE agency = %s", COMMUNE)
    eve.the_day_comes()

    await eve.reforms()

    states = await eve.api.rows(
        "SELECT id, state, failure_code FROM deliveries WHERE agency = %s AND kind <> %s",
        COMMUNE,
        "handover.cancelled",
    )
    assert states == [(before[0], "withdrawn", "reorganised")]
    assert ("handover.offered", "pending") in await eve.owed(HEIR)


async def test_notices_that_are_still_owed_go_to_the_successor_under_the_same_id(eve: Eve) -> None:
    transfer = await eve.submits()
    await eve.says(COMMUNE, "hop.received", transfer=transfer, step="civil-status", round=1)
    await eve.says(
        COMMUNE,
        "hop.paused",
        transfer=transfer,
        step="civil-status",
        round=1,
        reason="supplement",
        legal_basis="NĐ 61/2018/NĐ-CP Điều 19",
    )
    [[asked]] = await eve.api.rows("SELECT id FROM deliveries WHERE kind = 'supplement.requested'")
    eve.the_day_comes()

    await eve.reforms()

    [[agency]] = await eve.api.rows("SELECT agency FROM deliveries WHERE id = %s", asked)
    assert agency == HEIR
    hop = await eve.hop(transfer, "civil-status")
    assert (hop["agency"], hop["state"]) == (HEIR, "paused")
    assert await clocks_hold(eve)


async def test_a_paused_turn_that_its_successor_never_hears_of_is_stuck(eve: Eve) -> None:
    transfer = await eve.submits()
    await eve.says(COMMUNE, "hop.received", transfer=transfer, step="civil-status", round=1)
    await eve.says(
        COMMUNE,
        "hop.paused",
        transfer=transfer,
        step="civil-status",
        round=1,
        reason="supplement",
        legal_basis="x",
    )
    eve.the_day_comes()
    await eve.reforms()

    eve.api.clock.move(hours=3)
    operator = await eve.api.sign_in(None, "operator")
    answer = await eve.api.http.get("/v1/operations/stuck/undelivered", headers=operator)

    assert [one["transfer"] for one in answer.json()["items"]] == [str(transfer)]


async def test_a_late_answer_of_the_closed_agency_counts_as_its_successors(eve: Eve) -> None:
    transfer = await eve.submits()
    eve.the_day_comes()
    await eve.reforms()
    eve.api.clock.move(minutes=30)

    receipt = await eve.says(
        COMMUNE,
        "hop.completed",
        transfer=transfer,
        step="civil-status",
        round=1,
        outcome="approved",
    )

    assert receipt["verdict"] == "accepted"
    hop = await eve.hop(transfer, "civil-status")
    assert (hop["agency"], hop["state"]) == (HEIR, "completed")
    [[actor, body]] = await eve.api.rows(
        "SELECT actor, body::json FROM ledger WHERE act = 'hop.completed'"
    )
    assert actor == f"agency:{COMMUNE}"
    assert body["facts"]["said_for"] == HEIR
    assert await clocks_hold(eve)


async def test_by_its_old_alias_too(eve: Eve) -> None:
    directory = eve.api.gateway.services.rulebook.directory
    [row] = directory.history(COMMUNE)
    alias = row.aliases[0]
    transfer = await eve.submits()
    eve.the_day_comes()
    await eve.reforms()

    caller = await eve.api.sign_in(COMMUNE)
    [[code]] = await eve.api.rows("SELECT code FROM transfers")
    answer = await eve.api.send(
        {
            "specversion": "1.0",
            "id": "by-alias",
            "source": f"urn:lienthong:agency:{alias}",
            "type": "vn.lienthong.hop.completed.v1",
            "subject": code,
            "time": eve.api.clock.now().isoformat(),
            "data": {
                "transfer": str(transfer),
                "step": "civil-status",
                "round": 1,
                "outcome": "approved",
            },
        },
        caller,
    )

    assert answer.status_code == 202, answer.text
    assert (await eve.hop(transfer, "civil-status"))["state"] == "completed"


async def at_the_district(eve: Eve, unit: str = UNIT) -> UUID:
    """A dossier of a commune that waits at the district's social affairs office."""
    transfer = await eve.submits(procedure=CARE, unit=unit)
    for step in ("commune-review", "complaint-conclusion", "commune-forwarding"):
        [[state]] = await eve.api.rows(
            "SELECT state FROM hops WHERE transfer_id = %s AND step = %s", transfer, step
        )
        if state != "skipped":
            await eve.says(
                COMMUNE,
                "hop.completed",
                transfer=transfer,
                step=step,
                round=1,
                outcome="approved",
            )
    assert (await eve.hop(transfer, "district-appraisal"))["agency"] == DISTRICT
    return transfer


async def test_of_the_districts_successors_the_one_of_the_place_follows(eve: Eve) -> None:
    transfer = await at_the_district(eve)
    eve.the_day_comes()

    await eve.reforms()

    hop = await eve.hop(transfer, "district-appraisal")
    assert (hop["agency"], hop["state"]) == (HEIR, "dispatching")


async def test_where_several_could_follow_a_person_is_asked_and_says(eve: Eve) -> None:
    transfer = await at_the_district(eve)
    eve.the_day_comes()

    _, [act, *_] = await eve.reforms(left_to_a_person(from_directory()))

    hop = await eve.hop(transfer, "district-appraisal")
    assert (hop["agency"], hop["failure"]["kind"]) == (DISTRICT, "successor-ambiguous")
    operator = await eve.api.sign_in(None, "operator")
    answer = await eve.api.http.get("/v1/operations/stuck/no-competent-agency", headers=operator)
    [stuck] = [one for one in answer.json()["items"] if one["step"] == "district-appraisal"]
    assert (stuck["transfer"], stuck["detail"]) == (str(transfer), "successor-ambiguous")
    target = {"transfer": str(transfer), "step": "district-appraisal", "round": 1}
    order = {"act": "resolve", "agency": HEIR, "reason": "Xã Phúc Khánh cũ", "targets": [target]}
    resolved = await eve.api.http.post("/v1/operations/acts", json=order, headers=operator)
    assert resolved.json()["outcomes"] == {"done": 1}, resolved.text
    assert (await eve.hop(transfer, "district-appraisal"))["agency"] == HEIR
    assert act["outcomes"] == {"done": 1}
    assert await clocks_hold(eve)


def left_to_a_person(plan: Plan) -> Plan:
    """The plan names two successors of the district, and neither for this."""
    return replace(
        plan,
        otherwise=Otherwise.PERSON,
        takeovers=(
            Takeover(COMMUNE, None, None, HEIR),
            Takeover(DISTRICT, "tax.local", None, "H31.140"),
            Takeover(DISTRICT, "police.local", None, HEIR),
        ),
    )


async def test_what_comes_after_midnight_takes_the_new_map_by_itself(eve: Eve) -> None:
    received_at = eve.api.clock.now()
    eve.the_day_comes(minutes=5)

    transfer = await eve.submits(agency=HEIR, received_at=received_at)

    assert (await eve.hop(transfer, "civil-status"))["agency"] == HEIR
    [[version]] = await eve.api.rows("SELECT procedure_version FROM transfers")
    assert version == "2024-07-01"


async def test_a_dossier_keeps_the_procedure_version_it_was_received_under(eve: Eve) -> None:
    transfer = await eve.submits()
    [[before]] = await eve.api.rows("SELECT procedure_version FROM transfers")
    eve.the_day_comes()
    await eve.reforms()

    eve.api.clock.move(days=1, minutes=1)
    await eve.says(
        HEIR, "hop.completed", transfer=transfer, step="civil-status", round=2, outcome="approved"
    )

    assert await eve.api.rows("SELECT procedure_version FROM transfers") == [(before,)]
    assert eve.api.clock.now() > from_directory().effective + timedelta(days=1)
