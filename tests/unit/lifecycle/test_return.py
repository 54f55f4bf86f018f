"""Return: an earlier step opens a new round; what comes after it is planned again or goes stale."""

from schemas.kinds import Kind
from tests.unit.lifecycle.journey import (
    ALLOCATION,
    COMMUNE,
    DEATH,
    Journey,
    declined,
    submit,
    vn,
)


def at_decision() -> Journey:
    journey = submit(ALLOCATION, "2026-03-02 08:30").walks("commune-intake", "land-extract")
    journey.later(seconds=5).delivered("commune-decision")
    journey.later(minutes=5).receives("commune-decision")
    return journey.later(minutes=5)


def test_the_earlier_step_opens_a_new_round_for_the_agency_that_did_it() -> None:
    journey = at_decision()

    journey.returns("commune-decision", "land-extract")

    opened = journey.hop("land-extract")
    assert (opened.round, str(opened.state)) == (2, "dispatching")
    assert opened.agency == journey.hop("land-extract", 1).agency
    assert journey.hop("land-extract", 1).state == "completed"
    assert journey.hop("land-extract", 1).superseded_by == 2
    assert journey.hop("commune-decision", 1).state == "returned"
    assert journey.state("commune-decision") == "planned"


def test_the_originator_is_told_with_the_explanation_spliced_in() -> None:
    journey = at_decision()

    journey.returns("commune-decision", "land-extract")

    notices = journey.sent(Kind.HOP_CHANGED)
    assert [(notice.to, notice.data["state"]) for notice in notices] == [(COMMUNE, "returned")]
    assert notices[0].data["reason"] == "upstream_error"
    assert len(notices[0].splice) == 1


def test_a_return_over_several_steps_makes_the_finished_ones_stale_and_tells_them() -> None:
    journey = at_decision()

    journey.returns("commune-decision", "commune-intake")

    between = journey.hop("land-extract")
    assert (between.round, str(between.state), between.stale) == (1, "completed", True)
    assert (between.agency, "hop.changed") in journey.told()
    assert journey.state("commune-intake") == "dispatching"


def test_what_waits_for_a_stale_step_waits_for_the_reopened_one_too() -> None:
    journey = at_decision()
    journey.returns("commune-decision", "commune-intake")
    assert journey.state("commune-decision") == "planned"

    journey.walks("commune-intake")

    assert journey.state("commune-decision") == "dispatching"
    assert journey.hop("commune-decision").round == 2


def test_other_branches_under_the_step_are_cancelled_and_planned_again() -> None:
    journey = submit(DEATH, benefit="social_insurance").walks("civil-status")
    journey.later(seconds=5).delivered("residence-removal")
    journey.later(minutes=5).receives("social-insurance")

    journey.returns("social-insurance", "civil-status")

    removal = journey.hop("residence-removal", 1)
    assert removal.state == "cancelled"
    assert (removal.agency, "handover.cancelled") in journey.told()
    assert journey.hop("residence-removal").round == 2
    assert journey.state("residence-removal") == "planned"


def test_a_finished_branch_under_the_step_goes_stale_and_is_not_repeated() -> None:
    journey = submit(DEATH, benefit="social_insurance").walks("civil-status", "residence-removal")
    journey.later(minutes=5).receives("social-insurance")

    journey.returns("social-insurance", "civil-status")
    journey.walks("civil-status")

    assert journey.hop("residence-removal").stale
    assert journey.hop("residence-removal").round == 1
    assert journey.state("social-insurance") == "dispatching"


def test_a_branch_that_is_not_under_the_step_goes_on() -> None:
    journey = submit(
        "9.000008",
        works="separate_house",
        act="new",
        opinion_fire=True,
        opinion_land=True,
    ).walks("appraise-local")
    journey.walks("opinion-fire")
    journey.later(seconds=5).delivered("opinion-land")

    journey.returns("opinion-land", "appraise-local")

    assert journey.state("appraise-local") == "dispatching"
    assert journey.hop("opinion-fire").stale


def test_a_step_skipped_before_is_judged_again() -> None:
    journey = submit("1.012783", obligation="none").walks("land-check")
    assert journey.state("tax") == "skipped"
    journey.later(minutes=1).returns("certificate", "land-check")

    journey.says(Kind.TRANSFER_CORRECTED, facts={"obligation": "transfer_taxes"}, reason="thêm")
    journey.walks("land-check")

    assert journey.hop("tax").round == 2
    assert journey.state("tax") == "dispatching"


def test_the_new_round_has_its_steps_budget_or_the_rest_of_the_day() -> None:
    upstream = at_decision()
    upstream.returns("commune-decision", "land-extract", "upstream_error")
    assert upstream.hop("land-extract").clock.budget == "1.5 wd"

    data = at_decision()
    data.returns("commune-decision", "land-extract", "wrong_data")
    assert data.hop("land-extract").clock.deadline_at == vn("2026-03-02 17:30")


def test_a_return_to_the_originator_opens_its_own_step() -> None:
    journey = at_decision()

    journey.returns("commune-decision", "origin", "incomplete")

    assert journey.state("origin") == "dispatching"
    assert (COMMUNE, "handover.offered") in journey.told()
    journey.walks("origin")
    assert journey.state("commune-decision") == "dispatching"


def test_only_a_step_before_ones_own_can_be_returned_to() -> None:
    journey = at_decision()

    for to_step in ("commune-decision", "nowhere"):
        result = journey.tries(
            Kind.HOP_RETURNED,
            "commune-decision",
            to_step=to_step,
            reason="incomplete",
            explanation="x",
        )
        assert declined(result).pointer == "/data/to_step"


def test_a_skipped_step_cannot_be_returned_to() -> None:
    journey = submit("1.012783", obligation="none").walks("land-check")

    result = journey.tries(
        Kind.HOP_RETURNED,
        "certificate",
        to_step="tax",
        reason="incomplete",
        explanation="x",
    )

    assert declined(result).pointer == "/data/to_step"


def test_the_overall_clock_runs_on_through_every_round() -> None:
    journey = at_decision()
    deadline = journey.transfer.clock.deadline_at

    journey.returns("commune-decision", "commune-intake")

    assert journey.transfer.clock.deadline_at == deadline
