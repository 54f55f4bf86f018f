"""Handing over: what becomes of an offer until the agency has it."""

from routing.lifecycle.model import LimitName
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import LAND, submit, vn


def test_a_confirmed_hand_over_starts_the_receipt_limit() -> None:
    journey = submit(LAND, "2026-03-02 08:30")

    journey.at("2026-03-02 08:31").delivered("land-check")

    hop = journey.hop("land-check")
    assert hop.state == "delivered"
    assert hop.delivered_at == vn("2026-03-02 08:31")
    assert hop.receive_by == vn("2026-03-02 10:31")
    assert journey.acted() == ["hop.delivered"]


def test_a_second_confirmation_is_a_repeat() -> None:
    journey = submit(LAND)
    journey.later(seconds=5).delivered("land-check")

    again = journey.later(seconds=5).delivered("land-check")

    assert again.repeated


def test_a_confirmation_after_the_answer_changes_nothing() -> None:
    journey = submit(LAND)
    journey.later(minutes=1).receives("land-check")

    late = journey.later(seconds=5).delivered("land-check")

    assert late.repeated
    assert journey.state("land-check") == "received"


def test_in_a_mailbox_the_hand_over_limit_is_met_and_the_receipt_limit_runs() -> None:
    journey = submit(LAND, "2026-03-02 08:30")
    journey.available("land-check")

    journey.time("2026-03-02 09:00")
    assert journey.hop("land-check").clock.breached == ()

    journey.time("2026-03-02 10:32")
    assert journey.hop("land-check").clock.breached == (LimitName.RECEIPT,)


def test_the_agencys_ack_delivers_what_lay_in_the_mailbox_without_a_new_limit() -> None:
    journey = submit(LAND, "2026-03-02 08:30")
    journey.available("land-check")

    journey.at("2026-03-02 09:30").delivered("land-check")

    assert journey.state("land-check") == "delivered"
    assert journey.hop("land-check").receive_by == vn("2026-03-02 10:30")


def test_showing_it_in_the_mailbox_twice_is_a_repeat() -> None:
    journey = submit(LAND)
    journey.available("land-check")

    assert journey.later(seconds=1).available("land-check").repeated


def test_a_permanent_failure_waits_for_a_person() -> None:
    journey = submit(LAND)

    journey.later(seconds=5).undeliverable("land-check", "no-queue")

    hop = journey.hop("land-check")
    assert hop.state == "dispatching"
    assert hop.failure is not None
    assert hop.failure["kind"] == "undeliverable"
    assert journey.last.entries[0].reason == "no-queue"


def test_a_passing_failure_is_only_entered() -> None:
    journey = submit(LAND)

    journey.later(seconds=5).undeliverable("land-check", "timeout", permanent=False)

    assert journey.hop("land-check").failure is None


def test_a_hand_over_that_crosses_its_cancellation_is_taken_back() -> None:
    journey = submit(LAND)
    journey.says(Kind.TRANSFER_WITHDRAWN, reason="thôi")
    agency = journey.hop("land-check").agency

    journey.later(seconds=5).delivered("land-check")

    assert journey.state("land-check") == "withdrawn"
    assert journey.told() == [(agency, "handover.cancelled")]
    assert journey.last.sends[0].data["reason"] == "withdrawn"
    assert journey.later(seconds=5).delivered("land-check").repeated
