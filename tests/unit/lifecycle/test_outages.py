"""Outages: a declared one holds the clocks of those concerned, and nothing but the clocks."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from routing.lifecycle.model import LimitName
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import BIRTH, COMMUNE, LAND, PERMIT, Journey, submit, vn

WEEK = "2026-03-02 08:30"
"""Monday. `land-check` begins with the submission: 2 wd, so it is due on Wednesday at 08:30."""


def checking() -> tuple[Journey, str]:
    """Return a transfer whose first hop was received, and that hop's agency."""
    journey = submit(LAND, WEEK)
    journey.at("2026-03-02 08:31").delivered("land-check")
    journey.at("2026-03-02 08:40").receives("land-check")
    agency = journey.hop("land-check").agency
    assert agency is not None
    return journey, agency


def deadline(journey: Journey, step: str = "land-check") -> datetime | None:
    return journey.hop(step).clock.deadline_at


def test_while_its_agency_is_away_a_hop_stands_and_its_state_stays() -> None:
    journey, agency = checking()
    before = deadline(journey)
    journey.declares(agency, "2026-03-02 10:00")

    journey.time("2026-03-02 10:05")

    assert before is not None
    assert deadline(journey) is None
    assert journey.state("land-check") == "received"
    assert journey.transfer.next_instant() is None
    [hop, total] = journey.last.entries
    assert (hop.act, hop.step, hop.reason) == ("clock.paused", "land-check", "outage")
    assert hop.legal_at == vn("2026-03-02 10:00")
    assert hop.legal_basis == "NĐ 99/2022 Điều 16.3"
    assert (total.act, total.step, total.legal_at) == ("clock.paused", None, hop.legal_at)
    assert journey.last.sends == ()


def test_when_the_system_is_back_the_clock_goes_on_with_what_was_left() -> None:
    journey, agency = checking()
    total = journey.transfer.clock.deadline_at
    outage = journey.declares(agency, "2026-03-02 10:00")
    journey.time("2026-03-02 10:05")

    journey.ends(outage, "2026-03-02 15:30")
    journey.time("2026-03-02 15:31")

    assert deadline(journey) == vn("2026-03-04 14:00")  # 3.5 working hours later
    assert total == vn("2026-03-09 08:30")
    assert journey.transfer.clock.deadline_at == vn("2026-03-09 14:00")
    [hop, whole] = journey.last.entries
    assert (hop.act, hop.legal_at) == ("clock.resumed", vn("2026-03-02 15:30"))
    assert hop.facts["deadline_at"] == "2026-03-04T07:00:00Z"
    assert (whole.act, whole.step) == ("clock.resumed", None)


def test_an_outage_of_another_agency_holds_nothing() -> None:
    journey, _ = checking()
    before = journey.transfer
    journey.declares("G12.05.33.001", "2026-03-02 10:00")

    journey.time("2026-03-02 10:05")

    assert journey.transfer == before


def test_a_shared_system_holds_the_hops_of_all_whom_it_serves() -> None:
    journey, agency = checking()
    outage = journey.declares("H31.15", "2026-03-02 10:00")
    journey.redeclares(replace(journey.outages[outage], covers=("H31.15", agency)))

    journey.time("2026-03-02 10:05")

    assert journey.hop("land-check").clock.held_since == vn("2026-03-02 10:00")


def test_an_outage_of_ours_holds_every_hop_under_way() -> None:
    journey = submit(PERMIT, WEEK, works="separate_house", act="new", opinion_fire=True)
    running = [hop.step for hop in journey.transfer.hops.values() if hop.is_running]
    journey.declares(None, "2026-03-02 09:00")

    journey.time("2026-03-02 09:01")

    assert running
    assert all(journey.hop(step).clock.held for step in running)


def test_told_again_and_again_it_counts_once() -> None:
    journey, agency = checking()
    journey.declares(agency, "2026-03-02 10:00", "2026-03-02 15:30")
    journey.time("2026-03-02 15:31")
    after = journey.transfer

    journey.time("2026-03-02 15:32")

    assert journey.last.entries == ()
    assert journey.transfer == after


def test_two_outages_at_once_count_once() -> None:
    journey, agency = checking()
    journey.declares(agency, "2026-03-02 10:00", "2026-03-02 11:00")
    ours = journey.declares(None, "2026-03-02 10:30")

    journey.time("2026-03-02 11:05")
    assert deadline(journey) is None

    journey.ends(ours, "2026-03-02 11:30")
    journey.time("2026-03-02 11:31")
    assert deadline(journey) == vn("2026-03-04 10:00")


def test_with_a_supplement_pause_it_counts_once() -> None:
    journey, agency = checking()
    journey.at("2026-03-02 09:30").pauses("land-check")
    outage = journey.declares(agency, "2026-03-02 10:00")
    journey.time("2026-03-02 10:05")

    journey.at("2026-03-02 10:30").says(
        Kind.SUPPLEMENT_PROVIDED, "land-check", by=COMMUNE, note="x"
    )
    assert journey.state("land-check") == "received"
    assert deadline(journey) is None

    journey.ends(outage, "2026-03-02 11:00")
    journey.time("2026-03-02 11:01")
    assert deadline(journey) == vn("2026-03-04 10:00")  # 09:30 to 11:00


