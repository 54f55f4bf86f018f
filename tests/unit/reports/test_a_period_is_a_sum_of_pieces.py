"""Any period is a few pieces of the books, and every day is in exactly one of them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.reports.period import BadPeriod, Period, Piece

DAYS = st.dates(date(2019, 1, 1), date(2031, 12, 31))


def days_of(piece: Piece) -> list[date]:
    """Every day of the rows that a piece reads; years before 2018 hold nothing here."""
    starts = max(piece.starts, date(2018, 1, 1))
    return [starts + timedelta(days=no) for no in range((piece.until - starts).days)]


@given(DAYS, st.integers(0, 1500))
def test_the_pieces_are_the_days_of_the_period_and_those_before_it(first: date, more: int) -> None:
    period = Period(first, first + timedelta(days=more))

    pieces = period.pieces()

    within = [day for piece in pieces if piece.within for day in days_of(piece)]
    before = [day for piece in pieces if not piece.within for day in days_of(piece)]
    assert within == [first + timedelta(days=no) for no in range(more + 1)]
    assert before == [
        date(2018, 1, 1) + timedelta(days=no) for no in range((first - date(2018, 1, 1)).days)
    ]


@given(DAYS, st.integers(0, 1500))
def test_a_piece_begins_and_ends_where_rows_of_its_grain_do(first: date, more: int) -> None:
    for piece in Period(first, first + timedelta(days=more)).pieces():
        for edge in (piece.starts, piece.until):
            assert piece.grain != "month" or edge.day == 1
            assert piece.grain != "year" or (edge.month, edge.day) == (1, 1)


def test_a_year_is_one_piece() -> None:
    period = Period(date(2026, 1, 1), date(2026, 12, 31))

    within = [piece for piece in period.pieces() if piece.within]

    assert within == [Piece("year", date(2026, 1, 1), date(2027, 1, 1), within=True)]


def test_the_worst_period_is_a_handful_of_pieces() -> None:
    period = Period(date(2024, 1, 2), date(2026, 12, 30))

    assert len(period.pieces()) <= 8


@pytest.mark.parametrize(
    ("first", "last"),
    [(date(2026, 3, 2), date(2026, 3, 1)), (date(1899, 1, 1), date(2026, 1, 1))],
)
def test_what_is_no_period_is_refused(first: date, last: date) -> None:
    with pytest.raises(BadPeriod):
        Period(first, last)
