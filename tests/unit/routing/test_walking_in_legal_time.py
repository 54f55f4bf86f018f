"""The latest instant at which each hop can be due while nobody is late."""

from datetime import datetime

import pytest

from routing.itinerary import Leg, walk
from routing.legaltime import CalendarUnknown, WorkCalendar

MONDAY = datetime.fromisoformat("2026-03-02T08:00:00+07:00")


def _leg(name: str, *after: str, budget: str | None = "1 wd", **more: bool | str | None) -> Leg:
    cutoff = more.get("cutoff", "15:00")
    assert cutoff is None or isinstance(cutoff, str)
    runs, outside = bool(more.get("runs", True)), bool(more.get("outside", False))
    return Leg(name, after, budget, cutoff, outside, runs)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+07:00")


def test_each_leg_starts_when_the_last_it_waits_for_ends(calendar: WorkCalendar) -> None:
    legs = [_leg("a"), _leg("b", "a", budget="2 wd"), _leg("c", "a"), _leg("d", "b", "c")]

    walked = walk(legs, None, calendar, MONDAY)

    assert walked.due["b"].started_at == walked.due["c"].started_at == _at("2026-03-03T08:00")
    assert walked.due["d"].started_at == _at("2026-03-05T08:00")
    assert walked.ends_at == _at("2026-03-06T08:00")
    assert walked.overall is None
    assert not walked.overshoots


def test_a_leg_that_does_not_run_or_has_no_limit_takes_no_time(calendar: WorkCalendar) -> None:
    legs = [_leg("a"), _leg("b", "a", runs=False), _leg("c", "b", budget=None), _leg("d", "c")]

    walked = walk(legs, None, calendar, MONDAY)

    assert set(walked.due) == {"a", "d"}
    assert walked.ends_at == _at("2026-03-04T08:00")


def test_a_cutoff_makes_hops_take_longer_than_the_sum_of_their_budgets(
    calendar: WorkCalendar,
) -> None:
    first = _leg("a", budget="0.625 wd")  # used up at 15:00 sharp: too late for that day

    walked = walk([first, _leg("b", "a", budget="0.375 wd")], "1 wd", calendar, MONDAY)
    without = walk(
        [first, _leg("b", "a", budget="0.375 wd", cutoff=None)], "1 wd", calendar, MONDAY
    )

    assert walked.due["a"].deadline_at == _at("2026-03-02T15:00")
    assert walked.overshoots
    assert walked.ends_at == _at("2026-03-03T10:30")
    assert not without.overshoots
    assert without.ends_at == _at("2026-03-03T08:00")


def test_time_outside_the_total_does_not_count_for_what_follows_it(
    calendar: WorkCalendar,
) -> None:
    legs = [_leg("a"), _leg("tax", "a", budget="5 wd", outside=True), _leg("b", "tax")]

    walked = walk(legs, "2 wd", calendar, MONDAY)

    assert walked.overall is not None
    assert walked.overall.deadline_at == walked.ends_at == _at("2026-03-11T08:00")


def test_a_phase_outside_that_nothing_waits_for_does_not_stretch_the_total(
    calendar: WorkCalendar,
) -> None:
    legs = [_leg("a"), _leg("card", "a", budget="5 wd", outside=True), _leg("b", "a")]

    walked = walk(legs, "2 wd", calendar, MONDAY)

    assert walked.overall is not None
    assert walked.overall.deadline_at == walked.ends_at == _at("2026-03-04T08:00")


def test_the_total_may_run_from_an_earlier_receipt(calendar: WorkCalendar) -> None:
    walked = walk([_leg("a")], "1 wd", calendar, MONDAY, _at("2026-02-26T08:00"))

    assert walked.overall is not None
    assert walked.overall.deadline_at == _at("2026-02-27T08:00")
    assert walked.due["a"].deadline_at == _at("2026-03-03T08:00")


def test_what_the_calendar_does_not_know_is_not_guessed(calendar: WorkCalendar) -> None:
    with pytest.raises(CalendarUnknown):
        walk([_leg("a", budget="400 wd")], None, calendar, MONDAY)
