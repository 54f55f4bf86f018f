"""Every minute between submission and end is charged to exactly one party (design.md §6).

That the charges add up is checked after every fold of every lifecycle test (invariants.py); here
is who they fall to.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from routing.lifecycle.charges import Party, by_agency, by_hop, by_party, charges
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import (
    ALLOCATION,
    COMMUNE,
    COPY,
    DEATH,
    LOST,
    PERMIT,
    VN,
    Journey,
    submit,
    tables,
    vn,
)


def told(journey: Journey) -> list[tuple[str, str, str, str | None]]:
    """Local start and end, party and reason, agency: as a person would tell it."""
    return [
        (
            f"{local(one.start)}–{local(one.end)}",
            one.party.value,
            one.reason,
            one.agency,
        )
        for one in charges(journey.transfer, journey.now)
    ]


def local(instant: datetime) -> str:
    return f"{instant.astimezone(VN):%d %H:%M}"


def test_on_the_road_it_is_the_networks_and_then_the_receivers() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30")
    journey.at("2026-03-02 08:34").delivered("commune-intake")
    journey.at("2026-03-02 09:00").receives("commune-intake")

    journey.at("2026-03-02 10:00").time()

    agency = journey.hop("commune-intake").agency
    assert told(journey) == [
        ("02 08:30–02 08:34", "network", "delivery", agency),
        ("02 08:34–02 09:00", "receiver", "receipt", agency),
        ("02 09:00–02 10:00", "receiver", "work", agency),
    ]


def test_what_lies_in_a_mailbox_is_the_receivers() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30")
    journey.at("2026-03-02 08:31").available("commune-intake")

    journey.at("2026-03-02 09:30").delivered("commune-intake")

    assert by_party(charges(journey.transfer, journey.now))[Party.RECEIVER] == timedelta(minutes=59)


def test_the_night_after_the_cutoff_is_the_laws() -> None:
    journey = submit(ALLOCATION, "2026-03-02 15:10")
    journey.at("2026-03-02 15:12").delivered("commune-intake")

    journey.at("2026-03-03 08:00").receives("commune-intake")

    assert [one[:3] for one in told(journey)] == [
        ("02 15:10–02 15:12", "network", "delivery"),
        ("02 15:12–03 07:30", "law", "cutoff"),
        ("03 07:30–03 08:00", "receiver", "receipt"),
    ]


def test_a_supplement_is_the_citizens_and_an_outage_the_networks() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30").walks("commune-intake")
    step = next(hop.step for hop in journey.transfer.hops.values() if hop.is_running)
    journey.at("2026-03-02 08:50").delivered(step)
    journey.at("2026-03-02 09:00").receives(step)

    journey.at("2026-03-02 10:00").pauses(step)
    journey.at("2026-03-03 10:00").pauses(step, "outage")
    journey.at("2026-03-03 11:00").says(Kind.HOP_RESUMED, step, reason="outage")

    sums = by_party(charges(journey.transfer, journey.now))
    assert sums[Party.CITIZEN] == timedelta(hours=24)
    assert sums[Party.NETWORK] == timedelta(hours=1, minutes=4, seconds=55 + 5)


def test_public_posting_is_the_laws_until_its_end_and_then_the_postmans() -> None:
    journey = submit(LOST, "2026-03-02 08:30")
    journey.at("2026-03-02 08:30").delivered("publication")
    journey.at("2026-03-02 09:00").receives("publication")
    deadline_at = journey.hop("publication").clock.deadline_at
    assert deadline_at is not None

    journey.now = deadline_at + timedelta(hours=30)

    *_, posting, late = charges(journey.transfer, journey.now)
    assert (posting.party, posting.reason, posting.end) == (Party.LAW, "publication", deadline_at)
    assert (late.party, late.lasted) == (Party.RECEIVER, timedelta(hours=30))


def test_a_refusal_is_its_senders_until_noted_and_the_agencys_before() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30").walks("commune-intake")
    hop = next(hop for hop in journey.transfer.hops.values() if hop.is_running)
    journey.at("2026-03-02 09:00").delivered(hop.step)
    journey.at("2026-03-02 10:00").refuses(hop.step, "wrong_data")

    feeder = journey.hop("commune-intake").agency
    journey.at("2026-03-02 16:00").says(Kind.REFUSAL_ACKNOWLEDGED, hop.step, round=1, by=feeder)

    charged = charges(journey.transfer, journey.now)
    assert by_hop(charged)[hop.key][Party.SENDER] == timedelta(hours=6)
    assert by_hop(charged)[hop.key][Party.RECEIVER] == timedelta(hours=1)
    assert by_agency(charged)[feeder or "", Party.SENDER] == timedelta(hours=6)


def test_what_came_back_to_the_originator_is_the_senders() -> None:
    journey = submit(COPY, "2026-03-02 08:30")
    step = next(hop.step for hop in journey.transfer.hops.values() if hop.is_running)
    journey.at("2026-03-02 08:30").delivered(step)
    journey.at("2026-03-02 09:00").returns(step, "origin")

    journey.at("2026-03-02 09:01").delivered("origin")
    journey.at("2026-03-02 11:00").receives("origin")
    journey.at("2026-03-02 14:00").completes("origin")

    charged = by_hop(charges(journey.transfer, journey.now))["origin", 2]
    assert charged == {
        Party.NETWORK: timedelta(minutes=1),
        Party.SENDER: timedelta(hours=4, minutes=59),
    }


def test_waiting_for_a_person_to_name_an_agency_is_ours() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30")
    step = "commune-intake"
    journey.at("2026-03-02 08:30").refuses(step, "not_competent")
    assert journey.hop(step).stuck

    journey.at("2026-03-03 08:30").acts("resolve", step, agency="H31.102")

    charged = charges(journey.transfer, journey.now)
    assert [(one.party, one.reason, one.lasted) for one in charged] == [
        (Party.GATEWAY, "unresolved", timedelta(days=1))
    ]


def test_a_late_decision_after_silence_is_ours() -> None:
    journey = permit()
    journey.delivered("opinion-fire")
    deadline_at = journey.hop("opinion-fire").clock.deadline_at
    assert deadline_at is not None

    journey.now = deadline_at + timedelta(minutes=40)
    journey.time()

    *_, last = charges(journey.transfer, journey.now)
    assert (last.party, last.reason) == (Party.GATEWAY, "decision")
    assert (last.start, last.end) == (deadline_at, journey.now)


def test_a_join_charges_the_branch_that_it_last_waited_for() -> None:
    journey = permit(opinion_land=True)
    forked_at = journey.now
    for step in ("opinion-fire", "opinion-land"):
        journey.delivered(step)
        journey.receives(step)
    journey.later(hours=3).completes("opinion-fire")
    journey.later(hours=2).completes("opinion-land")
    joined_at = journey.now

    journey.later(hours=1).time()

    steps = {
        one.step
        for one in charges(journey.transfer, journey.now)
        if forked_at <= one.start < joined_at
    }
    assert steps == {"opinion-land"}


def test_with_branches_open_what_follows_the_fork_is_provisional() -> None:
    journey = permit(opinion_land=True)
    forked_at = journey.now
    for step in ("opinion-fire", "opinion-land"):
        journey.delivered(step)
        journey.receives(step)

    journey.later(hours=1)
    open_ = charges(journey.transfer, journey.now)
    journey.completes("opinion-fire")
    one_left = charges(journey.transfer, journey.now)

    assert {one.provisional for one in open_ if one.start >= forked_at} == {True}
    assert {one.provisional for one in open_ if one.end <= forked_at} == {False}
    assert not any(one.provisional for one in one_left)


def test_a_receipt_that_may_still_be_implied_leaves_the_charge_provisional() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30")
    receive_by = journey.hop("commune-intake").receive_by

    journey.at("2026-03-03 08:30").time()
    undelivered = charges(journey.transfer, journey.now)
    journey.pauses("commune-intake")
    implied = charges(journey.transfer, journey.now)

    assert [(one.party, one.end, one.provisional) for one in undelivered] == [
        (Party.NETWORK, receive_by, False),
        (Party.NETWORK, journey.now, True),
    ]
    assert [(one.party, one.end) for one in implied] == [
        (Party.NETWORK, receive_by),
        (Party.RECEIVER, journey.now),
    ]


def test_a_clock_that_began_again_keeps_what_the_law_let_it_wait_before() -> None:
    restarting = replace(
        tables(),
        policies=replace(
            tables().policies,
            restarts={f"{ALLOCATION}/commune-intake": frozenset({"supplement"})},
        ),
    )
    journey = submit(ALLOCATION, "2026-03-02 15:30", context=restarting)
    journey.delivered("commune-intake")
    journey.at("2026-03-03 08:00").receives("commune-intake")
    journey.at("2026-03-03 10:00").pauses("commune-intake")

    journey.at("2026-03-03 16:00").says(Kind.HOP_RESUMED, "commune-intake", reason="supplement")
    journey.at("2026-03-04 09:30")

    sums = by_party(charges(journey.transfer, journey.now))
    assert sums[Party.LAW] == timedelta(hours=16 + 15.5)
    assert sums[Party.CITIZEN] == timedelta(hours=6)
    assert sums[Party.RECEIVER] == timedelta(hours=4.5)


def test_the_end_of_a_withdrawn_transfer_closes_the_account() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30")
    journey.at("2026-03-02 08:31").delivered("commune-intake")

    journey.at("2026-03-02 09:30").says(Kind.TRANSFER_WITHDRAWN, reason="đổi ý")
    journey.at("2026-03-09 09:30")

    charged = charges(journey.transfer, journey.now)
    assert charged[-1].end == vn("2026-03-02 09:30")
    assert sum(by_party(charged).values(), timedelta()) == timedelta(hours=1)


def permit(**opinions: Any) -> Journey:
    journey = submit(PERMIT, works="separate_house", act="new", opinion_fire=True, **opinions)
    assert journey.transfer.originator == COMMUNE
    return journey.walks("appraise-local")


def test_a_branch_cancelled_for_a_return_is_not_what_a_withdrawal_waited_for() -> None:
    journey = submit(DEATH, "2026-03-02 08:30", benefit="merit").walks("civil-status")
    for step in ("residence-removal", "home-affairs"):
        journey.later(minutes=5).delivered(step)
        journey.receives(step)
    journey.later(hours=1).returns("residence-removal", "civil-status")
    journey.delivered("civil-status")
    journey.receives("civil-status")

    journey.says(Kind.TRANSFER_WITHDRAWN, reason="thôi")

    *_, last = charges(journey.transfer, journey.now)
    assert (last.step, last.round) == ("residence-removal", 1)


def test_the_worked_example_of_the_documentation() -> None:
    journey = submit(ALLOCATION, "2026-03-02 14:50")
    journey.at("2026-03-02 14:52").delivered("commune-intake")
    journey.at("2026-03-02 15:20").receives("commune-intake")
    journey.at("2026-03-03 09:00").completes("commune-intake")
    journey.at("2026-03-03 09:01").delivered("land-extract")
    journey.receives("land-extract")
    journey.at("2026-03-03 16:00").pauses("land-extract")
    journey.at("2026-03-04 10:00").says(
        Kind.SUPPLEMENT_PROVIDED, "land-extract", by=COMMUNE, note="x"
    )
    journey.at("2026-03-04 15:10").completes("land-extract")
    journey.at("2026-03-04 15:12").delivered("commune-decision")
    journey.at("2026-03-04 16:00").receives("commune-decision")
    journey.at("2026-03-05 11:00").completes("commune-decision")

    sums = by_party(charges(journey.transfer, journey.now))

    assert journey.transfer.ended_at == vn("2026-03-05 11:00")
    assert {party: lasted for party, lasted in sums.items() if lasted} == {
        Party.NETWORK: timedelta(minutes=5),
        Party.LAW: timedelta(hours=16, minutes=18),
        Party.CITIZEN: timedelta(hours=18),
        Party.RECEIVER: timedelta(hours=33, minutes=47),
    }


def test_a_declared_outage_is_its_agencys_network_or_our_own() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30")
    journey.at("2026-03-02 08:40").delivered("commune-intake")
    journey.receives("commune-intake")
    hop = journey.hop("commune-intake")
    journey.at("2026-03-02 12:00")
    journey.declares(hop.agency, vn("2026-03-02 09:00"), vn("2026-03-02 10:00"))
    journey.declares(None, vn("2026-03-02 10:30"), vn("2026-03-02 11:00"))

    journey.time()

    ours = [one.id for one in journey.outages.values() if one.agency is None]
    sums = by_party(charges(journey.transfer, journey.now, ours))
    assert sums[Party.NETWORK] == timedelta(minutes=10 + 60)
    assert sums[Party.GATEWAY] == timedelta(minutes=30)
    assert sums[Party.RECEIVER] == timedelta(minutes=20 + 30 + 60)
