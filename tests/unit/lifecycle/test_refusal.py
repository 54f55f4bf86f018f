"""Refusal: four reasons, what each leads to, and who has to take note first."""

from datetime import timedelta

from routing.lifecycle.model import LimitName, TransferState
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import (
    ALLOCATION,
    BIRTH,
    COMMUNE,
    LAND,
    Journey,
    declined,
    submit,
    vn,
)


def at_land_extract() -> Journey:
    journey = submit(ALLOCATION, "2026-03-02 08:30").walks("commune-intake")
    journey.later(seconds=5).delivered("land-extract")
    journey.later(minutes=1).receives("land-extract")
    return journey.later(minutes=1)


def test_the_sender_is_told_and_the_explanation_is_spliced_in_from_its_payload() -> None:
    journey = at_land_extract()

    journey.refuses("land-extract", "incomplete", legal_basis="NĐ 252/2026")

    assert journey.told() == [(COMMUNE, "hop.changed")]
    [notice] = journey.last.sends
    assert notice.data["reason"] == "incomplete"
    assert notice.splice == (journey.last.entries[-1].cause,)
    assert journey.last.entries[0].legal_basis == "NĐ 252/2026"


def test_incomplete_goes_back_to_the_sender_once_it_takes_note() -> None:
    journey = at_land_extract()
    journey.refuses("land-extract", "incomplete")
    assert journey.state("commune-intake") == "completed"

    journey.later(minutes=5).says(Kind.REFUSAL_ACKNOWLEDGED, "land-extract", by=COMMUNE)

    intake = journey.hop("commune-intake")
    assert (intake.round, str(intake.state)) == (2, "dispatching")
    extract = journey.hop("land-extract")
    assert (extract.round, str(extract.state)) == (2, "planned")
    assert journey.hop("land-extract", 1).superseded_by == 2
    assert journey.transfer.state is TransferState.OPEN


def test_wrong_data_is_due_by_the_close_of_the_working_day() -> None:
    journey = at_land_extract()
    journey.refuses("land-extract", "wrong_data")

    journey.says(Kind.REFUSAL_ACKNOWLEDGED, "land-extract", by=COMMUNE)

    assert journey.hop("commune-intake").clock.deadline_at == vn("2026-03-02 17:30")


def test_what_the_originator_sent_comes_back_to_the_originator() -> None:
    journey = submit(LAND, "2026-03-02 08:30")
    journey.later(minutes=1).refuses("land-check", "incomplete")

    journey.later(minutes=1).says(Kind.REFUSAL_ACKNOWLEDGED, "land-check", by=COMMUNE)

    origin = journey.hop("origin")
    assert (origin.round, str(origin.state), origin.agency) == (2, "dispatching", COMMUNE)
    assert origin.clock.deadline_at == vn("2026-03-02 17:30")

    journey.later(minutes=1).completes("origin")

    assert journey.state("land-check") == "dispatching"
    assert journey.hop("land-check").round == 2


def test_the_originator_can_neither_refuse_nor_return_what_came_back() -> None:
    journey = submit(LAND)
    journey.later(minutes=1).refuses("land-check", "incomplete")
    journey.says(Kind.REFUSAL_ACKNOWLEDGED, "land-check", by=COMMUNE)

    refused = journey.tries(Kind.HOP_REFUSED, "origin", reason="rejected", explanation="không")
    returned = journey.tries(
        Kind.HOP_RETURNED,
        "origin",
        to_step="land-check",
        reason="incomplete",
        explanation="không",
    )

    assert declined(refused).slug == "illegal-transition"
    assert declined(returned).slug == "illegal-transition"


def test_rejected_ends_the_transfer_once_acknowledged() -> None:
    journey = at_land_extract()
    journey.refuses("land-extract", "rejected")
    assert journey.transfer.ended_at is None

    journey.later(minutes=1).says(Kind.REFUSAL_ACKNOWLEDGED, "land-extract", by=COMMUNE)

    assert journey.transfer.state is TransferState.REFUSED
    assert journey.state("commune-decision") == "cancelled"
    assert journey.told() == [(COMMUNE, "transfer.finished")]
    assert journey.last.sends[0].data["reason"] == "rejected"


def test_a_rejection_that_ends_the_transfer_cancels_the_siblings() -> None:
    journey = submit("2.002622", benefit="social_insurance").walks("civil-status")
    journey.later(seconds=5).delivered("residence-removal")
    journey.refuses("social-insurance", "rejected")

    journey.says(Kind.REFUSAL_ACKNOWLEDGED, "social-insurance", by=COMMUNE)

    removal = journey.hop("residence-removal")
    assert removal.state == "cancelled"
    assert (removal.agency, "handover.cancelled") in journey.told()


def test_not_competent_goes_to_nobody_if_there_is_no_other_agency() -> None:
    journey = at_land_extract()
    refused = journey.hop("land-extract")

    journey.refuses("land-extract", "not_competent")

    again = journey.hop("land-extract")
    assert (again.round, str(again.state), again.agency) == (2, "planned", None)
    assert again.excluded == (refused.agency,)
    assert again.failure is not None
    assert again.failure["kind"] == "no-candidate"
    assert again.stuck


def test_not_competent_needs_no_acknowledgement_and_time_runs_on() -> None:
    journey = at_land_extract()
    before = journey.hop("land-extract").clock
    journey.refuses("land-extract", "not_competent")

    journey.later(hours=1).acts("resolve", "land-extract", agency="H31.15.20.002")

    again = journey.hop("land-extract")
    assert (again.agency, str(again.state)) == ("H31.15.20.002", "dispatching")
    assert again.clock.arrived_at == before.arrived_at
    assert again.clock.deadline_at == before.deadline_at
    assert again.deliver_by == journey.now + timedelta(minutes=10)


def test_only_the_sender_may_acknowledge() -> None:
    journey = at_land_extract()
    journey.refuses("land-extract", "incomplete")

    result = journey.tries(Kind.REFUSAL_ACKNOWLEDGED, "land-extract")

    assert declined(result).slug == "not-your-hop"


def test_acknowledging_twice_is_a_repeat() -> None:
    journey = at_land_extract()
    journey.refuses("land-extract", "incomplete")
    journey.says(Kind.REFUSAL_ACKNOWLEDGED, "land-extract", by=COMMUNE)

    again = journey.says(Kind.REFUSAL_ACKNOWLEDGED, "land-extract", by=COMMUNE, round=1)

    assert again.repeated


def test_unacknowledged_its_consequence_follows_when_the_limit_ends() -> None:
    journey = at_land_extract()
    journey.refuses("land-extract", "rejected")

    journey.time("2026-03-09 17:00")

    assert journey.transfer.state is TransferState.REFUSED
    assert "refusal.released" in journey.acted()


def test_in_the_civil_status_chains_that_limit_is_one_working_day() -> None:
    journey = submit(BIRTH, "2026-03-02 09:00", residence_check="simple")
    journey.later(minutes=5).refuses("civil-status", "rejected")

    refusal = journey.hop("civil-status").refusal

    assert refusal is not None
    assert refusal.release_by == vn("2026-03-03 09:05")


def test_a_refusal_after_the_deadline_is_a_breach_too() -> None:
    journey = at_land_extract()

    journey.at("2026-03-10 09:00").refuses("land-extract", "rejected")

    assert LimitName.DEADLINE in journey.hop("land-extract").clock.breached
