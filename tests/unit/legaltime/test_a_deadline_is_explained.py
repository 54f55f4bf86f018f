"""An explanation names the start rule, every day with its reason, and ends at the deadline."""

from datetime import date, timedelta

import pytest

from routing.legaltime import (
    DEFAULT_CUTOFF,
    Budget,
    Pause,
    StartRule,
    WorkCalendar,
    explain,
)
from tests.unit.legaltime.questions import at, local


def test_each_day_says_what_it_counted_and_why(calendar: WorkCalendar) -> None:
    pause = Pause(at("2026-09-04 08:00"), at("2026-09-04 10:00"))

    told = explain(calendar, at("2026-08-28 16:30"), Budget.parse("2 wd"), DEFAULT_CUTOFF, [pause])

    assert told.start_rule is StartRule.AFTER_CUTOFF
    assert [(day.day.day, day.working, str(day.counted), str(day.total)) for day in told.days] == [
        (28, True, "0 wd", "0 wd"),
        (29, False, "0 wd", "0 wd"),
        (30, False, "0 wd", "0 wd"),
        (31, False, "0 wd", "0 wd"),
        (1, False, "0 wd", "0 wd"),
        (2, False, "0 wd", "0 wd"),
        (3, True, "1 wd", "1 wd"),
        (4, True, "0.75 wd", "1.75 wd"),
        (5, False, "0 wd", "1.75 wd"),
        (6, False, "0 wd", "1.75 wd"),
        (7, True, "0.25 wd", "2 wd"),
    ]
    assert [day.paused for day in told.days if day.paused] == [timedelta(hours=2)]
    notes = {day.day: day.note for day in told.days if day.note}
    assert notes[date(2026, 8, 31)].swapped_with == date(2026, 8, 22)
    assert local(told.deadline_at) == "2026-09-07 09:30"
    assert not told.rolled


def test_a_rolled_deadline_shows_both_instants(calendar: WorkCalendar) -> None:
    told = explain(calendar, at("2026-03-02 10:00"), Budget.parse("5 cd"), None)

    assert told.rolled
    assert local(told.used_up_at) == "2026-03-07 10:00"
    assert local(told.deadline_at) == "2026-03-09 17:30"
    assert told.days[-1].day == date(2026, 3, 9)
    assert str(told.days[-1].total) == "5 cd"


@pytest.mark.parametrize(
    ("arrived", "budget", "cutoff", "rule"),
    [
        ("2026-03-02 10:00", "1 wd", True, StartRule.AT_ARRIVAL),
        ("2026-03-02 15:00", "1 wd", True, StartRule.AFTER_CUTOFF),
        ("2026-03-07 16:00", "1 h", True, StartRule.DAY_OFF),
        ("2026-03-02 12:00", "1 wd", True, StartRule.OUTSIDE_WORKING_TIME),
        ("2026-03-07 10:00", "1 wd", False, StartRule.OUTSIDE_WORKING_TIME),
        ("2026-03-07 10:00", "1 h", False, StartRule.AT_ARRIVAL),
    ],
)
def test_the_start_rule_that_applied_is_named(
    calendar: WorkCalendar, arrived: str, budget: str, cutoff: bool, rule: StartRule
) -> None:
    told = explain(calendar, at(arrived), Budget.parse(budget), DEFAULT_CUTOFF if cutoff else None)

    assert told.start_rule is rule
