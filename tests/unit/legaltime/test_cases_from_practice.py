"""Cases that officers meet: Friday afternoons, weekends, swapped days, Tết, supplements."""

import pytest

from routing.legaltime import DEFAULT_CUTOFF, Budget, Pause, WorkCalendar, due, remainder
from tests.unit.legaltime.questions import at, local


@pytest.mark.parametrize(
    ("arrived", "ends"),
    [
        ("2026-03-02 14:59", "2026-03-05 14:59"),
        ("2026-03-02 15:00", "2026-03-05 17:30"),
        ("2026-03-02 15:01", "2026-03-05 17:30"),
    ],
)
def test_one_minute_around_three_in_the_afternoon(
    calendar: WorkCalendar, arrived: str, ends: str
) -> None:
    assert _deadline(calendar, arrived, "3 wd") == ends


def test_friday_at_four_counts_from_monday(calendar: WorkCalendar) -> None:
    assert _deadline(calendar, "2026-03-06 16:00", "1 wd") == "2026-03-09 17:30"


def test_an_online_dossier_of_the_weekend_counts_from_monday(calendar: WorkCalendar) -> None:
    assert _deadline(calendar, "2026-03-08 21:13:07", "1 wd") == "2026-03-09 17:30"


def test_saturday_22_august_2026_is_worked_and_monday_31_is_not(calendar: WorkCalendar) -> None:
    assert _deadline(calendar, "2026-08-21 16:00", "1 wd") == "2026-08-22 17:30"
    assert _deadline(calendar, "2026-08-22 10:00", "1 wd") == "2026-08-24 10:00"
    assert _deadline(calendar, "2026-08-28 16:00", "1 wd") == "2026-09-03 17:30"


def test_a_budget_spans_tet(calendar: WorkCalendar) -> None:
    assert _deadline(calendar, "2024-02-07 10:00", "2 wd") == "2024-02-16 10:00"
    assert _deadline(calendar, "2025-01-24 10:00", "2 wd") == "2025-02-04 10:00"
    assert _deadline(calendar, "2026-02-13 10:00", "2 wd") == "2026-02-24 10:00"


@pytest.mark.parametrize(
    ("arrived", "ends"),
    [
        ("2024-04-26 10:00", "2024-05-02 10:00"),  # 29/04 off
        ("2024-05-03 10:00", "2024-05-04 10:00"),  # Saturday worked
        ("2025-04-25 10:00", "2025-04-26 10:00"),  # Saturday worked
        ("2025-04-29 10:00", "2025-05-05 10:00"),  # 30/04, 01/05 and 02/05 off
        ("2025-12-31 10:00", "2026-01-05 10:00"),  # 01/01 and 02/01 off
        ("2026-01-09 10:00", "2026-01-10 10:00"),  # Saturday worked
        ("2026-04-24 10:00", "2026-04-28 10:00"),  # 27/04 off in place of Sunday 26/04
        ("2026-11-23 10:00", "2026-11-25 10:00"),  # 24/11 off
    ],
)
def test_a_due_date_next_to_a_swapped_day(calendar: WorkCalendar, arrived: str, ends: str) -> None:
    assert _deadline(calendar, arrived, "1 wd") == ends


def test_a_due_date_that_falls_on_a_swapped_day_off_lies_behind_it(calendar: WorkCalendar) -> None:
    # Friday + 1 wd would be Monday 31/08/2026, which is off in exchange for Saturday 22/08.
    assert _deadline(calendar, "2026-08-28 10:00", "1 wd") == "2026-09-03 10:00"
    assert _deadline(calendar, "2026-08-26 10:00", "5 cd", cutoff=False) == "2026-09-03 17:30"


def test_a_due_date_that_falls_on_a_make_up_saturday_is_that_saturday(
    calendar: WorkCalendar,
) -> None:
    assert _deadline(calendar, "2026-08-20 10:00", "2 wd") == "2026-08-22 10:00"
    assert _deadline(calendar, "2026-08-17 10:00", "5 cd", cutoff=False) == "2026-08-22 10:00"


def test_a_pause_across_a_holiday_takes_only_its_working_time(calendar: WorkCalendar) -> None:
    pause = ("2026-08-28 10:00", "2026-09-03 10:00")  # Friday to Thursday: 1 wd

    assert _deadline(calendar, "2026-08-27 10:00", "2 wd") == "2026-09-03 10:00"
    assert _deadline(calendar, "2026-08-27 10:00", "2 wd", pause) == "2026-09-04 10:00"


