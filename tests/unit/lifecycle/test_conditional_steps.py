"""A step whose condition does not hold when its turn comes is skipped, and counts as done."""

from routing.lifecycle.model import TransferState
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import BIRTH, DEATH, LAND, submit


def test_a_skipped_step_lets_the_next_one_begin_at_once() -> None:
    journey = submit(LAND, obligation="none").walks("land-check")

    assert journey.state("tax") == "skipped"
    assert journey.state("certificate") == "dispatching"
    assert journey.acted() == ["hop.completed", "hop.skipped", "hop.dispatched"]


def test_a_condition_that_holds_is_not_skipped() -> None:
    journey = submit(LAND, obligation="transfer_taxes").walks("land-check")

    assert journey.state("tax") == "dispatching"


def test_the_extra_hop_of_a_sub_case_runs_before_what_waits_for_it() -> None:
    journey = submit(DEATH, benefit="merit", monthly_survivor_pension=True)
    journey.walks("civil-status")

    assert journey.state("pension-stop") == "dispatching"
    assert journey.state("home-affairs") == "planned"

    journey.walks("pension-stop")

    assert journey.state("home-affairs") == "dispatching"


def test_skipped_leaves_complete_the_transfer() -> None:
    journey = submit(BIRTH, residence_check="simple", identity_card=False)

    journey.walks("civil-status", "population-id", "residence", "health-insurance")

    assert journey.state("identity-card") == "skipped"
    assert journey.transfer.state is TransferState.COMPLETED


def test_a_correction_can_still_decide_a_condition() -> None:
    journey = submit(BIRTH, residence_check="simple", identity_card=False)
    journey.walks("civil-status", "population-id")

    journey.says(Kind.TRANSFER_CORRECTED, facts={"identity_card": True}, reason="thêm")
    journey.walks("residence")

    assert journey.state("identity-card") == "dispatching"


def test_a_budget_by_case_is_picked_by_what_is_known_at_the_turn() -> None:
    simple = submit(BIRTH, residence_check="simple").walks("civil-status", "population-id")
    verify = submit(BIRTH, residence_check="verify").walks("civil-status", "population-id")

    assert simple.hop("residence").clock.budget == "2 wd"
    assert verify.hop("residence").clock.budget == "5 wd"
