"""An agency's own hours lie over the country's calendar, and a slip in a file is refused."""

from datetime import date, time

import pytest

from routing.legaltime import (
    AgencyHours,
    Budget,
    CalendarInvalid,
    CalendarNotLoaded,
    Calendars,
    WorkCalendar,
    due,
    read_calendar,
)
from tests.unit.legaltime.agency_files import SATURDAYS, day_off, next_year
from tests.unit.legaltime.questions import at, local

MORNING = ((time(7, 30), time(11, 30)),)
SOME_DAY = at("2026-12-02 08:00")


def hours(text: str = SATURDAYS) -> AgencyHours:
    read = read_calendar(text)
    assert isinstance(read, AgencyHours)
    return read


def country(text: str | None = None) -> WorkCalendar:
    read = read_calendar(text or next_year())
    assert isinstance(read, WorkCalendar)
    return read


def ends(calendar: WorkCalendar, arrived: str, budget: str) -> str:
    return local(due(calendar, at(arrived), Budget.parse(budget), None).deadline_at)


def test_a_saturday_morning_counts_where_the_agency_works_it(calendar: WorkCalendar) -> None:
    laid = hours().laid_over(calendar)

    assert ends(laid, "2026-03-13 13:30", "1 wd") == "2026-03-14 11:30"
    assert ends(calendar, "2026-03-13 13:30", "1 wd") == "2026-03-16 11:30"


def test_days_off_half_days_and_made_up_days_of_its_own_count(calendar: WorkCalendar) -> None:
    laid = hours().laid_over(calendar)

    assert not laid.is_working_day(date(2026, 3, 4))
    assert laid.intervals_of(date(2026, 3, 5)) == MORNING
    assert laid.intervals_of(date(2026, 3, 8)) == ((time(8), time(10)),)
    assert laid.notes[date(2026, 3, 4)].kind == "local_day_off"
    # Tuesday's eight hours, Thursday's four, Friday's eight: the days between do not count.
    assert ends(laid, "2026-03-03 07:30", "2.5 wd") == "2026-03-06 17:30"


def test_what_it_does_not_mention_comes_from_the_base_version(calendar: WorkCalendar) -> None:
    over_old, over_new = hours().laid_over(calendar), hours().laid_over(country())

    assert not over_old.is_working_day(date(2026, 2, 17)), "Tết is off everywhere"
    assert over_old.is_working_day(date(2026, 8, 22)), "the country makes up for 31/08"
    assert over_old.is_working_day(date(2026, 12, 24))
    assert not over_new.is_working_day(date(2026, 12, 24))
    assert over_new.known_until == date(2027, 12, 31)
    assert (over_old.pin, over_new.pin) == (
        "lang-giang@2026-12-01+vn@2026-11-22",
        "lang-giang@2026-12-01+vn@2026-12-20",
    )


def test_a_made_up_saturday_is_worked_as_the_weekday_it_stands_for(
    calendar: WorkCalendar,
) -> None:
    early = SATURDAYS.replace('days = ["sat"]', 'days = ["mon"]').replace("11:30", "10:30")

    assert hours(early).laid_over(calendar).intervals_of(date(2026, 8, 22)) == (
        (time(7, 30), time(10, 30)),
    )


def test_a_season_takes_the_place_of_the_general_rule(calendar: WorkCalendar) -> None:
    summer = (
        SATURDAYS
        + """
[[week]]
days = ["mon", "tue", "wed", "thu", "fri"]
intervals = [["07:00", "11:00"], ["13:30", "17:30"]]
since = 2026-04-15
until = 2026-10-15
source = "giờ mùa hè"
certainty = "demo"
"""
    )
    laid = hours(summer).laid_over(calendar)

    assert laid.intervals_of(date(2026, 4, 15))[0] == (time(7), time(11))
    assert laid.intervals_of(date(2026, 4, 14))[0] == (time(7, 30), time(11, 30))
    assert laid.intervals_of(date(2026, 10, 16))[0] == (time(7, 30), time(11, 30))


def test_each_agency_has_the_hours_that_name_it_most_exactly(calendar: WorkCalendar) -> None:
    wide = SATURDAYS.replace('"lang-giang"', '"tinh"').replace('["H31.101", "H31.2*"]', '["H31*"]')
    calendars = Calendars([calendar], [hours(), hours(wide)])

    assert calendars.of("H31.101", SOME_DAY).name == "lang-giang"
    assert calendars.of("H31.205", SOME_DAY).name == "lang-giang"
    assert calendars.of("H31.9", SOME_DAY).name == "tinh"
    assert calendars.of("G01.5", SOME_DAY) is calendar
    assert calendars.of(None, SOME_DAY) is calendar


