"""Supplements: until when, how often, and what follows when the citizen stays silent."""

from datetime import timedelta

from routing.lifecycle.counted import supplements_asked
from routing.lifecycle.instants import written
from routing.lifecycle.model import LimitName, TransferState
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import (
    ALLOCATION,
    BIRTH,
    COMMUNE,
    PERMIT,
    Journey,
    declined,
    submit,
    vn,
)

STEP = "civil-status"
APPRAISAL = "appraise-local"


def birth() -> Journey:
    """A birth in September 2026, at the commune's civil status office on a Monday morning."""
    journey = submit(BIRTH, "2026-09-07 08:30", residence_check="simple")
    journey.at("2026-09-07 08:31").delivered(STEP)
    journey.at("2026-09-07 08:35").receives(STEP)
    return journey


def permit(day: str = "2026-09-07") -> Journey:
    journey = submit(PERMIT, f"{day} 08:30", works="separate_house", act="new")
    journey.at(f"{day} 08:31").delivered(APPRAISAL)
    journey.at(f"{day} 08:35").receives(APPRAISAL)
    return journey


def provide(journey: Journey, step: str = STEP, **more: object) -> object:
    return journey.tries(Kind.SUPPLEMENT_PROVIDED, step, by=COMMUNE, note="x", **more)  # type: ignore[arg-type]


def test_the_citizen_has_the_working_days_that_the_law_gives_and_is_told_until_when() -> None:
    journey = birth()

    journey.at("2026-09-07 10:30").pauses(STEP)

    # Seven working days from Monday 10:30.
    assert journey.hop(STEP).supplement_by == vn("2026-09-16 10:30")
    [request] = journey.sent(Kind.SUPPLEMENT_REQUESTED)
    assert request.data["until"] == written(vn("2026-09-16 10:30"))
    assert journey.last.entries[0].facts["until"] == request.data["until"]


def test_where_no_law_was_found_there_is_no_limit() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30")

    journey.at("2026-03-02 10:30").pauses("commune-intake")

    assert journey.hop("commune-intake").supplement_by is None
    assert "until" not in journey.sent(Kind.SUPPLEMENT_REQUESTED)[0].data


def test_an_agencys_own_earlier_date_holds_and_a_later_one_does_not() -> None:
    sooner, later = birth(), birth()

    sooner.at("2026-09-07 10:30").pauses(STEP, until=vn("2026-09-10 17:30"))
    later.at("2026-09-07 10:30").pauses(STEP, until=vn("2026-09-30 17:30"))

    assert sooner.hop(STEP).supplement_by == vn("2026-09-10 17:30")
    assert later.hop(STEP).supplement_by == vn("2026-09-16 10:30")


def test_a_missed_supplement_stops_the_transfer_by_its_article_as_of_the_limit() -> None:
    journey = birth()
    journey.at("2026-09-07 10:30").pauses(STEP)
    assert journey.transfer.next_instant() == vn("2026-09-16 10:32")

    journey.time("2026-09-16 10:32")

    assert journey.transfer.state is TransferState.STOPPED
    assert journey.transfer.ended_at == vn("2026-09-16 10:30")
    assert journey.state(STEP) == "stopped"
    assert journey.hop(STEP).clock.breached == (LimitName.SUPPLEMENT,)
    breach, hop, *_, transfer = journey.last.entries
    assert (breach.act, breach.reason) == ("clock.breached", "supplement")
    assert (hop.act, transfer.act) == ("hop.stopped", "transfer.stopped")
    assert transfer.reason == "supplement-missed"
    assert transfer.legal_basis == "NĐ 301/2026/NĐ-CP, Điều 5-7"
    assert transfer.actor == "gateway"
    [finished] = [s for s in journey.sent(Kind.TRANSFER_FINISHED) if s.to == COMMUNE]
    assert finished.data["reason"] == "supplement-missed"
    assert journey.hop(STEP).agency in {s.to for s in journey.sent(Kind.HANDOVER_CANCELLED)}


def test_before_the_grace_has_passed_nothing_is_stopped() -> None:
    journey = birth()
    journey.at("2026-09-07 10:30").pauses(STEP)

    journey.time("2026-09-16 10:31")

    assert journey.transfer.state is TransferState.OPEN


