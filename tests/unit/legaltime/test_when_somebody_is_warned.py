"""Warnings inside a clock's life, and the limit for correcting what was noticed."""

import pytest

from routing.legaltime import (
    DEFAULT_CUTOFF,
    Budget,
    Pause,
    WorkCalendar,
    close_of_notice_day,
    due,
    parse_threshold,
    warning_instants,
)
from tests.unit.legaltime.questions import at, local


@pytest.mark.parametrize(
    ("arrived", "budget", "warned"),
    [
        (
            "2026-03-02 07:30",
            "10 wd",
            [
                ("50%", "2026-03-06 17:30"),
                ("80%", "2026-03-11 17:30"),
                ("1wd", "2026-03-12 17:30"),
            ],
        ),
        # 80 % of 5 wd is the instant at which 1 wd is left: one warning, the urgent name.
        ("2026-03-02 07:30", "5 wd", [("50%", "2026-03-04 11:30"), ("1wd", "2026-03-05 17:30")]),
        ("2026-03-02 10:00", "2 wd", [("1wd", "2026-03-03 10:00"), ("80%", "2026-03-03 16:48")]),
        ("2026-03-02 07:30", "1 wd", [("50%", "2026-03-02 11:30"), ("80%", "2026-03-02 15:54")]),
        ("2026-03-02 08:00", "2 wh", [("50%", "2026-03-02 09:00"), ("80%", "2026-03-02 09:36")]),
        ("2026-03-02 08:00", "10 min", [("50%", "2026-03-02 08:05"), ("80%", "2026-03-02 08:08")]),
        # A clock day holds exactly one working day, which does not exceed one.
        ("2026-03-02 08:00", "24 h", [("50%", "2026-03-02 20:00"), ("80%", "2026-03-03 03:12")]),
        # Calendar days that roll: one working day before the rolled deadline.
        (
            "2026-03-02 10:00",
            "5 cd",
            [
                ("50%", "2026-03-04 22:00"),
                ("80%", "2026-03-06 10:00"),
                ("1wd", "2026-03-06 17:30"),
            ],
        ),
        ("2026-03-02 10:00", "0 wd", []),
    ],
)
def test_warnings_come_at_half_at_four_fifths_and_a_working_day_before_the_end(
    calendar: WorkCalendar, arrived: str, budget: str, warned: list[tuple[str, str]]
) -> None:
    clock = due(calendar, at(arrived), Budget.parse(budget), DEFAULT_CUTOFF)

    found = warning_instants(calendar, clock.started_at, Budget.parse(budget), clock.deadline_at)

    assert [(name, local(instant)) for name, instant in found] == warned


def test_pauses_move_the_warnings_after_them(calendar: WorkCalendar) -> None:
    pauses = [Pause(at("2026-03-04 07:30"), at("2026-03-06 07:30"))]
    clock = due(calendar, at("2026-03-02 07:30"), Budget.parse("5 wd"), None, pauses)

    found = warning_instants(
        calendar, clock.started_at, Budget.parse("5 wd"), clock.deadline_at, pauses
    )

    assert [(name, local(instant)) for name, instant in found] == [
        ("50%", "2026-03-06 11:30"),
        ("1wd", "2026-03-09 17:30"),
    ]


def test_an_extended_deadline_moves_only_the_working_day_before_the_end(
    calendar: WorkCalendar,
) -> None:
    found = warning_instants(
        calendar, at("2026-03-02 07:30"), Budget.parse("1 wd"), at("2026-03-06 17:30")
    )

    assert [(name, local(instant)) for name, instant in found] == [
        ("50%", "2026-03-02 11:30"),
        ("80%", "2026-03-02 15:54"),
        ("1wd", "2026-03-05 17:30"),
    ]


@pytest.mark.parametrize(
    ("told", "by"),
    [
        ("2026-03-02 07:30", "2026-03-02 17:30"),
        ("2026-03-02 10:00", "2026-03-02 17:30"),
        ("2026-03-02 17:29:59", "2026-03-02 17:30"),
        ("2026-03-02 17:30", "2026-03-03 17:30"),
        ("2026-03-02 12:00", "2026-03-03 17:30"),  # at lunch
        ("2026-03-02 06:00", "2026-03-03 17:30"),  # before opening
        ("2026-03-07 10:00", "2026-03-09 17:30"),
        ("2026-08-21 18:00", "2026-08-22 17:30"),
    ],
)
def test_a_correction_is_due_by_the_close_of_the_day_of_the_notice(
    calendar: WorkCalendar, told: str, by: str
) -> None:
    assert local(close_of_notice_day(calendar, at(told))) == by


def test_other_thresholds_are_other_shares_and_remainders(calendar: WorkCalendar) -> None:
    clock = due(calendar, at("2026-03-02 07:30"), Budget.parse("2 wd"), DEFAULT_CUTOFF)

    found = warning_instants(
        calendar,
        clock.started_at,
        Budget.parse("2 wd"),
        clock.deadline_at,
        thresholds=("2wh", "30min", "25%"),
    )

    assert [(name, local(instant)) for name, instant in found] == [
        ("25%", "2026-03-02 11:30"),
        ("2wh", "2026-03-03 15:30"),
        ("30min", "2026-03-03 17:00"),
    ]


def test_of_thresholds_that_coincide_the_most_urgent_stays_in_any_order(
    calendar: WorkCalendar,
) -> None:
    clock = due(calendar, at("2026-03-02 07:30"), Budget.parse("1 wd"), DEFAULT_CUTOFF)
    # Half of one day is four hours of work, and four hours are left.
    for names in (("50%", "4wh", "240min"), ("240min", "4wh", "50%")):
        found = warning_instants(
            calendar, clock.started_at, Budget.parse("1 wd"), clock.deadline_at, (), names
        )

        assert [name for name, _ in found] == ["4wh", "240min"]


@pytest.mark.parametrize("name", ["", "50", "0%", "100%", "05%", "1 wd", "wd", "-1wd", "1year"])
def test_what_is_no_threshold_is_an_error(name: str) -> None:
    with pytest.raises(ValueError, match="no threshold"):
        parse_threshold(name)
