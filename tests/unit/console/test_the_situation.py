"""One look at what is stuck, narrowed for each reader: the most urgent cause first."""

from datetime import UTC, datetime, timedelta

from gateway.console.navigation import SCREENS
from gateway.operations.causes import Cause
from gateway.operations.situation import Situation, Tally

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def situation(*tallies: Tally, capped: frozenset[Cause] = frozenset()) -> Situation:
    return Situation(NOW, tallies, capped)


def test_what_is_due_first_comes_first_then_what_is_stuck_longest() -> None:
    seen = situation(
        Tally(Cause.POISON, None, 1, NOW - 9 * HOUR, None),
        Tally(Cause.NO_RECEIPT, "H31.101", 2, NOW - 3 * HOUR, NOW + HOUR),
        Tally(Cause.OVERDUE, "H31.102", 3, NOW - HOUR, NOW - HOUR),
        Tally(Cause.BREAKER_OPEN, "H31.102", 1, NOW - 10 * HOUR, None),
    )

    assert [one.cause for one in seen.by_cause()] == [
        Cause.OVERDUE,
        Cause.NO_RECEIPT,
        Cause.BREAKER_OPEN,
        Cause.POISON,
    ]


def test_agencies_are_added_up_with_the_oldest_and_the_most_urgent_of_all() -> None:
    seen = situation(
        Tally(Cause.OVERDUE, "H31.101", 2, NOW - HOUR, NOW - HOUR),
        Tally(Cause.OVERDUE, "H31.102", 5, NOW - 4 * HOUR, None),
        Tally(Cause.OVERDUE, None, 1, None, NOW - 2 * HOUR),
        capped=frozenset({Cause.OVERDUE}),
    )

    [all_of_it] = seen.by_cause()

    assert (all_of_it.count, all_of_it.agencies, all_of_it.capped) == (8, 2, True)
    assert (all_of_it.oldest, all_of_it.most_urgent) == (NOW - 4 * HOUR, NOW - 2 * HOUR)


def test_what_lies_outside_the_scope_is_not_there() -> None:
    seen = situation(
        Tally(Cause.OVERDUE, "H31.101", 2, NOW - HOUR, NOW - HOUR),
        Tally(Cause.OVERDUE, "H31.102", 5, NOW - 4 * HOUR, None),
        Tally(Cause.POISON, None, 1, None, None),
    )

    [own] = seen.by_cause({"H31.101"})

    assert (own.count, own.oldest) == (2, NOW - HOUR)
    assert seen.by_cause(frozenset()) == []


def test_what_to_do_about_a_cause_names_screens_never_commands() -> None:
    said = [text for one in Cause for text in (one.entry.todo_vi, one.entry.todo_en)]

    assert [one for one in said if "lienthong" in one or "(resolve)" in one] == []
    assert {one.entry.screen for one in Cause} <= {None, "agencies", "dossiers", "calendar"}


def test_a_screen_stands_in_the_bar_once() -> None:
    assert len({one.name for one in SCREENS}) == len(SCREENS)
