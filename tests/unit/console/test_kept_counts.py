"""One look answers many readers: counts and groups by scope, agency and failure."""

from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.operations.causes import Cause
from gateway.operations.situation import MANY, Situation, Tally
from gateway.operations.stuck import Asking
from gateway.operations.stuck_filter import StuckFilter
from routing.directory import load_directory

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DIRECTORY = load_directory("thai-binh-hung-yen")


def tally(agency: str | None, failure: str | None, count: int, *, within: str = "") -> Tally:
    return Tally(
        Cause.UNDELIVERED,
        within or agency,
        count,
        NOW - count * HOUR,
        None,
        agency,
        failure,
        ("1.001776",),
    )


LOOK = Situation(
    NOW,
    (
        tally("H31.101", "timeout", 3),
        tally("H31.101", "timeout", 2, within="H31.102"),
        tally("H31.102", "tls", 9),
        tally(None, None, 1, within="H31.101"),
        Tally(Cause.POISON, None, 4, None, None),
    ),
    frozenset(),
)


def asking(reach: set[str] | None = None, **wanted: Any) -> Asking:
    return Asking(NOW, DIRECTORY, filter=StuckFilter(**wanted), reach=reach)


def counted(asked: Asking, most: int = 1_000) -> dict[Cause, tuple[int, bool]]:
    return {one.cause: (one.count, one.capped) for one in LOOK.counts(asked, most) if one.count}


def test_every_cause_is_counted_and_capped() -> None:
    assert len(LOOK.counts(asking(), 1_000)) == len(Cause)
    assert counted(asking()) == {Cause.UNDELIVERED: (15, False), Cause.POISON: (4, False)}
    assert counted(asking(), most=4) == {Cause.UNDELIVERED: (4, True), Cause.POISON: (4, False)}


def test_a_scope_an_agency_and_a_failure_narrow_it() -> None:
    assert counted(asking({"H31.101"})) == {Cause.UNDELIVERED: (4, False)}
    assert counted(asking(agency="H31.101")) == {Cause.UNDELIVERED: (5, False)}
    assert counted(asking(failure="tls")) == {Cause.UNDELIVERED: (9, False)}
    assert counted(asking({"H31.102"}, agency="H31.101")) == {Cause.UNDELIVERED: (2, False)}
    assert counted(asking(agency="", failure="")) == {
        Cause.UNDELIVERED: (1, False),
        Cause.POISON: (4, False),
    }


def test_what_fails_alike_is_one_group_whoever_answers_for_it() -> None:
    found = LOOK.groups(Cause.UNDELIVERED, asking(), 2)

    assert found.capped
    assert [(one.agency, one.failure, one.count) for one in found.groups] == [
        ("H31.102", "tls", 9),
        ("H31.101", "timeout", 5),
    ]
    assert found.groups[1].oldest == NOW - 3 * HOUR
    assert found.groups[1].procedures == ("1.001776", "1.001776")
    assert found.groups[1].filter == StuckFilter(
        causes=(Cause.UNDELIVERED,), agency="H31.101", failure="timeout"
    )


def test_only_where_much_is_stuck_do_all_share_a_look() -> None:
    few = Situation(NOW, (tally("H31.101", "tls", MANY - 1),), frozenset())
    many = Situation(NOW, (*few.tallies, tally("H31.102", "tls", 1)), frozenset())

    assert (few.many, many.many) == (False, True)


def test_what_a_look_does_not_know_is_asked_for() -> None:
    assert StuckFilter(agency="H31", below=True, failure="tls").is_by_agency
    assert not StuckFilter(agency="H31", text="0004").is_by_agency
    assert not StuckFilter(unassigned=True).is_by_agency
