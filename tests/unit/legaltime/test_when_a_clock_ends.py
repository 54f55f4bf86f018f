"""Deadlines without pauses: earliest instants, half-open intervals, rolling and never rolling."""

from datetime import datetime

import pytest

from routing.legaltime import DEFAULT_CUTOFF, Budget, WorkCalendar, due
from tests.unit.legaltime.questions import at, local


def deadline(calendar: WorkCalendar, arrived: str, budget: str, cutoff: bool = True) -> str:
    """Return the local deadline, by default with the 15:00 cutoff."""
    moment = DEFAULT_CUTOFF if cutoff else None
    return local(due(calendar, at(arrived), Budget.parse(budget), moment).deadline_at)


@pytest.mark.parametrize(
    ("arrived", "budget", "ends"),
    [
        ("2026-03-02 07:30", "1 wd", "2026-03-02 17:30"),
        ("2026-03-02 10:00", "1 wd", "2026-03-03 10:00"),
        ("2026-03-02 07:30", "0.5 wd", "2026-03-02 11:30"),  # not 13:30
        ("2026-03-02 09:30", "2 wh", "2026-03-02 11:30"),
        ("2026-03-02 09:30:00.000001", "2 wh", "2026-03-02 13:30:00.000001"),
        ("2026-03-02 11:30", "0.25 wd", "2026-03-02 15:30"),
        ("2026-03-02 07:30", "5 wd", "2026-03-06 17:30"),  # not the Monday after
        ("2026-03-06 13:30", "1 wd", "2026-03-09 11:30"),
        ("2026-03-02 10:00", "1/3 wd", "2026-03-02 14:40"),
        ("2026-03-02 07:30", "0.125 wh", "2026-03-02 07:37:30"),
        ("2026-03-06 16:00", "3 wd", "2026-03-11 17:30"),
        ("2026-03-07 10:00", "2 wh", "2026-03-09 09:30"),
    ],
)
def test_working_budgets_end_when_they_are_used_up(
    calendar: WorkCalendar, arrived: str, budget: str, ends: str
) -> None:
    assert deadline(calendar, arrived, budget) == ends


@pytest.mark.parametrize(
    ("arrived", "budget", "ends"),
    [
        ("2026-03-02 10:00", "0 wd", "2026-03-02 10:00"),
        ("2026-03-02 12:00", "0 wh", "2026-03-02 13:30"),
        ("2026-03-02 15:00", "0 wd", "2026-03-03 07:30"),
        ("2026-03-02 15:00", "0 min", "2026-03-03 07:30"),
        ("2026-03-02 15:00", "0 cd", "2026-03-03 07:30"),
        ("2026-03-02 12:00", "0 h", "2026-03-02 12:00"),
    ],
)
def test_a_budget_of_nothing_ends_at_its_start(
    calendar: WorkCalendar, arrived: str, budget: str, ends: str
) -> None:
    assert deadline(calendar, arrived, budget) == ends


def test_no_calendar_days_on_a_day_off_still_roll(calendar: WorkCalendar) -> None:
    assert deadline(calendar, "2026-03-08 09:00", "0 cd", cutoff=False) == "2026-03-09 17:30"


@pytest.mark.parametrize(
    ("arrived", "budget", "ends"),
    [
        ("2026-03-06 14:00", "24 h", "2026-03-07 14:00"),
        ("2026-03-06 14:00", "10 min", "2026-03-06 14:10"),
        ("2026-03-06 11:25", "10 min", "2026-03-06 11:35"),
        ("2026-02-13 14:00", "48 h", "2026-02-15 14:00"),
        ("2026-03-02 14:00", "0.5 h", "2026-03-02 14:30"),
        ("2026-03-06 16:00", "10 min", "2026-03-09 07:40"),  # the cutoff moved the start
        ("2026-03-06 16:00", "24 h", "2026-03-10 07:30"),
    ],
)
def test_minutes_and_hours_never_roll(
    calendar: WorkCalendar, arrived: str, budget: str, ends: str
) -> None:
    assert deadline(calendar, arrived, budget) == ends


@pytest.mark.parametrize(
    ("arrived", "budget", "ends"),
    [
        ("2026-03-02 10:00", "3 cd", "2026-03-05 10:00"),
        ("2026-03-02 10:00", "5 cd", "2026-03-09 17:30"),  # Saturday
        ("2026-03-02 10:00", "6 cd", "2026-03-09 17:30"),  # Sunday
        ("2026-03-02 10:00", "7 cd", "2026-03-09 10:00"),  # Monday: stays
        ("2026-03-02 00:00", "5 cd", "2026-03-09 17:30"),  # the first instant of Saturday
        ("2026-03-02 12:00", "4.5 cd", "2026-03-09 17:30"),  # Saturday 00:00
        ("2026-03-02 12:00", "4.4 cd", "2026-03-06 21:36"),  # a working day's evening: stays
        ("2026-08-17 10:00", "5 cd", "2026-08-22 10:00"),  # a working Saturday: stays
        ("2026-08-24 10:00", "7 cd", "2026-09-03 17:30"),  # the swapped Monday 31/08
        ("2026-02-02 10:00", "14 cd", "2026-02-23 17:30"),  # into Tết
    ],
)
def test_calendar_days_roll_off_days_off_to_a_close(
    calendar: WorkCalendar, arrived: str, budget: str, ends: str
) -> None:
    assert deadline(calendar, arrived, budget) == ends


def test_a_budget_finer_than_a_microsecond_ends_at_the_first_whole_one(
    calendar: WorkCalendar,
) -> None:
    answer = due(calendar, at("2026-03-02 10:00"), Budget.parse("1/7 h"), None)

    assert local(answer.deadline_at) == "2026-03-02 10:08:34.285715"


def test_an_instant_without_an_offset_is_refused(calendar: WorkCalendar) -> None:
    naive = datetime(2026, 3, 2, 10)  # noqa: DTZ001

    with pytest.raises(ValueError, match="offset"):
        due(calendar, naive, Budget.parse("1 wd"), None)
