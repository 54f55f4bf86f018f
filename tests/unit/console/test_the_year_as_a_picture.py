"""The year as a picture: each day is what the calendar says, and unknown where it says nothing."""

from collections import Counter
from datetime import date

from gateway.console.year import DayKind, months_of, special_days, years_of
from routing.legaltime import load_calendar

CALENDAR = load_calendar("vn")
TODAY = date(2026, 3, 2)


def kinds(year: int) -> dict[date, DayKind]:
    months = months_of(CALENDAR, year, TODAY)
    return {d.date: d.kind for month in months for week in month.weeks for d in week if d}


def test_a_year_has_every_day_once_and_works_what_the_calendar_works() -> None:
    found = kinds(2026)

    assert len(found) == 365
    worked = {DayKind.WORK, DayKind.MAKE_UP, DayKind.HALF}
    assert [
        day for day, kind in found.items() if bool(CALENDAR.intervals_of(day)) != (kind in worked)
    ] == []
    assert found[date(2026, 1, 2)] is DayKind.OFF
    assert found[date(2026, 1, 10)] is DayKind.MAKE_UP
    assert found[date(2026, 4, 27)] is DayKind.OFF
    assert found[date(2026, 4, 30)] is DayKind.HOLIDAY
    assert found[date(2026, 3, 1)] is DayKind.WEEKEND


def test_what_is_not_decided_is_neither_worked_nor_off() -> None:
    found = kinds(2027)
    february = months_of(CALENDAR, 2027, TODAY)[1]

    assert Counter(found.values())[DayKind.UNKNOWN] == 365 - 34
    assert found[date(2027, 2, 3)] is DayKind.WORK
    assert found[date(2027, 2, 4)] is DayKind.UNKNOWN
    assert (february.worked, february.lacking) == (3, 25)


def test_a_missing_year_is_among_those_that_are_shown() -> None:
    assert list(years_of(CALENDAR, TODAY)) == [2024, 2025, 2026, 2027]
    assert list(years_of(CALENDAR, date(2027, 1, 5)))[-1] == 2028


def test_days_that_differ_from_the_ordinary_week_are_listed_with_their_source() -> None:
    listed = list(special_days(months_of(CALENDAR, 2026, TODAY)))

    assert [one.date for one in listed] == sorted(d for d in CALENDAR.notes if d.year == 2026)
    assert all(one.note and one.note.source for one in listed)
