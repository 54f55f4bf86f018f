"""Receipt: the agency says that it has the dossier, or shows it by its work."""

from datetime import timedelta

from routing.lifecycle.instants import written
from routing.lifecycle.model import LimitName
from tests.unit.lifecycle.journey import BIRTH, LAND, submit, vn


def test_a_receipt_is_dated_by_when_we_recorded_it() -> None:
    journey = submit(LAND, "2026-03-02 08:30")
    journey.at("2026-03-02 08:31").delivered("land-check")

    journey.at("2026-03-02 09:00").receives("land-check")

    assert journey.state("land-check") == "received"
    assert journey.hop("land-check").received_at == vn("2026-03-02 09:00")
    assert journey.last.sends == ()


def test_a_received_based_clock_starts_with_the_receipt() -> None:
    journey = submit(BIRTH, "2026-03-02 08:30", residence_check="simple")
    journey.at("2026-03-02 08:31").delivered("civil-status")

    journey.at("2026-03-02 09:00").receives("civil-status")

    assert journey.hop("civil-status").clock.deadline_at == vn("2026-03-03 09:00")
    assert journey.last.entries[0].facts["deadline_at"] == "2026-03-03T02:00:00Z"


def test_a_receipt_before_our_own_confirmation_implies_the_delivery() -> None:
    journey = submit(LAND, "2026-03-02 08:30")

    journey.at("2026-03-02 08:32").receives("land-check")

    assert journey.state("land-check") == "received"
    assert journey.hop("land-check").delivered_at == vn("2026-03-02 08:32")


def test_a_claim_up_to_five_minutes_old_counts_and_is_flagged() -> None:
    journey = submit(BIRTH, "2026-03-02 08:30", residence_check="simple")
    journey.at("2026-03-02 08:31").delivered("civil-status")

    journey.at("2026-03-02 09:00").receives("civil-status", claimed=vn("2026-03-02 08:56"))

    assert journey.hop("civil-status").received_at == vn("2026-03-02 08:56")
    facts = journey.last.entries[0].facts
    assert facts["counts"] == "claimed"
    assert facts["claimed_at"] == written(vn("2026-03-02 08:56"))
    assert facts["recorded_at"] == written(vn("2026-03-02 09:00"))


def test_an_older_claim_is_kept_but_the_recording_counts() -> None:
    journey = submit(LAND, "2026-03-02 08:30")
    journey.at("2026-03-02 08:31").delivered("land-check")

    journey.at("2026-03-02 09:00").receives("land-check", claimed=vn("2026-03-02 08:54"))

    assert journey.hop("land-check").received_at == vn("2026-03-02 09:00")
    assert journey.last.entries[0].facts["counts"] == "recorded"


def test_a_claim_before_the_hops_last_event_or_in_the_future_does_not_count() -> None:
    journey = submit(LAND, "2026-03-02 08:30")
    journey.at("2026-03-02 08:58").delivered("land-check")

    journey.at("2026-03-02 09:00").receives("land-check", claimed=vn("2026-03-02 08:57"))
    assert journey.hop("land-check").received_at == vn("2026-03-02 09:00")

    journey.at("2026-03-02 09:10").completes("land-check", claimed=vn("2026-03-02 09:11"))
    assert journey.hop("land-check").ended_at == vn("2026-03-02 09:10")


def test_a_claim_inside_our_own_outage_counts_however_old() -> None:
    journey = submit(LAND, "2026-03-02 08:30")
    journey.at("2026-03-02 08:31").delivered("land-check")
    journey.declares(None, "2026-03-02 08:40", "2026-03-02 13:00")

    journey.at("2026-03-02 13:00").receives("land-check", claimed=vn("2026-03-02 09:00"))

    assert journey.hop("land-check").received_at == vn("2026-03-02 09:00")


def test_the_agencys_own_received_at_is_its_claim() -> None:
    journey = submit(BIRTH, "2026-03-02 08:30", residence_check="simple")
    journey.at("2026-03-02 08:31").delivered("civil-status")

    journey.at("2026-03-02 09:00").receives(
        "civil-status", received_at=journey.now - timedelta(minutes=2)
    )

    assert journey.hop("civil-status").received_at == vn("2026-03-02 08:58")


def test_without_a_receipt_the_clock_starts_when_the_receipt_limit_ends() -> None:
    journey = submit(BIRTH, "2026-03-02 08:30", residence_check="simple")
    journey.at("2026-03-02 08:31").delivered("civil-status")

    journey.time("2026-03-02 10:33")

    hop = journey.hop("civil-status")
    assert hop.state == "delivered"
    assert hop.clock.arrived_at == vn("2026-03-02 10:31")
    assert hop.clock.deadline_at == vn("2026-03-03 10:31")
    assert hop.clock.breached == (LimitName.RECEIPT,)


def test_a_late_receipt_does_not_move_that_start() -> None:
    journey = submit(BIRTH, "2026-03-02 08:30", residence_check="simple")
    journey.at("2026-03-02 08:31").delivered("civil-status")
    journey.time("2026-03-02 10:33")

    journey.at("2026-03-02 14:00").receives("civil-status")

    assert journey.hop("civil-status").clock.arrived_at == vn("2026-03-02 10:31")
    assert journey.hop("civil-status").received_at == vn("2026-03-02 14:00")


def test_a_late_receipt_is_a_breach_even_if_the_timekeeper_was_not_there() -> None:
    journey = submit(BIRTH, "2026-03-02 08:30", residence_check="simple")
    journey.at("2026-03-02 08:31").delivered("civil-status")

    journey.at("2026-03-02 14:00").receives("civil-status")

    assert journey.hop("civil-status").clock.breached == (LimitName.RECEIPT,)
    assert journey.hop("civil-status").clock.arrived_at == vn("2026-03-02 10:31")
    assert journey.acted() == ["clock.breached", "hop.received"]


def test_later_proof_of_a_timely_receipt_takes_the_breach_back() -> None:
    journey = submit(BIRTH, "2026-03-02 08:30", residence_check="simple")
    journey.at("2026-03-02 08:31").delivered("civil-status")
    journey.time("2026-03-02 10:33")

    journey.at("2026-03-02 10:34").receives("civil-status", claimed=vn("2026-03-02 10:30"))

    hop = journey.hop("civil-status")
    assert hop.clock.breached == ()
    assert hop.clock.arrived_at == vn("2026-03-02 10:30")
    assert journey.acted() == ["clock.corrected", "hop.received"]


def test_an_implied_receipt_is_dated_no_later_than_its_limit() -> None:
    journey = submit(BIRTH, "2026-03-02 08:30", residence_check="simple")
    journey.at("2026-03-02 08:31").delivered("civil-status")

    journey.at("2026-03-02 16:00").completes("civil-status")

    hop = journey.hop("civil-status")
    assert hop.received_at == vn("2026-03-02 10:31")
    assert hop.ended_at == vn("2026-03-02 16:00")
    assert hop.clock.arrived_at == vn("2026-03-02 10:31")
