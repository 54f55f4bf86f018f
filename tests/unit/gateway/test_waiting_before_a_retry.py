"""How long a delivery waits for its next try, and how the limits of its hop shorten that."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.commit.items import Owed
from gateway.dispatch.backoff import SOONEST, wait_before_retry, within_share
from gateway.dispatch.urgency import handover_limits, is_overtaken, longest_wait, seconds_left
from routing.policies import load_policies

OFFERED_AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
LIMIT_OF = handover_limits(load_policies())
attempts = st.integers(1, 10_000)


def owed(kind: str, **data: Any) -> Owed:
    return Owed(
        UUID(int=1),
        "G24.33.12",
        kind,
        None,
        "residence",
        1,
        None,
        orjson.dumps(data).decode(),
        (),
        None,
        None,
        OFFERED_AT,
        lease_no=1,
    )


def handover(complete_by: datetime | None) -> Owed:
    written = complete_by.isoformat() if complete_by else None
    return owed(
        "handover.offered",
        procedure={"code": "2.000987", "version": "2024-07-01"},
        complete_by=written,
    )


@given(attempts)
def test_the_wait_doubles_up_to_a_cap_and_jitters_down_to_its_half(tried: int) -> None:
    whole = min(900.0, 2.0 ** min(tried - 1, 30))

    assert whole / 2 <= wait_before_retry(tried, base=1.0, cap=900.0) <= whole


@given(attempts, st.floats(0, 5000))
def test_what_the_partner_asks_for_is_granted_up_to_the_cap(tried: int, asked: float) -> None:
    wait = wait_before_retry(tried, base=1.0, cap=900.0, asked=asked)

    assert min(asked, 900.0) <= wait <= 900.0


@given(attempts, st.floats(0.1, 60), st.floats(0.001, 100_000), st.none() | st.floats(0, 5000))
def test_a_try_comes_while_three_quarters_of_what_is_left_are_left(
    tried: int, base: float, left: float, asked: float | None
) -> None:
    wait = wait_before_retry(tried, base=base, cap=900.0, asked=asked, left=left)

    assert wait <= max(SOONEST, left / 4)


@given(st.floats(4, 100_000))
def test_an_agency_that_never_answers_is_tried_up_to_the_last_seconds_of_the_limit(
    left: float,
) -> None:
    tries = 0
    while left > 0:
        left -= wait_before_retry(tries + 1, base=60.0, cap=900.0, left=left)
        tries += 1
        assert tries < 1000

    assert left >= -SOONEST


@given(attempts, st.floats(-100_000, 0))
def test_once_the_limit_has_passed_the_ordinary_waiting_goes_on(tried: int, left: float) -> None:
    whole = min(900.0, 2.0 ** min(tried - 1, 30))

    assert wait_before_retry(tried, base=1.0, cap=900.0, left=left) >= whole / 2


@given(st.floats(0, 5000), st.floats(0.001, 100_000), st.floats(0.001, 60))
def test_a_limit_only_ever_shortens_a_wait(wait: float, left: float, soonest: float) -> None:
    shortened = within_share(wait, left, soonest=soonest)

    assert min(wait, soonest) <= shortened <= wait


def test_partners_that_failed_together_do_not_come_back_together() -> None:
    assert len({wait_before_retry(5, base=1.0, cap=900.0) for _ in range(20)}) > 10


@pytest.mark.parametrize(
    ("after", "left"),
    [
        (timedelta(0), 600),
        (timedelta(minutes=9, seconds=59), 1),
        (timedelta(minutes=10), 6600),
        (timedelta(hours=1, minutes=59), 60),
        (timedelta(hours=2), None),
    ],
)
def test_the_hand_over_limit_comes_first_then_the_deadline(
    after: timedelta, left: float | None
) -> None:
    offered = handover(OFFERED_AT + timedelta(hours=2))

    assert seconds_left(offered, OFFERED_AT + after, LIMIT_OF) == left


def test_a_deadline_before_the_hand_over_limit_counts_first() -> None:
    offered = handover(OFFERED_AT + timedelta(minutes=3))

    assert seconds_left(offered, OFFERED_AT, LIMIT_OF) == 180


def test_a_hand_over_without_a_deadline_has_its_own_limit() -> None:
    assert seconds_left(handover(None), OFFERED_AT, LIMIT_OF) == 600


def test_what_is_not_a_hand_over_has_no_limit_to_meet() -> None:
    notice = owed("hop.changed", deadline_at="2026-03-02T02:00:00Z")

    assert seconds_left(notice, OFFERED_AT, LIMIT_OF) is None


def test_a_warning_is_overtaken_by_its_deadline_and_nothing_else_ever_is() -> None:
    due = OFFERED_AT + timedelta(hours=1)
    warning = owed("clock.warned", deadline_at=due.isoformat())
    breach = owed("clock.breached", deadline_at=due.isoformat())

    assert not is_overtaken(warning, due - timedelta(seconds=1))
    assert is_overtaken(warning, due)
    assert not is_overtaken(breach, due + timedelta(days=30))
    assert not is_overtaken(handover(due), due + timedelta(days=30))


def test_nothing_is_left_alone_for_more_than_a_quarter_of_the_hand_over_limit() -> None:
    assert longest_wait(load_policies()) == 150