def test_what_was_provided_in_time_and_read_late_wins() -> None:
    journey = birth()
    journey.at("2026-09-07 10:30").pauses(STEP)

    provided_at = vn("2026-09-16 10:30")
    provide(journey.at("2026-09-16 10:31"), claimed=provided_at)

    assert journey.state(STEP) == "received"
    assert journey.hop(STEP).clock.breached == ()
    assert journey.hop(STEP).supplement_by is None
    assert journey.time("2026-09-16 10:40").transfer.state is TransferState.OPEN


def test_what_comes_after_the_limit_is_too_late_whether_or_not_the_timekeeper_was_first() -> None:
    before, after = birth(), birth()
    for journey in (before, after):
        journey.at("2026-09-07 10:30").pauses(STEP)
    after.time("2026-09-16 10:32")

    early = provide(before.at("2026-09-16 10:31"))
    late = provide(before.at("2026-09-16 11:00"))
    stopped = provide(after.at("2026-09-16 11:00"))

    for result in (early, late, stopped):
        assert declined(result).slug == "already-finished"  # type: ignore[arg-type]
    before.time()
    assert before.transfer.state is TransferState.STOPPED
    assert before.transfer.ended_at == after.transfer.ended_at


def test_an_answer_after_the_limit_meets_a_stopped_transfer() -> None:
    journey = birth()
    journey.at("2026-09-07 10:30").pauses(STEP)

    journey.at("2026-09-20 09:00").completes(STEP)

    assert journey.transfer.state is TransferState.STOPPED
    assert journey.transfer.ended_at == vn("2026-09-16 10:30")
    assert journey.acted()[-1] == "message.noted"


def test_resuming_ends_the_wait() -> None:
    journey = birth()
    journey.at("2026-09-07 10:30").pauses(STEP)

    journey.at("2026-09-08 09:00").says(Kind.HOP_RESUMED, STEP, reason="supplement")

    assert journey.hop(STEP).supplement_by is None
    assert journey.time("2026-09-30 09:00").transfer.state is TransferState.OPEN


def test_another_reason_to_pause_ends_the_wait_too() -> None:
    journey = birth()
    journey.at("2026-09-07 10:30").pauses(STEP)

    journey.at("2026-09-08 09:00").pauses(STEP, "confirmation")

    assert journey.hop(STEP).supplement_by is None
    assert journey.state(STEP) == "paused"


def test_the_time_for_a_supplement_is_the_citizens_on_no_hop_clock() -> None:
    journey = birth()
    deadline = journey.hop(STEP).clock.deadline_at
    assert deadline is not None
    journey.at("2026-09-07 10:30").pauses(STEP)

    provide(journey.at("2026-09-10 10:30"))

    assert journey.hop(STEP).clock.deadline_at == deadline + timedelta(days=3)


def test_where_the_law_does_not_stop_by_itself_who_asked_is_told_and_decides() -> None:
    journey = permit()
    journey.at("2026-09-07 10:30").pauses(APPRAISAL)
    assert journey.hop(APPRAISAL).supplement_by == vn("2026-09-09 10:30")

    journey.time("2026-09-09 10:32")

    agency = journey.hop(APPRAISAL).agency
    assert journey.transfer.state is TransferState.OPEN
    assert journey.state(APPRAISAL) == "paused"
    assert {send.to for send in journey.sent(Kind.CLOCK_BREACHED)} == {agency, COMMUNE}
    assert journey.transfer.next_instant() is None
    provide(journey.at("2026-09-10 09:00"), APPRAISAL)
    assert journey.state(APPRAISAL) == "received"


def test_late_there_is_a_breach_whichever_comes_first() -> None:
    journey = permit()
    journey.at("2026-09-07 10:30").pauses(APPRAISAL)

    provide(journey.at("2026-09-09 10:31"), APPRAISAL)

    assert journey.hop(APPRAISAL).clock.breached == (LimitName.SUPPLEMENT,)
    assert journey.state(APPRAISAL) == "received"


