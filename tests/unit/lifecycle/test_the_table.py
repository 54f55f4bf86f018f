"""The table is whole, the code does what it names, and the documents are drawn from it."""

from pathlib import Path

import pytest

from routing.lifecycle.diagram import redrawn
from routing.lifecycle.fold import HOP_RULES, TRANSFER_RULES
from routing.lifecycle.model import OPEN_HOPS, RUNNING_HOPS, HopState, TransferState
from routing.lifecycle.rules import acts, declines, table_of
from routing.lifecycle.table import (
    CONSEQUENCES,
    HOP_EVENTS,
    HOP_TABLE,
    LEGAL,
    LEGAL_TRANSFER,
    LIMITS,
    TRANSFER_EVENTS,
    TRANSFER_TABLE,
    Effect,
)
from schemas.kinds import FROM_AGENCIES
from schemas.states import HopStateName, TransferStateName

DOCUMENT = Path(__file__).parents[3] / "docs" / "lifecycle.md"

# Limits and consequences arise only where they can act; everything else can come at any time.
ARISING = (*CONSEQUENCES, *LIMITS)


@pytest.mark.parametrize("event", [event for event in HOP_EVENTS if event not in ARISING])
def test_every_event_has_a_rule_in_every_state_of_a_hop(event: str) -> None:
    assert [state for state in HopState if (event, state) not in HOP_TABLE] == []


@pytest.mark.parametrize("event", [e for e in TRANSFER_EVENTS if not e.startswith("limit.")])
def test_every_event_has_a_rule_in_every_state_of_a_transfer(event: str) -> None:
    assert [state for state in TransferState if (event, state) not in TRANSFER_TABLE] == []


def test_every_message_of_agencies_has_rules() -> None:
    known = {*HOP_EVENTS, *TRANSFER_EVENTS}

    assert {str(kind) for kind in FROM_AGENCIES} <= known


def test_every_rule_that_acts_has_its_function() -> None:
    acting = {
        rule.name
        for rule in HOP_TABLE.values()
        if rule.effect is Effect.ACTS and rule.event not in ARISING
    }

    assert acting <= set(HOP_RULES)
    assert {
        rule.name
        for rule in TRANSFER_TABLE.values()
        if rule.effect is Effect.ACTS and not rule.event.startswith("limit.")
    } == set(TRANSFER_RULES)


def test_no_function_is_without_a_rule() -> None:
    assert set(HOP_RULES) <= {rule.name for rule in HOP_TABLE.values()}


def test_terminal_is_terminal() -> None:
    assert [pair for pair in LEGAL if pair[0] not in OPEN_HOPS] == []
    assert [pair for pair in LEGAL_TRANSFER if pair[0] is not TransferState.OPEN] == []


def test_only_a_running_hop_can_be_ended_by_its_agency() -> None:
    ends = {HopState.COMPLETED, HopState.REFUSED, HopState.RETURNED}

    assert {state for state, to in LEGAL if to in ends} == RUNNING_HOPS


def test_rules_that_do_not_act_leave_the_state_alone() -> None:
    for rule in (*HOP_TABLE.values(), *TRANSFER_TABLE.values()):
        if rule.effect is not Effect.ACTS:
            assert rule.to == (rule.state,)


def test_every_state_can_be_reached() -> None:
    assert {to for _, to in LEGAL} | {HopState.PLANNED} == set(HopState)
    assert {to for _, to in LEGAL_TRANSFER} | {TransferState.OPEN} == set(TransferState)


def test_the_states_are_those_that_cross_the_border() -> None:
    assert {str(state) for state in HopState} == set(HopStateName.__args__)  # type: ignore[attr-defined]
    assert {str(state) for state in TransferState} == set(
        TransferStateName.__args__  # type: ignore[attr-defined]
    )


def test_two_rules_for_one_pair_are_refused() -> None:
    rows = (
        acts("x", HopState.PLANNED, "one", None, "."),
        declines("x", (HopState.PLANNED, HopState.SKIPPED), "two", "."),
    )

    with pytest.raises(ValueError, match="two rules for x in planned"):
        table_of(rows)


def test_every_rule_says_a_sentence() -> None:
    for rule in (*HOP_TABLE.values(), *TRANSFER_TABLE.values()):
        assert rule.says.endswith(".")
        assert "  " not in rule.says


def test_the_document_is_drawn_from_the_table() -> None:
    text = DOCUMENT.read_text("utf-8")

    assert redrawn(text) == text, "redraw it: python -m routing.lifecycle.diagram docs/lifecycle.md"


def test_a_document_without_its_markers_is_an_error() -> None:
    with pytest.raises(ValueError, match="hop-overview"):
        redrawn("# nothing here")