def test_a_hop_offered_during_the_outage_starts_held() -> None:
    journey = submit(LAND, WEEK, obligation="transfer_taxes")
    journey.at("2026-03-02 08:31").delivered("land-check")
    following = journey.transfer.itinerary.steps[1]
    outage = journey.declares(following.agency, "2026-03-02 09:00")

    journey.at("2026-03-02 10:00").completes("land-check")

    hop = journey.hop(following.id)
    assert hop.state == "dispatching"
    assert [hold.start for hold in hop.clock.held] == [vn("2026-03-02 10:00")]
    assert (hop.clock.deadline_at, hop.deliver_by, hop.receive_by) == (None, None, None)
    [offer] = journey.sent(Kind.HANDOVER_OFFERED)
    assert offer.data["receive_by"] is None
    assert offer.data["complete_by"] is None

    journey.ends(outage, "2026-03-02 11:00")
    journey.time("2026-03-02 11:01")
    hop = journey.hop(following.id)
    assert hop.deliver_by == vn("2026-03-02 11:10")
    assert hop.receive_by == vn("2026-03-02 15:00")


def test_limits_between_machines_move_by_the_outage() -> None:
    journey = submit(LAND, WEEK)
    outage = journey.declares(journey.hop("land-check").agency, "2026-03-02 08:36")
    journey.time("2026-03-02 08:37")
    assert journey.hop("land-check").deliver_by is None

    journey.ends(outage, "2026-03-02 09:36")
    journey.time("2026-03-02 09:37")
    assert journey.hop("land-check").deliver_by == vn("2026-03-02 09:40")

    journey.at("2026-03-02 09:38").delivered("land-check")
    assert journey.hop("land-check").receive_by == vn("2026-03-02 13:38")
    assert journey.hop("land-check").clock.breached == ()


def test_a_breach_inside_an_outage_that_is_declared_later_is_taken_back() -> None:
    journey = submit(LAND, WEEK)
    journey.time("2026-03-02 08:45")
    assert journey.hop("land-check").clock.breached == (LimitName.HANDOVER,)
    outage = journey.declares(journey.hop("land-check").agency, "2026-03-02 08:35")

    journey.time("2026-03-02 08:46")
    assert journey.hop("land-check").clock.breached == ()
    assert ("clock.corrected", "handover") in [(e.act, e.reason) for e in journey.last.entries]

    journey.ends(outage, "2026-03-02 09:00")
    journey.time("2026-03-02 09:04")
    assert journey.hop("land-check").clock.breached == ()
    journey.time("2026-03-02 09:06")
    assert journey.hop("land-check").clock.breached == (LimitName.HANDOVER,)
    assert [entry.legal_at for entry in journey.last.entries] == [vn("2026-03-02 09:05")]


def test_a_deadline_that_passed_before_the_outage_began_stays_passed() -> None:
    journey, agency = checking()
    journey.declares(agency, "2026-03-04 08:31")

    journey.time("2026-03-04 08:33")

    hop = journey.hop("land-check")
    assert LimitName.DEADLINE in hop.clock.breached
    assert hop.clock.deadline_at == vn("2026-03-04 08:30")


def test_an_overdue_hop_is_not_overdue_if_its_agency_was_away_before() -> None:
    journey, agency = checking()
    journey.time("2026-03-04 08:33")
    assert LimitName.DEADLINE in journey.hop("land-check").clock.breached

    journey.declares(agency, "2026-03-02 10:00", "2026-03-02 11:00")
    journey.time("2026-03-04 08:34")

    hop = journey.hop("land-check")
    assert hop.clock.deadline_at == vn("2026-03-04 09:30")
    assert LimitName.DEADLINE not in hop.clock.breached
    journey.time("2026-03-04 09:33")
    assert LimitName.DEADLINE in journey.hop("land-check").clock.breached


def test_a_warning_that_comes_later_now_is_given_again_then() -> None:
    journey, agency = checking()
    journey.time("2026-03-03 08:31")
    assert journey.hop("land-check").clock.warned == ("1wd",)

    outage = journey.declares(agency, "2026-03-02 09:00")
    journey.time("2026-03-03 08:40")
    assert journey.hop("land-check").clock.warned == ()

    journey.ends(outage, "2026-03-03 08:45")
    journey.time("2026-03-03 08:46")
    assert journey.hop("land-check").clock.warn_at[0] == ("1wd", vn("2026-03-04 08:15"))


def test_a_receipt_limit_that_had_not_passed_starts_no_clock() -> None:
    journey = submit(BIRTH, WEEK, residence_check="simple")
    journey.at("2026-03-02 08:31").delivered("civil-status")
    journey.time("2026-03-02 10:40")
    assert journey.hop("civil-status").clock.started_at is not None

    journey.declares(journey.hop("civil-status").agency, "2026-03-02 09:00")
    journey.time("2026-03-02 10:41")

    hop = journey.hop("civil-status")
    assert hop.clock.started_at is None
    assert hop.clock.breached == ()


