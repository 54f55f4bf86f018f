"""The cause is the turn that has cost most; whose it was, how long, and which entries prove it."""

from routing.letters import CauseKind
from routing.letters.causes import Delay, find_delay
from routing.lifecycle.charges import by_hop, charges
from schemas.kinds import Kind
from tests.unit.letters.late import at_the_land_office, drafted, record
from tests.unit.lifecycle.journey import ALLOCATION, COMMUNE, DEATH, Journey, submit, vn

LAND_OFFICE = "H31.15.20.001"


def delay(journey: Journey) -> Delay:
    return find_delay(journey.transfer, record(journey), journey.context.calendar, journey.now)


def test_an_agency_past_its_deadline_with_the_entries_of_its_turn() -> None:
    journey = at_the_land_office()

    found = delay(journey)

    assert (found.kind, found.party, found.agency) == (CauseKind.OVERDUE, "receiver", LAND_OFFICE)
    assert (found.step, found.round) == ("land-extract", 1)
    assert found.since == journey.hop("land-extract").clock.deadline_at
    acts = [proof.act for proof in found.proof]
    assert acts == ["hop.dispatched", "hop.received", "clock.breached"]
    known = {one.seq: one.hash for one in record(journey)}
    assert all(known[proof.seq] == proof.hash for proof in found.proof)


def test_lateness_is_working_time() -> None:
    friday = delay(at_the_land_office("2026-03-06 17:30"))
    monday = delay(at_the_land_office("2026-03-08 08:00"))

    assert friday.lasted == monday.lasted


def test_who_was_late_stays_the_cause_when_the_dossier_has_gone_on() -> None:
    journey = at_the_land_office("2026-03-05 09:00")
    journey.completes("land-extract")

    found = delay(journey)

    assert (found.kind, found.agency) == (CauseKind.WAS_LATE, LAND_OFFICE)
    assert "hop.completed" in [proof.act for proof in found.proof]


def test_what_could_not_be_handed_over_is_the_networks() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30")
    journey.time("2026-03-02 10:00")

    found = delay(journey)

    assert (found.kind, found.party) == (CauseKind.UNDELIVERED, "network")
    assert found.since == vn("2026-03-02 08:40")


def test_a_missing_receipt_is_the_receivers() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30")
    journey.later(seconds=5).delivered("commune-intake")
    journey.time("2026-03-02 15:00")

    assert (delay(journey).kind, delay(journey).party) == (CauseKind.NO_RECEIPT, "receiver")


def test_a_refusal_that_nobody_takes_note_of_is_the_senders() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30").walks("commune-intake")
    journey.later(seconds=5).delivered("land-extract")
    journey.later(minutes=5).refuses("land-extract", "incomplete")
    journey.later(hours=2)

    found = delay(journey)

    assert (found.kind, found.party) == (CauseKind.UNACKNOWLEDGED, "sender")
    assert found.agency == COMMUNE


def test_where_nobody_is_late_it_is_the_plan() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30")

    found = delay(journey)

    assert (found.kind, found.party, found.step) == (CauseKind.PLAN, "law", None)
    assert [proof.act for proof in found.proof] == ["transfer.submitted"]


def test_a_failure_of_the_network_is_not_its_receivers_apology() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30").walks("commune-intake")
    journey.time("2026-03-06 09:00")

    letter = drafted(journey)

    assert letter.delay.party == "network"
    assert letter.delay.agency == LAND_OFFICE
    assert letter.author == COMMUNE


def test_what_came_back_to_the_originator_is_its_own_delay() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30")
    journey.later(seconds=5).delivered("commune-intake")
    journey.later(minutes=5).returns("commune-intake", "origin")
    journey.delivered("origin")
    journey.receives("origin", by=COMMUNE)
    journey.time("2026-03-05 09:00")

    found = delay(journey)

    assert (found.kind, found.party, found.step) == (CauseKind.OVERDUE, "sender", "origin")


def test_what_a_late_turn_lost_on_the_road_is_the_networks() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30").walks("commune-intake")
    journey.at("2026-03-04 17:00").delivered("land-extract")
    journey.later(minutes=5).receives("land-extract")
    journey.later(minutes=10).completes("land-extract")

    found = delay(journey)

    assert (found.kind, found.party) == (CauseKind.WAS_LATE, "network")


def test_a_letter_never_blames_whom_the_charges_do_not() -> None:
    journey = at_the_land_office()

    found = delay(journey)

    charged = by_hop(charges(journey.transfer, journey.now))["land-extract", 1]
    assert charged[found.party] == max(charged.values())


def test_a_late_branch_that_nothing_waits_for_is_not_the_cause() -> None:
    journey = submit(DEATH, "2026-03-02 08:30", benefit="social_insurance", death_check="simple")
    journey.walks("civil-status")
    late, waited_for = [
        hop.step for hop in journey.transfer.hops.values() if hop.is_running and hop.clock.budget
    ][:2]
    for step in (late, waited_for):
        journey.delivered(step)
        journey.receives(step)
    until = vn("2026-03-24 17:00")
    journey.says(Kind.HOP_EXTENDED, waited_for, until=until, reason="x", legal_basis="NĐ 61/2018")
    journey.time("2026-03-24 16:00")
    journey.completes(late)
    journey.time("2026-03-25 09:00")

    found = delay(journey)

    # By its own limit the other one was late for weeks; but nothing has waited for it.
    assert (found.kind, found.step) == (CauseKind.OVERDUE, waited_for)
