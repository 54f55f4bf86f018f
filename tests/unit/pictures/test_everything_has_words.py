"""Whatever a clock, a hop or a ledger entry can be has a text in both languages."""

import re
from datetime import UTC
from pathlib import Path
from typing import get_args

import pytest

from gateway.pictures import plain_words, words
from gateway.pictures.plain_words import sentence
from gateway.pictures.words import Language, budget_words, say
from routing.lifecycle.charges import Party
from routing.lifecycle.model import RUNNING_HOPS, ClockRule, HopState, LimitName, TransferState
from routing.procedures.model import PauseReason

LIFECYCLE = Path(__file__).parents[3] / "routing" / "lifecycle"
OPEN = RUNNING_HOPS | {HopState.PLANNED, HopState.SKIPPED}
ENDS = [one for one in HopState if one not in OPEN]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    "key",
    [
        *get_args(PauseReason),
        *Party,
        *ENDS,
        *(one for one in TransferState if one is not TransferState.OPEN),
        *(f"late-{one}" for one in LimitName if one not in ("deadline", "overall")),
        *(one for one in get_args(ClockRule) if one != "budget"),
        "outside-total",
    ],
)
def test_a_picture_can_name_it(language: Language, key: str) -> None:
    assert say(language, str(key), "")


def test_the_two_languages_do_not_say_the_same() -> None:
    same = [key for key, (vi, en) in words._SAID.items() if vi == en]

    assert same == []


def test_every_act_of_the_ledger_has_a_sentence() -> None:
    source = "\n".join(path.read_text("utf-8") for path in LIFECYCLE.glob("*.py"))
    acts = set(re.findall(r'enter\(\s*"([a-z]+\.[a-z_-]+)"', source))

    assert len(acts) > 25
    assert sorted(acts - plain_words._ACTS.keys()) == []


def test_a_sentence_names_the_agency_and_the_deadline() -> None:
    entry = {
        "act": "hop.dispatched",
        "round": 1,
        "reason": None,
        "facts": {"agency": "H31.101", "deadline_at": "2026-03-04T01:30:00Z"},
    }

    said = sentence(entry, {"H31.101": "Trung tâm"}, UTC, "vi")

    assert said == "Chuyển tới Trung tâm; hạn 04/03 01:30"


@pytest.mark.parametrize(
    ("budget", "vi", "en"),
    [
        ("1 wd", "1 ngày làm việc", "1 working day"),
        ("2.5 wd", "2,5 ngày làm việc", "2.5 working days"),
        ("30 cd", "30 ngày", "30 calendar days"),
        ("24 h", "24 giờ", "24 hours"),
        ("1 wh", "1 giờ làm việc", "1 working hour"),
    ],
)
def test_a_budget_is_written_for_a_person(budget: str, vi: str, en: str) -> None:
    assert budget_words("vi", budget) == vi
    assert budget_words("en", budget) == en