def test_a_second_request_where_one_is_allowed_is_declined_with_the_article() -> None:
    journey = permit()
    journey.at("2026-09-07 10:30").pauses(APPRAISAL)
    provide(journey.at("2026-09-08 09:00"), APPRAISAL)

    again = journey.at("2026-09-08 10:00").tries(
        Kind.HOP_PAUSED, APPRAISAL, reason="supplement", legal_basis="x"
    )
    by_operator = journey.tries_to("pause", APPRAISAL, pause_reason="supplement", legal_basis="x")

    for result in (again, by_operator):
        assert declined(result).slug == "illegal-transition"
        assert "NĐ 217/2026/NĐ-CP, Điều 53-54" in declined(result).detail
    assert journey.pauses(APPRAISAL, "outage")


def test_a_dossier_stays_under_the_law_it_came_in_under() -> None:
    journey = permit("2026-06-29")

    journey.at("2026-06-29 10:30").pauses(APPRAISAL)
    assert journey.hop(APPRAISAL).supplement_by is None
    provide(journey.at("2026-07-02 10:30"), APPRAISAL)

    assert journey.at("2026-07-02 11:00").pauses(APPRAISAL)


def test_a_request_carried_over_to_another_agency_is_still_one() -> None:
    journey = permit()
    journey.at("2026-09-07 10:30").pauses(APPRAISAL)

    journey.at("2026-09-08 10:30").acts("redirect", APPRAISAL, agency="H31.102")

    assert len(journey.transfer.hops) > 1
    assert supplements_asked(journey.transfer.hops.values()) == 1


def test_a_request_later_than_the_law_allows_holds_and_is_entered_as_exceeded() -> None:
    journey = birth()

    journey.at("2026-09-08 08:36").pauses(STEP)

    assert journey.state(STEP) == "paused"
    [late] = [e for e in journey.last.entries if e.reason == "request"]
    assert (late.act, late.step) == ("clock.breached", STEP)
    assert late.legal_basis == "NĐ 301/2026/NĐ-CP, Điều 5-7"
    assert late.facts["limit_at"] == written(vn("2026-09-08 08:35"))
    told = [send.data["limit"] for send in journey.sent(Kind.CLOCK_BREACHED)]
    assert "request" not in told


def test_at_the_limit_a_request_is_in_time() -> None:
    journey = birth()

    journey.at("2026-09-08 08:35").pauses(STEP)

    assert LimitName.REQUEST not in journey.hop(STEP).clock.breached


def test_an_outage_over_the_end_leaves_afterwards_what_was_left_when_it_began() -> None:
    journey = birth()
    journey.at("2026-09-07 10:30").pauses(STEP)
    journey.at("2026-09-16 12:00").declares(None, "2026-09-16 09:30", "2026-09-16 11:30")

    journey.time()

    assert journey.transfer.state is TransferState.OPEN
    assert journey.hop(STEP).supplement_by == vn("2026-09-16 12:30")
    [moved] = [entry for entry in journey.last.entries if entry.act == "supplement.extended"]
    assert moved.facts["from"] == written(vn("2026-09-16 10:30"))
    assert (COMMUNE, "hop.changed") in journey.told()
    after = journey.time("2026-09-16 12:32").transfer
    assert (str(after.state), after.ended_at) == ("stopped", vn("2026-09-16 12:30"))


def test_while_an_outage_lasts_nothing_is_stopped_and_a_supplement_still_counts() -> None:
    journey = birth()
    journey.at("2026-09-07 10:30").pauses(STEP)
    journey.at("2026-09-16 09:40").declares(COMMUNE, "2026-09-16 09:30")

    journey.time("2026-09-16 10:32")
    journey.time("2026-09-17 09:00")
    assert journey.transfer.state is TransferState.OPEN
    provide(journey.at("2026-09-17 09:30"))

    assert journey.state(STEP) == "received"


def test_an_outage_that_was_over_before_the_end_moves_nothing() -> None:
    journey = birth()
    journey.at("2026-09-07 10:30").pauses(STEP)
    journey.at("2026-09-16 12:00").declares(None, "2026-09-15 09:30", "2026-09-16 10:30")

    journey.time()

    assert journey.transfer.state is TransferState.STOPPED
