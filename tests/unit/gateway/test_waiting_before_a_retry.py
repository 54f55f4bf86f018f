"""How long a delivery waits for its next try."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.dispatch.backoff import seconds_left, wait_before_retry

attempts = st.integers(1, 10_000)


@given(attempts)
def test_the_wait_doubles_up_to_a_cap_and_jitters_down_to_its_half(tried: int) -> None:
    whole = min(900.0, 2.0 ** min(tried - 1, 30))

    assert whole / 2 <= wait_before_retry(tried, base=1.0, cap=900.0) <= whole


@given(attempts, st.floats(0, 5000))
def test_what_the_partner_asks_for_is_granted_up_to_the_cap(tried: int, asked: float) -> None:
    wait = wait_before_retry(tried, base=1.0, cap=900.0, asked=asked)

    assert min(asked, 900.0) <= wait <= 900.0


@given(attempts, st.floats(0.001, 100_000), st.none() | st.floats(0, 5000))
def test_a_try_comes_while_three_quarters_of_the_budget_are_left(
    tried: int, left: float, asked: float | None
) -> None:
    wait = wait_before_retry(tried, base=1.0, cap=900.0, asked=asked, left=left)

    assert wait <= max(1.0, left / 4)


@given(attempts, st.floats(-100_000, 0))
def test_once_the_budget_is_gone_the_ordinary_waiting_goes_on(tried: int, left: float) -> None:
    whole = min(900.0, 2.0 ** min(tried - 1, 30))

    assert wait_before_retry(tried, base=1.0, cap=900.0, left=left) >= whole / 2


def test_partners_that_failed_together_do_not_come_back_together() -> None:
    assert len({wait_before_retry(5, base=1.0, cap=900.0) for _ in range(20)}) > 10


def test_what_is_left_is_counted_to_the_instant() -> None:
    now = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)

    assert seconds_left(None, now) is None
    assert seconds_left((now + timedelta(hours=2)).isoformat(), now) == 7200
    assert seconds_left("2026-03-02T08:29:00+07:00", now) == -60
