"""Parallel branches run on their own, and a join waits for the last of them."""

from routing.lifecycle.model import TransferState
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import COMMUNE, DEATH, PERMIT, Journey, submit


def permit() -> Journey:
    journey = submit(
        PERMIT,
        works="separate_house",
        act="new",
        opinion_fire=True,
        opinion_environment=True,
        opinion_land=True,
    )
    return journey.walks("appraise-local")


def test_the_join_waits_for_every_branch() -> None:
    journey = permit().walks("opinion-fire", "opinion-land")
    assert journey.state("issue-local") == "planned"

    journey.walks("opinion-environment")

    assert journey.state("issue-local") == "dispatching"


def test_after_a_join_the_originator_is_the_sender() -> None:
    journey = permit().walks("opinion-fire", "opinion-land", "opinion-environment")

    assert journey.hop("issue-local").sender_step == "origin"
    assert journey.sent(Kind.HANDOVER_OFFERED)[0].data["sender"] == COMMUNE


def test_a_join_of_which_only_one_branch_was_taken_has_that_branch_as_sender() -> None:
    journey = submit("1.012781", obligation="transfer_taxes", deductible=False)

    journey.walks("land-transfer-slip")

    assert journey.state("deductible-amounts") == "skipped"
    assert journey.hop("tax").sender_step == "land-transfer-slip"


def test_the_transfer_is_complete_when_the_last_branch_is() -> None:
    journey = submit(DEATH, benefit="merit").walks("civil-status", "residence-removal")
    assert journey.transfer.ended_at is None

    journey.walks("home-affairs")

    assert journey.transfer.state is TransferState.COMPLETED


def test_a_refusal_leaves_its_siblings_running() -> None:
    journey = permit()

    journey.later(minutes=1).refuses("opinion-fire", "incomplete")

    assert journey.state("opinion-fire") == "refused"
    assert journey.state("opinion-land") == "dispatching"
    assert journey.state("opinion-environment") == "dispatching"