def test_a_version_counts_for_what_starts_from_its_day_on(calendar: WorkCalendar) -> None:
    later = SATURDAYS.replace("2026-12-01", "2026-12-15").replace(
        "extends", "valid_from = 2027-01-04\nextends"
    )
    calendars = Calendars([calendar], [hours(), hours(later)])

    assert calendars.of("H31.101", at("2027-01-03 23:59")).version.startswith("2026-12-01+")
    assert calendars.of("H31.101", at("2027-01-04 00:00")).version.startswith("2026-12-15+")


def test_a_named_version_is_found_again_over_any_base(calendar: WorkCalendar) -> None:
    calendars = Calendars([calendar, country()], [hours()])

    old = calendars.pinned("lang-giang@2026-12-01+vn@2026-11-22")

    assert old.known_until == date(2027, 2, 3)
    assert calendars.of("H31.101", SOME_DAY).known_until == date(2027, 12, 31)
    for unknown in (
        "vn@2027-01-01",
        "lang-giang@2027-01-01+vn@2026-11-22",
        "lang-giang@2026-12-01",
    ):
        with pytest.raises(CalendarNotLoaded):
            calendars.pinned(unknown)


def test_weekend_hours_on_a_holiday_are_pointed_out(calendar: WorkCalendar) -> None:
    doubtful = hours().doubtful_days(calendar)

    assert doubtful == (date(2027, 1, 2),), "the Saturday after New Year's Day, a Friday"
    said = hours(SATURDAYS + day_off("2027-01-02", "local_day_off"))
    assert said.doubtful_days(calendar) == ()


SLIPS = [
    ("name = ", "nam = ", "name is missing"),
    ('"lang-giang"', '"Lạng Giang"', "name has the wrong form"),
    ('"2026-12-01"', '"December"', "version has the wrong form"),
    ('"2026-12-01"', '"2026-13-01"', "version 2026-13-01 is no date"),
    ('extends = "vn"', 'extends = "lang-giang"', "own calendar"),
    ('["H31.101", "H31.2*"]', "[]", "agencies must be a list, and not empty"),
    ('["H31.101", "H31.2*"]', '["H31.*1"]', "agencies holds what is no code"),
    ('["H31.101", "H31.2*"]', '["H31.101", "H31.101"]', "agencies names one twice"),
    ('days = ["sat"]', 'days = ["saturday"]', "week 1: days holds what is no code"),
    ('[["07:30", "11:30"]]\nsource', '[["7:30", "11:30"]]\nsource', "week 1: intervals '7:30'"),
    ('[["07:30", "11:30"]]\nsource', '[["11:30", "07:30"]]\nsource', "week 1: intervals are dis"),
    ('[["07:30", "11:30"]]\nreason', "[]\nreason", "half_day 1 .2026-03-05.: intervals must"),
    ("date = 2026-03-04", 'date = "2026-03-04"', "day_off 1: date must be a date"),
    ("date = 2026-03-05", "date = 2026-03-04", "half_day 1 .2026-03-04.: date .* listed twice"),
    ('"local_day_off"', '"festival"', "day_off 1 .2026-03-04.: kind must be one of"),
    ('certainty = "demo"', 'certainty = "sure"', "certainty must be one of"),
    ('source = "quyết', 'sources = "quyết', "source is missing"),
    ("[[half_day]]", "[[half-day]]", "unknown half-day"),
    ("title", "valid_from = 2027\ntitle", "valid_from must be a date"),
    ("[[week]]", "[[week]", "not TOML"),
]


@pytest.mark.parametrize(("was", "written", "says"), SLIPS)
def test_a_slip_in_a_file_is_refused_in_one_line(was: str, written: str, says: str) -> None:
    assert was in SATURDAYS

    with pytest.raises(CalendarInvalid, match=says) as refused:
        read_calendar(SATURDAYS.replace(was, written, 1))

    assert "\n" not in str(refused.value)


def test_a_file_that_says_nothing_of_its_own_is_refused() -> None:
    with pytest.raises(CalendarInvalid, match="says nothing"):
        read_calendar(SATURDAYS[: SATURDAYS.index("[[week]]")])


def test_a_base_file_says_what_every_row_rests_on() -> None:
    with pytest.raises(CalendarInvalid, match=r"day_off 1 .2024-01-01.: source is missing"):
        read_calendar(
            next_year().replace("source = ", "sources = ", 2).replace("sources", "source", 1)
        )
