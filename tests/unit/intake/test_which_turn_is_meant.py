"""A partner names only its dossier; which turn it means is chosen, never guessed."""

from typing import Any
from uuid import UUID

import pytest

from gateway.intake.turns import Turn, choose_turn
from routing.lifecycle.model import HopState, TransferState
from schemas.kinds import Kind
from schemas.problems import Problem

MINE, OTHER, ORIGINATOR = "G13.33", "H31.143", "H31.1"
DONE = Kind.HOP_COMPLETED


def turn(step: str = "tax", state: HopState = HopState.RECEIVED, **changes: Any) -> Turn:
    chosen = {
        "transfer": UUID(int=1),
        "code": "H31.143-260302-0001",
        "transfer_state": TransferState.OPEN,
        "originator": ORIGINATOR,
        "step": step,
        "round": 1,
        "agency": MINE,
        "state": state,
    }
    return Turn(**{**chosen, **changes})


def test_the_one_open_turn_of_the_agency_is_meant() -> None:
    mine = turn()

    assert choose_turn(DONE, MINE, [turn("other", agency=OTHER), mine], None) is mine


def test_an_open_turn_comes_before_one_that_has_ended() -> None:
    mine = turn()

    assert choose_turn(DONE, MINE, [turn("later", HopState.COMPLETED), mine], None) is mine


def test_without_an_open_one_the_newest_is_meant_and_the_lifecycle_says_no() -> None:
    newest = turn("later", HopState.COMPLETED)

    assert choose_turn(DONE, MINE, [newest, turn("tax", HopState.COMPLETED)], None) is newest


def test_two_open_turns_are_one_too_many() -> None:
    found = choose_turn(DONE, MINE, [turn("tax"), turn("payment")], None)

    assert isinstance(found, Problem)
    assert found.slug == "unknown-hop"


def test_the_step_tells_two_open_turns_apart() -> None:
    mine = turn("payment")

    assert choose_turn(DONE, MINE, [turn("tax"), mine], "payment") is mine


def test_a_turn_of_another_agency_is_nobody_s_to_speak_of() -> None:
    found = choose_turn(DONE, MINE, [turn(agency=OTHER)], None)

    assert isinstance(found, Problem)
    assert found.slug == "unknown-transfer"


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (Kind.SUPPLEMENT_PROVIDED, HopState.PAUSED),
        (Kind.REFUSAL_ACKNOWLEDGED, HopState.REFUSED),
        (Kind.TRANSFER_WITHDRAWN, HopState.RECEIVED),
    ],
)
def test_a_sender_speaks_of_the_turn_that_waits_for_it(kind: Kind, state: HopState) -> None:
    waiting = turn("tax", state, agency=OTHER)

    chosen = choose_turn(kind, ORIGINATOR, [turn("done", HopState.COMPLETED), waiting], None)

    assert isinstance(chosen, Turn)
    assert chosen.transfer == waiting.transfer
    if kind is not Kind.TRANSFER_WITHDRAWN:
        assert chosen is waiting
