"""A submission opens a transfer: planned, clocked, and handed over to whoever comes first."""

from datetime import date, timedelta

from routing.lifecycle.instants import written
from routing.lifecycle.model import HopState, TransferState
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import (
    ALLOCATION,
    BIRTH,
    COMMUNE,
    DEATH,
    LAND,
    PERMIT,
    declined,
    knowing_until,
    submit,
    tables,
    try_to_submit,
    vn,
)


def test_the_first_step_is_dispatched_and_the_others_are_planned() -> None:
    journey = submit(LAND, "2026-03-02 08:30")

    assert journey.transfer.state is TransferState.OPEN
    assert [(hop.step, str(hop.state)) for hop in journey.transfer.hops.values()] == [
        ("origin", "completed"),
        ("land-check", "dispatching"),
        ("tax", "planned"),
        ("certificate", "planned"),
    ]
    assert journey.acted() == ["transfer.submitted", "hop.dispatched"]


def test_the_handover_says_what_who_and_by_when_and_whose_words_belong_in_it() -> None:
    journey = submit(LAND, "2026-03-02 08:30")

    [handover] = journey.last.sends
    assert handover.kind is Kind.HANDOVER_OFFERED
    assert handover.to == journey.hop("land-check").agency
    assert handover.data["sender"] == COMMUNE
    assert handover.data["complete_by"] == written(vn("2026-03-04 08:30"))
    assert handover.data["receive_by"] == written(vn("2026-03-02 10:30"))
    assert handover.data["budget"] == "2 wd"
    assert handover.splice == (journey.transfer.submission_ref,)


def test_the_hand_over_limit_is_ten_minutes() -> None:
    journey = submit(LAND, "2026-03-02 08:30")

    assert journey.hop("land-check").deliver_by == vn("2026-03-02 08:40")
    assert journey.transfer.next_instant() == vn("2026-03-02 08:40")


def test_the_overall_clock_counts_from_the_receipt_at_the_counter() -> None:
    journey = submit(LAND, "2026-03-03 09:00", received_at=vn("2026-03-02 15:01"))

    assert journey.transfer.clock.started_at == vn("2026-03-03 07:30")
    assert journey.transfer.clock.deadline_at == vn("2026-03-09 17:30")


def test_parallel_first_steps_are_handed_over_together() -> None:
    journey = submit(DEATH, benefit="social_insurance").walks("civil-status")

    assert journey.state("residence-removal") == "dispatching"
    assert journey.state("social-insurance") == "dispatching"
    assert [send.to for send in journey.sent(Kind.HANDOVER_OFFERED)] == [
        journey.hop("residence-removal").agency,
        journey.hop("social-insurance").agency,
    ]


def test_a_received_based_clock_has_not_started() -> None:
    journey = submit(BIRTH, residence_check="simple")

    assert journey.hop("civil-status").clock.arrived_at is None
    assert journey.last.sends[0].data["complete_by"] is None


def test_a_dossier_cannot_be_received_in_the_future() -> None:
    result, *_ = try_to_submit(LAND, "2026-03-02 08:30", received_at=vn("2026-03-02 08:36"))

    assert declined(result).slug == "invalid-value"
    assert declined(result).pointer == "/data/received_at"


def test_a_clock_that_is_a_little_fast_is_forgiven() -> None:
    journey = submit(LAND, "2026-03-02 08:30", received_at=vn("2026-03-02 08:34"))

    assert journey.transfer.received_at == vn("2026-03-02 08:34")


def test_what_cannot_be_routed_is_declined_with_a_pointer() -> None:
    unknown, *_ = try_to_submit("7.777777", "2026-03-02 08:30")
    nowhere, *_ = try_to_submit(LAND, "2026-03-02 08:30", unit="99999")
    nothing, *_ = try_to_submit(DEATH, "2026-03-02 08:30")

    assert declined(unknown).slug == "unknown-procedure"
    assert declined(nowhere).slug == "unknown-unit"
    assert declined(nothing).pointer == "/data/facts/benefit"


def test_only_declared_facts_are_taken_from_the_originator_and_kept_from_an_agency() -> None:
    refused, *_ = try_to_submit(LAND, "2026-03-02 08:30", obligation="none", shoe_size=44)
    journey = submit(LAND, obligation="none")

    corrected = journey.tries(Kind.TRANSFER_CORRECTED, facts={"shoe_size": 44}, reason="x")
    added = journey.tries(
        Kind.SUPPLEMENT_PROVIDED, "land-check", by=COMMUNE, facts={"shoe_size": 44}
    )
    journey.completes("land-check", facts={"shoe_size": 44})

    for result in (refused, corrected, added):
        assert declined(result).slug == "unknown-field"
        assert declined(result).pointer == "/data/facts/shoe_size"
    assert dict(journey.transfer.facts) == {"obligation": "none"}


def test_an_undecided_calendar_leaves_the_deadline_open_and_stops_nothing() -> None:
    journey = submit(ALLOCATION, "2027-02-03 16:00")

    assert journey.state("commune-intake") == "dispatching"
    assert journey.hop("commune-intake").clock.deadline_at is None
    assert journey.hop("commune-intake").clock.calendar_missing
    assert journey.transfer.clock.calendar_missing
    assert journey.entries[0].facts["overall"]["calendar_missing"] is True


def test_the_clock_starts_when_the_calendar_becomes_known() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30", context=knowing_until(date(2026, 3, 2)))
    assert journey.hop("commune-intake").clock.calendar_missing

    journey.context = tables()
    journey.later(minutes=1).time()

    assert journey.hop("commune-intake").clock.deadline_at == vn("2026-03-03 08:30")
    assert journey.transfer.clock.deadline_at == vn("2026-03-09 08:30")
    assert journey.acted() == ["clock.known", "clock.known"]


def test_a_condition_that_is_false_at_the_start_skips_the_step() -> None:
    journey = submit(PERMIT, works="separate_house", act="new")

    assert journey.state("appraise-province") == "skipped"
    assert journey.state("appraise-local") == "dispatching"
    assert journey.hop("appraise-province").state is HopState.SKIPPED


def test_a_submission_claimed_a_minute_ago_counts_from_then() -> None:
    at = vn("2026-03-02 08:30")

    journey = submit(LAND, "2026-03-02 08:30", claimed=at - timedelta(minutes=1))

    assert journey.transfer.submitted_at == vn("2026-03-02 08:29")
    assert journey.entries[0].facts["counts"] == "claimed"
