"""One written rule for each message in each state: every pair is driven for real."""

import json
from collections.abc import Callable
from uuid import UUID

import pytest

from routing.lifecycle.model import Declined, Folded, HopState, Said, TransferState
from routing.lifecycle.table import HOP_TABLE, MESSAGES, Effect
from schemas.kinds import Kind, TransferSubmitted
from tests.unit.lifecycle.journey import ALLOCATION, COMMUNE, PERMIT, Journey, submit, vn

STEP = "land-extract"
AT = {HopState.LAPSED: "opinion-fire", HopState.SKIPPED: "opinion-land"}


def in_state(state: HopState) -> Journey:
    """Bring a hop of a real procedure into a state."""
    if state in AT:
        journey = submit(PERMIT, works="separate_house", act="new", opinion_fire=True)
        journey.walks("appraise-local")
        journey.later(seconds=5).delivered("opinion-fire")
        journey.time("2026-03-20 09:00")
        return journey
    journey = submit(ALLOCATION, "2026-03-02 08:30")
    if state is HopState.PLANNED:
        return journey
    journey.walks("commune-intake").later(minutes=1)
    ways: dict[HopState, Callable[[], object]] = {
        HopState.DISPATCHING: lambda: None,
        HopState.DELIVERED: lambda: journey.delivered(STEP),
        HopState.RECEIVED: lambda: journey.receives(STEP),
        HopState.PAUSED: lambda: journey.pauses(STEP, "payment"),
        HopState.COMPLETED: lambda: journey.completes(STEP),
        HopState.REFUSED: lambda: journey.refuses(STEP, "incomplete"),
        HopState.RETURNED: lambda: journey.returns(STEP, "commune-intake"),
        HopState.WITHDRAWN: lambda: journey.says(Kind.TRANSFER_WITHDRAWN, reason="x"),
        HopState.STOPPED: lambda: journey.acts("stop"),
        HopState.CANCELLED: lambda: journey.acts("redirect", STEP, agency="H31.15.20.002"),
    }
    ways[state]()
    journey.later(minutes=1)
    return journey


def say(journey: Journey, name: str, step: str) -> Folded | Declined:
    match name:
        case "hop.received":
            return journey.tries(Kind.HOP_RECEIVED, step, round=1)
        case "hop.paused":
            return journey.tries(Kind.HOP_PAUSED, step, round=1, reason="payment", legal_basis="x")
        case "hop.resumed":
            return journey.tries(Kind.HOP_RESUMED, step, round=1, reason="payment")
        case "hop.extended":
            return journey.tries(
                Kind.HOP_EXTENDED,
                step,
                round=1,
                until=vn("2026-03-06 17:00"),
                reason="x",
                legal_basis="x",
            )
        case "hop.completed":
            return journey.tries(Kind.HOP_COMPLETED, step, round=1, outcome="approved")
        case "hop.refused":
            return journey.tries(
                Kind.HOP_REFUSED, step, round=1, reason="incomplete", explanation="x"
            )
        case "hop.returned":
            return journey.tries(
                Kind.HOP_RETURNED,
                step,
                round=1,
                to_step="origin",
                reason="incomplete",
                explanation="x",
            )
        case "supplement.provided":
            return journey.tries(Kind.SUPPLEMENT_PROVIDED, step, round=1, by=COMMUNE, note="x")
        case _:
            return journey.tries(Kind.REFUSAL_ACKNOWLEDGED, step, round=1, by=COMMUNE)


REPEATED_PAUSED = ("hop.paused", "hop.received")
"""What acts on a paused hop only for another reason, or if it was taken over paused."""


@pytest.mark.parametrize("state", list(HopState))
@pytest.mark.parametrize("name", MESSAGES)
def test_each_message_does_in_each_state_what_its_rule_says(name: str, state: HopState) -> None:
    journey = in_state(state)
    step = AT.get(state, STEP)
    before = journey.hop(step, 1)
    assert before.state is state
    if before.agency is None:
        pytest.fail("the hop needs an agency to speak for it")
    rule = HOP_TABLE[name, state]

    result = say(journey, name, step)

    match rule.effect:
        case Effect.ACTS if name in REPEATED_PAUSED and state is HopState.PAUSED:
            assert isinstance(result, Folded)
            assert result.repeated
        case Effect.ACTS:
            assert isinstance(result, Folded)
            assert not result.repeated
            assert result.transfer.hops[step, 1].state in rule.to
        case Effect.REPEATS:
            assert isinstance(result, Folded)
            assert result.repeated
        case Effect.NOTED:
            assert isinstance(result, Folded)
            assert [entry.act for entry in result.entries] == ["message.noted"]
            assert result.entries[0].reason == rule.name
            assert result.sends == ()
            assert result.transfer.hops[step, 1] == before
        case Effect.DECLINED:
            assert isinstance(result, Declined)
            assert result.slug == rule.slug


def test_a_second_completion_with_another_outcome_is_declined() -> None:
    journey = in_state(HopState.COMPLETED)

    result = journey.tries(Kind.HOP_COMPLETED, STEP, outcome="not_applicable")

    assert isinstance(result, Declined)
    assert result.pointer == "/data/outcome"


def test_a_second_refusal_for_another_reason_is_declined() -> None:
    journey = in_state(HopState.REFUSED)

    result = journey.tries(Kind.HOP_REFUSED, STEP, reason="rejected", explanation="x")

    assert isinstance(result, Declined)
    assert result.pointer == "/data/reason"


def test_what_is_noted_changes_no_clock_and_no_instant() -> None:
    journey = in_state(HopState.COMPLETED)
    before = journey.transfer

    journey.says(Kind.HOP_RECEIVED, STEP)

    assert journey.transfer == before


def test_a_message_of_an_earlier_round_is_judged_by_that_rounds_state() -> None:
    journey = in_state(HopState.COMPLETED)
    journey.later(minutes=1).returns("commune-decision", STEP)
    assert journey.hop(STEP).round == 2

    again = journey.says(Kind.HOP_COMPLETED, STEP, round=1, outcome="approved")

    assert again.repeated
    assert journey.state(STEP) == "dispatching"


def test_messages_after_the_end_do_not_open_the_transfer_again() -> None:
    journey = in_state(HopState.WITHDRAWN)

    journey.says(Kind.HOP_COMPLETED, STEP, outcome="approved")

    assert journey.transfer.state is TransferState.WITHDRAWN
    assert journey.acted() == ["message.noted"]


def test_a_second_submission_in_an_open_transfer_is_in_transit() -> None:
    journey = in_state(HopState.DELIVERED)
    data = TransferSubmitted.model_validate_json(json.dumps(journey.submission))

    result = journey.fold(
        Said(Kind.TRANSFER_SUBMITTED, COMMUNE, data, None, journey.now, UUID(int=3))
    )

    assert isinstance(result, Declined)
    assert result.slug == "dossier-in-transit"
