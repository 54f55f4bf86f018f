"""A period by its name: read as it is written, whole, so far, and the one before it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.reports.period import Period
from gateway.reports.spans import Grain, Span

DAYS = st.dates(date(1950, 1, 1), date(2150, 1, 1))


@pytest.mark.parametrize(
    ("name", "first", "last", "closed"),
    [
        ("2026-11", (2026, 11, 1), (2026, 11, 30), ((2026, 10, 15), (2026, 11, 14))),
        ("2026-01", (2026, 1, 1), (2026, 1, 31), ((2025, 12, 15), (2026, 1, 14))),
        ("2026-Q4", (2026, 10, 1), (2026, 12, 31), ((2026, 9, 15), (2026, 12, 14))),
        ("2026-H1", (2026, 1, 1), (2026, 6, 30), ((2025, 12, 15), (2026, 6, 14))),
        ("2026", (2026, 1, 1), (2026, 12, 31), ((2025, 12, 15), (2026, 12, 14))),
    ],
)
def test_the_days_of_a_span(
    name: str,
    first: tuple[int, int, int],
    last: tuple[int, int, int],
    closed: tuple[tuple[int, int, int], tuple[int, int, int]],
) -> None:
    span = Span.read(name)

    assert span is not None
    assert str(span) == name
    assert span.period() == Period(date(*first), date(*last))
    assert span.period(closing_on_14=True) == Period(date(*closed[0]), date(*closed[1]))


@pytest.mark.parametrize("name", ["", "2026-13", "2026-Q5", "2026-H3", "2026-0", "26-11", "٢٠٢٦"])
def test_what_is_no_span(name: str) -> None:
    assert Span.read(name) is None


@given(DAYS, st.sampled_from(Grain), st.booleans())
def test_spans_follow_each_other_without_a_gap(day: date, grain: Grain, closed: bool) -> None:
    span = Span.around(grain, day)

    before, this = (one.period(closing_on_14=closed) for one in (span.before(), span))

    assert span.period().first <= day <= span.period().last
    assert (this.first - before.last).days == 1
    assert Span.read(str(span)) == span


@given(DAYS, st.sampled_from(Grain))
def test_the_span_before_is_compared_as_far_as_this_one_has_come(day: date, grain: Grain) -> None:
    span = Span.around(grain, day)

    so_far = span.so_far(day)
    before = span.before().as_far_as(so_far)

    assert so_far.last == day
    assert (before.last - before.first).days <= (so_far.last - so_far.first).days
    assert before.last < so_far.first