def test_silence_is_no_consent_while_the_agency_is_away() -> None:
    journey = submit(PERMIT, WEEK, works="separate_house", act="new", opinion_fire=True)
    while not any(hop.lapses and hop.is_running for hop in journey.transfer.hops.values()):
        journey.walks(*[hop.step for hop in journey.transfer.hops.values() if hop.is_running])
    [asked] = [hop for hop in journey.transfer.hops.values() if hop.lapses and hop.is_running]
    journey.later(seconds=5).delivered(asked.step)
    due_at = deadline(journey, asked.step)
    assert due_at is not None
    begins = journey.later(minutes=1).now
    outage = journey.declares(asked.agency, begins)

    journey.now = due_at
    journey.later(hours=1).time()
    assert journey.state(asked.step) == "delivered"

    journey.ends(outage, journey.now)
    journey.later(days=14).time()
    assert journey.state(asked.step) == "lapsed"


def test_who_finishes_during_the_outage_has_stood_until_then() -> None:
    journey, agency = checking()
    outage = journey.declares(agency, "2026-03-02 10:00")
    journey.time("2026-03-02 10:05")

    journey.at("2026-03-02 11:00").completes("land-check")

    hop = journey.hop("land-check")
    assert hop.state == "completed"
    [pause] = hop.clock.pauses
    assert (pause.start, pause.end) == (vn("2026-03-02 10:00"), vn("2026-03-02 11:00"))
    assert pause.legal_basis == "NĐ 99/2022 Điều 16.3"
    assert hop.clock.breached == ()
    assert [hold.start for hold in journey.hop("certificate").clock.held] == [
        vn("2026-03-02 11:00")
    ]

    journey.ends(outage, "2026-03-02 15:00")
    journey.time("2026-03-02 15:01")
    assert journey.hop("land-check") == hop


def test_a_hop_that_ended_before_it_was_declared_stays_as_it_ended() -> None:
    journey, agency = checking()
    journey.at("2026-03-02 11:00").completes("land-check")
    ended = journey.hop("land-check")

    journey.declares(agency, "2026-03-02 10:00", "2026-03-02 10:30")
    journey.time("2026-03-02 11:01")

    assert journey.hop("land-check") == ended


def test_an_outage_declared_by_mistake_gives_back_what_it_held() -> None:
    journey, agency = checking()
    before = deadline(journey)
    outage = journey.declares(agency, "2026-03-02 10:00")
    journey.time("2026-03-02 10:05")

    journey.takes_back(outage)
    journey.time("2026-03-02 10:10")

    assert deadline(journey) == before
    assert journey.transfer.clock.held == ()
    assert [entry.act for entry in journey.last.entries] == ["clock.corrected"] * 2


def test_the_next_agency_is_not_held_for_the_one_before_it() -> None:
    journey, agency = checking()
    journey.declares(agency, "2026-03-02 10:00")
    journey.time("2026-03-02 10:05")

    journey.at("2026-03-02 11:00").acts("redirect", "land-check", agency="H31.14")

    hop = journey.hop("land-check")
    assert hop.agency == "H31.14"
    assert hop.clock.held == ()
    assert hop.clock.deadline_at == vn("2026-03-04 09:30")


def test_an_extended_deadline_moves_by_what_stands_after_the_extension() -> None:
    journey, agency = checking()
    journey.at("2026-03-02 09:00").says(
        Kind.HOP_EXTENDED, "land-check", until=vn("2026-03-04 16:00"), reason="x", legal_basis="NĐ"
    )
    journey.declares(agency, "2026-03-02 10:00", "2026-03-02 11:00")

    journey.time("2026-03-02 11:05")

    assert deadline(journey) == vn("2026-03-04 17:00")


def test_a_message_keeps_its_own_claim_when_an_outage_is_entered_before_it() -> None:
    journey, agency = checking()
    journey.declares(agency, "2026-03-02 10:00", "2026-03-02 11:00")

    journey.at("2026-03-02 11:30").completes("land-check", claimed=vn("2026-03-02 11:28"))

    held, done = journey.last.entries[0], journey.last.entries[-1]
    by_act = {entry.act: entry for entry in journey.last.entries}
    assert held.cause is None
    assert "claimed_at" not in held.facts
    assert by_act["hop.completed"].facts["counts"] == "claimed"
    assert isinstance(done.cause, UUID)


def test_an_announced_end_lets_go_by_itself() -> None:
    journey, agency = checking()
    journey.declares(agency, "2026-03-02 10:00", "2026-03-02 11:00")

    journey.time("2026-03-02 10:30")
    assert deadline(journey) is None

    journey.time("2026-03-02 11:00")
    assert deadline(journey) == vn("2026-03-04 09:30")
