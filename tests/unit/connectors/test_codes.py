"""What follows from a partner's code stands in one declared table per connector."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.catalogue import CALLERS, RESERVED, open_callers
from connectors.code_pages import all_tables, redrawn
from connectors.codes import Code, CodeTable, Means
from connectors.protocol import Delivered, Refused, Unreachable
from connectors.webhook_answers import WEBHOOK_CODES

ROOT = Path(__file__).parents[3]
TABLE = CodeTable(
    "synthetic",
    [
        Code("E1", Means.PERMANENT, "no such office"),
        Code("E2", Means.TRANSIENT, "closed for the night"),
        Code("E3", Means.UNKNOWN, "failed half-way"),
        Code("E4", Means.ALREADY, "received before"),
        Code("http-4xx", Means.PERMANENT, "wrong"),
        Code("http-429", Means.TRANSIENT, "too fast"),
    ],
)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("E1", Refused("E1", "")),
        ("E2", Unreachable("E2", "", 7.0)),
        ("E3", Unreachable("E3", "", 7.0, unknown=True)),
        ("E4", Delivered("already: E4")),
        ("http-404", Refused("http-404", "")),
        ("http-429", Unreachable("http-429", "", 7.0)),
    ],
)
def test_a_listed_code_comes_to_what_the_table_says(code: str, outcome: object) -> None:
    assert TABLE.outcome(code, "", retry_after=7.0) == outcome


def test_what_cannot_have_left_us_leaves_no_doubt() -> None:
    assert TABLE.outcome("E3", "", sent=False) == Unreachable("E3", "")


@given(code=st.text(max_size=60), detail=st.text(max_size=60))
def test_a_strange_code_is_neither_success_nor_refusal_whatever_its_sentence_says(
    code: str, detail: str
) -> None:
    if code in TABLE:
        return

    outcome = TABLE.outcome(code, detail)

    assert isinstance(outcome, Unreachable)
    assert outcome.unlisted
    assert outcome.unknown
    assert outcome.code.isascii()
    assert 0 < len(outcome.code) <= 40


@given(status=st.integers(300, 599), detail=st.text(max_size=60))
def test_no_status_of_http_is_strange(status: int, detail: str) -> None:
    outcome = WEBHOOK_CODES.outcome(f"http-{status}", detail)

    assert isinstance(outcome, Refused | Unreachable)
    assert not getattr(outcome, "unlisted", False)


def test_every_caller_declares_its_codes_and_no_name_is_both_taken_and_reserved() -> None:
    callers = open_callers()

    assert all(list(caller.codes) for caller in callers.values())
    assert {name: caller.name for name, caller in callers.items()} == {
        name: name for name in callers
    }
    assert not RESERVED & set(CALLERS)


def test_the_page_says_what_the_tables_say() -> None:
    page = (ROOT / "docs" / "delivery.md").read_text("utf-8")

    assert redrawn(page, all_tables()) == page
