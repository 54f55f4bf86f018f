"""Agencies are ranked by their share on time; of too few dossiers nothing is said."""

from datetime import date

import pytest

from gateway.reports.books import Tally
from gateway.reports.overview import LEAST, RANKED, compared_with, rank
from gateway.reports.period import Period
from gateway.reports.spans import Grain, Span


def judged(met: int, missed: int = 0) -> Tally:
    return Tally(online=met + missed, on_time=met, late=missed, met=met, missed=missed)


def test_the_best_and_the_worst_are_different_agencies() -> None:
    tallies = {f"H31.{100 + no}": judged(100 - no, no) for no in range(30)}

    best, worst, _ = rank(tallies)

    assert [one.agency for one in best] == [f"H31.{100 + no}" for no in range(RANKED)]
    assert [one.agency for one in worst] == [f"H31.{129 - no}" for no in range(RANKED)]


def test_three_agencies_are_nobody_twice() -> None:
    best, worst, _ = rank({"a": judged(20), "b": judged(19, 1), "c": judged(10, 10)})

    assert ([one.agency for one in best], [one.agency for one in worst]) == (["a", "b"], ["c"])


def test_of_too_few_dossiers_nothing_is_said() -> None:
    best, worst, too_few = rank({"a": judged(LEAST - 1), "b": judged(LEAST), "c": Tally()})

    assert ([one.agency for one in best], worst, too_few) == (["b"], [], 1)


def test_what_is_open_and_late_counts_against_an_agency() -> None:
    open_late = Tally(online=20, on_time=10, met=10, failing=5)

    [one], _, _ = rank({"a": open_late})

    assert (one.judged, one.on_time, one.share) == (20, 15, 0.75)


@pytest.mark.parametrize(
    ("today", "before"),
    [
        (date(2026, 11, 25), Period(date(2026, 10, 1), date(2026, 10, 25))),
        (date(2026, 11, 30), Period(date(2026, 10, 1), date(2026, 10, 31))),
        (date(2026, 3, 30), Period(date(2026, 2, 1), date(2026, 2, 28))),
    ],
)
def test_as_much_is_compared_as_there_is(today: date, before: Period) -> None:
    span = Span.around(Grain.MONTH, today)

    assert compared_with(span, span.so_far(today)) == before