def test_a_supplement_asked_twice_subtracts_both_waits(calendar: WorkCalendar) -> None:
    first = ("2026-03-03 10:00", "2026-03-05 10:00")
    second = ("2026-03-06 08:00", "2026-03-09 09:00")

    assert _deadline(calendar, "2026-03-02 10:00", "3 wd") == "2026-03-05 10:00"
    assert _deadline(calendar, "2026-03-02 10:00", "3 wd", first) == "2026-03-09 10:00"
    assert _deadline(calendar, "2026-03-02 10:00", "3 wd", first, second) == "2026-03-10 11:00"


def test_a_supplement_after_appraisal_restarts_the_whole_budget(calendar: WorkCalendar) -> None:
    # NĐ 61/2018 Điều 19.4: the clock restarts from zero; the report subtracts. Both are kept.
    supplement = ("2026-03-03 10:00", "2026-03-05 10:00")

    subtracted = _deadline(calendar, "2026-03-02 10:00", "3 wd", supplement)
    restarted = _deadline(calendar, supplement[1], "3 wd")

    assert (subtracted, restarted) == ("2026-03-09 10:00", "2026-03-10 10:00")


def test_calendar_days_inside_a_working_day_chain_start_where_the_chain_arrives(
    calendar: WorkCalendar,
) -> None:
    appraised = due(calendar, at("2026-03-02 10:00"), Budget.parse("3 wd"), DEFAULT_CUTOFF)

    published = due(calendar, appraised.deadline_at, Budget.parse("15 cd"), None)

    assert local(published.started_at) == "2026-03-05 10:00"
    assert local(published.deadline_at) == "2026-03-20 10:00"


def test_calendar_days_that_end_on_a_swapped_day_roll_past_the_holiday(
    calendar: WorkCalendar,
) -> None:
    assert _deadline(calendar, "2026-08-01 10:00", "30 cd", cutoff=False) == "2026-09-03 17:30"


def test_the_reorganisation_of_july_2025_does_not_stop_a_clock(calendar: WorkCalendar) -> None:
    assert _deadline(calendar, "2025-06-30 10:00", "3 wd") == "2025-07-03 10:00"
    assert _deadline(calendar, "2025-06-30 15:00", "1 wd") == "2025-07-01 17:30"


def test_machine_limits_of_the_civil_status_chain(calendar: WorkCalendar) -> None:
    # NĐ 301/2026: hand-over within 10 minutes, receipt within 2 working hours, no cutoff.
    assert _deadline(calendar, "2026-03-06 17:25", "10 min", cutoff=False) == "2026-03-06 17:35"
    assert _deadline(calendar, "2026-03-06 16:30", "2 wh", cutoff=False) == "2026-03-09 08:30"


def test_what_is_left_while_a_pause_is_open(calendar: WorkCalendar) -> None:
    waiting = [Pause(at("2026-03-03 10:00"), None)]

    left = remainder(
        calendar, at("2026-03-02 10:00"), Budget.parse("3 wd"), at("2026-03-10 16:00"), waiting
    )

    assert str(left) == "2 wd"


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2026-03-01 10:00", "3 wd"),  # before the start
        ("2026-03-02 10:00", "3 wd"),
        ("2026-03-02 14:00", "2.75 wd"),
        ("2026-03-05 10:00", "0 wd"),
        ("2026-03-25 10:00", "0 wd"),  # overdue: never below zero
    ],
)
def test_what_is_left_of_a_running_clock(calendar: WorkCalendar, now: str, left: str) -> None:
    budget = Budget.parse("3 wd")

    assert str(remainder(calendar, at("2026-03-02 10:00"), budget, at(now))) == left


def _deadline(
    calendar: WorkCalendar,
    arrived: str,
    budget: str,
    *pauses: tuple[str, str],
    cutoff: bool = True,
) -> str:
    spans = [Pause(at(start), at(end)) for start, end in pauses]
    moment = DEFAULT_CUTOFF if cutoff else None
    return local(due(calendar, at(arrived), Budget.parse(budget), moment, spans).deadline_at)
