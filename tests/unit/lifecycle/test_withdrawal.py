"""Withdrawal: the applicant takes the dossier back, and everybody who has it is told."""

from routing.lifecycle.model import TransferState
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import ALLOCATION, COMMUNE, DEATH, declined, submit


def test_open_hops_are_withdrawn_and_planned_ones_cancelled() -> None:
    journey = submit(ALLOCATION).walks("commune-intake")
    journey.later(seconds=5).delivered("land-extract")

    journey.later(minutes=5).says(Kind.TRANSFER_WITHDRAWN, reason="Bí Mật")

    assert journey.transfer.state is TransferState.WITHDRAWN
    assert journey.state("commune-intake") == "completed"
    assert journey.state("land-extract") == "withdrawn"
    assert journey.state("commune-decision") == "cancelled"
    assert journey.told() == [
        (journey.hop("land-extract").agency, "handover.cancelled"),
        (COMMUNE, "transfer.finished"),
    ]


def test_an_undelivered_handover_is_not_sent_any_more() -> None:
    journey = submit(ALLOCATION)

    journey.says(Kind.TRANSFER_WITHDRAWN, reason="thôi")

    [withdraw] = journey.last.withdraws
    assert (withdraw.step, withdraw.round, withdraw.reason) == (
        "commune-intake",
        1,
        "withdrawn",
    )
    assert journey.sent(Kind.HANDOVER_CANCELLED) == []


def test_every_open_branch_is_withdrawn() -> None:
    journey = submit(DEATH, benefit="merit").walks("civil-status")
    journey.later(seconds=5).delivered("residence-removal")
    journey.later(seconds=5).pauses("home-affairs")

    journey.says(Kind.TRANSFER_WITHDRAWN, reason="thôi")

    assert journey.state("residence-removal") == "withdrawn"
    assert journey.state("home-affairs") == "withdrawn"
    assert journey.hop("home-affairs").clock.paused_at is None


def test_only_the_originator_can_withdraw() -> None:
    journey = submit(ALLOCATION)

    result = journey.tries(Kind.TRANSFER_WITHDRAWN, by="H31.102", reason="thôi")

    assert declined(result).slug == "not-your-hop"


def test_withdrawing_twice_is_a_repeat_and_after_the_end_declined() -> None:
    journey = submit(ALLOCATION)
    journey.says(Kind.TRANSFER_WITHDRAWN, reason="thôi")
    assert journey.says(Kind.TRANSFER_WITHDRAWN, reason="thôi").repeated

    done = submit(ALLOCATION).walks("commune-intake", "land-extract", "commune-decision")
    result = done.tries(Kind.TRANSFER_WITHDRAWN, reason="thôi")
    assert declined(result).slug == "already-finished"
