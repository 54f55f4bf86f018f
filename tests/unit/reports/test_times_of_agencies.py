"""Half and nine tenths of an agency's turns lie within the bound of a class of working time."""

import pytest

from gateway.reports.agency_time import BOUNDS, Times
from gateway.reports.books import Turns


def turns(bucket: int, count: int, *, worked: int = 0, late: int = 0) -> Turns:
    measured = 0 if bucket < 0 else count
    return Turns(
        "H31.101", "p", "s", bucket, count, late, 7200 * count, measured, worked, count, 50
    )


def times(*some: Turns) -> Times:
    sums = Times()
    for one in some:
        sums.add(one)
    return sums


@pytest.mark.parametrize(
    ("shares", "half", "most"),
    [
        ([(0, 10)], 0.5, 0.5),
        ([(0, 5), (3, 5)], 0.5, 4),
        ([(0, 4), (3, 5), (4, 1)], 4, 4),
        ([(0, 1), (len(BOUNDS), 9)], "> 160", "> 160"),
        ([(-1, 3)], None, None),
        ([(-1, 30), (2, 1)], 2, 2),
    ],
)
def test_the_bound_of_the_class(
    shares: list[tuple[int, int]], half: float | str | None, most: float | str | None
) -> None:
    sums = times(*(turns(bucket, count) for bucket, count in shares))

    assert (sums.within(0.5), sums.within(0.9)) == (half, most)


def test_means_are_of_what_was_measured() -> None:
    sums = times(turns(1, 2, worked=7200, late=1), turns(-1, 2))

    count, late, late_percent, worked, _, _, elapsed, used = sums.cells()

    assert (count, late, late_percent) == (4, 1, 25.0)
    assert (worked, elapsed, used) == (1.0, 2.0, 25.0)


def test_nothing_is_a_mean_of_nothing() -> None:
    assert Times().cells() == (0, 0, None, None, None, None, None, None)
