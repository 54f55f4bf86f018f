"""The two start rules, in their order: the cutoff for every unit, working time for wh and wd."""

from datetime import time

import pytest

from routing.legaltime import DEFAULT_CUTOFF, Unit, WorkCalendar, start_of
from tests.unit.legaltime.questions import at, local

EVERY_UNIT = list(Unit)
WORKING = [Unit.WORKING_DAY, Unit.WORKING_HOUR]
CLOCK = [Unit.MINUTE, Unit.HOUR, Unit.CALENDAR_DAY]


@pytest.mark.parametrize("unit", EVERY_UNIT)
@pytest.mark.parametrize(
    ("arrived", "started"),
    [
        ("2026-03-02 14:59", "2026-03-02 14:59"),
        ("2026-03-02 14:59:59.999999", "2026-03-02 14:59:59.999999"),
        ("2026-03-02 15:00", "2026-03-03 07:30"),
        ("2026-03-02 15:01", "2026-03-03 07:30"),
        ("2026-03-02 23:59:59.999999", "2026-03-03 07:30"),
        ("2026-03-06 16:00", "2026-03-09 07:30"),  # Friday
        ("2026-03-07 09:00", "2026-03-09 07:30"),  # Saturday
        ("2026-03-08 00:00", "2026-03-09 07:30"),  # Sunday, in its first instant
        ("2026-08-21 15:00", "2026-08-22 07:30"),  # the next working day is a Saturday
        ("2026-08-22 15:00", "2026-08-24 07:30"),  # a working Saturday has a cutoff too
        ("2026-08-31 09:00", "2026-09-03 07:30"),  # a Monday off
        ("2026-02-13 15:00", "2026-02-23 07:30"),  # into Tết
    ],
)
def test_with_the_cutoff_every_unit_starts_alike(
    calendar: WorkCalendar, unit: Unit, arrived: str, started: str
) -> None:
    assert local(start_of(calendar, at(arrived), unit, DEFAULT_CUTOFF)) == started


@pytest.mark.parametrize("cutoff", [DEFAULT_CUTOFF, None])
@pytest.mark.parametrize("unit", WORKING)
@pytest.mark.parametrize(
    ("arrived", "started"),
    [
        ("2026-03-02 00:00", "2026-03-02 07:30"),
        ("2026-03-02 07:29:59.999999", "2026-03-02 07:30"),
        ("2026-03-02 07:30", "2026-03-02 07:30"),
        ("2026-03-02 11:29:59", "2026-03-02 11:29:59"),
        ("2026-03-02 11:30", "2026-03-02 13:30"),
        ("2026-03-02 12:15", "2026-03-02 13:30"),
        ("2026-03-02 13:30", "2026-03-02 13:30"),
    ],
)
def test_working_units_start_in_working_time(
    calendar: WorkCalendar, unit: Unit, cutoff: time | None, arrived: str, started: str
) -> None:
    assert local(start_of(calendar, at(arrived), unit, cutoff)) == started


@pytest.mark.parametrize("unit", WORKING)
@pytest.mark.parametrize(
    ("arrived", "started"),
    [
        ("2026-03-02 15:00", "2026-03-02 15:00"),
        ("2026-03-02 17:29:59", "2026-03-02 17:29:59"),
        ("2026-03-02 17:30", "2026-03-03 07:30"),
        ("2026-03-07 09:00", "2026-03-09 07:30"),
    ],
)
def test_without_a_cutoff_working_units_use_the_rest_of_the_day(
    calendar: WorkCalendar, unit: Unit, arrived: str, started: str
) -> None:
    assert local(start_of(calendar, at(arrived), unit, None)) == started


@pytest.mark.parametrize("unit", CLOCK)
@pytest.mark.parametrize(
    "arrived", ["2026-03-02 06:00", "2026-03-02 12:00", "2026-03-02 22:00", "2026-03-08 03:00"]
)
def test_without_a_cutoff_clock_units_start_where_they_are(
    calendar: WorkCalendar, unit: Unit, arrived: str
) -> None:
    assert local(start_of(calendar, at(arrived), unit, None)) == arrived


@pytest.mark.parametrize("unit", CLOCK)
@pytest.mark.parametrize("arrived", ["2026-03-02 06:00", "2026-03-02 12:00"])
def test_before_the_cutoff_clock_units_start_where_they_are_even_outside_working_time(
    calendar: WorkCalendar, unit: Unit, arrived: str
) -> None:
    assert local(start_of(calendar, at(arrived), unit, DEFAULT_CUTOFF)) == arrived


def test_a_cutoff_after_close_leaves_the_evening_to_the_second_rule(
    calendar: WorkCalendar,
) -> None:
    evening, cutoff = at("2026-03-02 18:00"), time(20)

    assert local(start_of(calendar, evening, Unit.HOUR, cutoff)) == "2026-03-02 18:00"
    assert local(start_of(calendar, evening, Unit.WORKING_HOUR, cutoff)) == "2026-03-03 07:30"


def test_a_cutoff_at_midnight_moves_everything_to_the_next_working_day(
    calendar: WorkCalendar,
) -> None:
    assert local(start_of(calendar, at("2026-03-02 00:00"), Unit.HOUR, time(0))) == (
        "2026-03-03 07:30"
    )
