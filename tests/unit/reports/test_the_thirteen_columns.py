"""The forms' columns add up, whatever the books say: TT 01/2020/TT-VPCP's own checks."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gateway.reports.books import Tally
from gateway.reports.kstt import NUMBERS, columns_of

TALLIES = st.builds(Tally, *[st.integers(0, 10_000)] * 14)


@given(TALLIES)
def test_they_add_up(tally: Tally) -> None:
    column = dict(zip(range(3, 14), columns_of(tally), strict=True))

    assert column[3] == column[4] + column[5] + column[6]
    assert column[7] == column[8] + column[9] + column[10]
    assert column[11] == column[12] + column[13]
    assert column[3] == column[7] + column[11]


@given(TALLIES, TALLIES)
def test_a_sum_of_units_is_the_sum_of_their_columns(one: Tally, other: Tally) -> None:
    columns = zip(columns_of(one), columns_of(other), strict=True)

    assert columns_of(one + other) == tuple(a + b for a, b in columns)


def test_every_column_is_its_number_on_the_form() -> None:
    assert [column.number for column in NUMBERS] == [str(no) for no in range(3, 14)]


def test_what_goes_back_to_the_citizen_is_settled_on_time() -> None:
    tally = Tally(online=10, early=1, on_time=2, late=3)

    returned = replace(tally, refused=1, withdrawn=1, stopped=1)

    assert columns_of(returned)[4] == columns_of(tally)[4] + 3
    assert columns_of(returned)[6] == columns_of(tally)[6] + 3
