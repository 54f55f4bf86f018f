"""Simulated agencies behave as their seed says, and their answers are valid messages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.simulators import Behaviour, Ending, Script, Span
from connectors.simulators.answers import answers_to, next_office_instant
from schemas.kinds import HandoverOffered
from schemas.registry import REGISTRY
from tests.contract.connectors.ways import handover

ARRIVED = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HALF = Behaviour(
    seed="7",
    received_after=Span(timedelta(minutes=1), timedelta(hours=1)),
    refuse=0.2,
    refusals=("incomplete", "wrong_data", "rejected", "not_competent"),
    give_back=0.2,
    stall=0.1,
    silent=0.1,
    pause=0.5,
    duplicate=0.5,
    out_of_order=0.5,
)


def offered(dossier: int = 1, **place: object) -> HandoverOffered:
    data = handover(dossier, **place).envelope["data"]  # type: ignore[arg-type]
    return HandoverOffered.model_validate_json(orjson.dumps(data))


def test_the_same_seed_gives_the_same_script_whatever_came_before() -> None:
    dossiers = [offered(n) for n in range(1, 200)]

    first = [HALF.script_for(dossier) for dossier in dossiers]
    again = [HALF.script_for(dossier) for dossier in reversed(dossiers)]

    assert first == list(reversed(again))
    assert first != [replace(HALF, seed="8").script_for(dossier) for dossier in dossiers]


def test_shares_come_out_as_asked() -> None:
    endings = [HALF.script_for(offered(n)).ending for n in range(1, 2001)]

    for ending, share in [(Ending.REFUSE, 0.2), (Ending.RETURN, 0.2), (Ending.SILENT, 0.1)]:
        assert abs(endings.count(ending) / 2000 - share) < 0.03


def test_a_later_round_is_always_completed() -> None:
    refusing = Behaviour(refuse=1.0)

    assert refusing.script_for(offered()).ending is Ending.REFUSE
    assert refusing.script_for(offered(round_=2)).ending is Ending.COMPLETE


@pytest.mark.parametrize("ending", list(Ending))
@pytest.mark.parametrize("pause_after", [None, timedelta(minutes=5)])
@pytest.mark.parametrize("step", ["residence", "origin"])
def test_every_answer_is_a_valid_message(
    ending: Ending, pause_after: timedelta | None, step: str
) -> None:
    script = Script(ending=ending, pause_after=pause_after, facts={"verified": True})

    answers = answers_to(offered(step=step, results=["civil-status"]), script, ARRIVED)

    for answer in answers:
        model = REGISTRY.model_for(answer.kind.type)
        model.model_validate_json(orjson.dumps(answer.data))
    assert all(earlier.at <= later.at for earlier, later in pairwise(answers))


@given(st.integers(0, 365 * 24 * 3600))
def test_office_hours_are_never_earlier_and_at_most_a_weekend_away(seconds: int) -> None:
    instant = ARRIVED + timedelta(seconds=seconds)
    opened = next_office_instant(instant)

    assert timedelta() <= opened - instant <= timedelta(hours=62)
    assert next_office_instant(opened) == opened
