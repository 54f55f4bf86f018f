"""What the packaged calendar knows, where it stops, and what others say about the same days."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from importlib.resources import files
from zoneinfo import ZoneInfo

import holidays
import pytest

from routing.legaltime import (
    DEFAULT_CUTOFF,
    Budget,
    CalendarUnknown,
    NoSuchCalendar,
    WorkCalendar,
    calendar_versions,
    due,
    load_calendar,
    start_of,
)
from routing.legaltime.budget import Unit
from routing.legaltime.reading import CERTAINTIES, calendar_from
from tests.unit.legaltime import oracle
from tests.unit.legaltime.questions import at, local

MISSING_ELSEWHERE = {date(2026, 1, 2)}  # the swap with Saturday 2026-01-10


def known_days(calendar: WorkCalendar) -> list[date]:
    """Return every known date."""
    count = (calendar.known_until - calendar.known_from).days + 1
    return [calendar.known_from + timedelta(days=n) for n in range(count)]


def test_it_knows_three_years_and_the_days_before_tet_2027(calendar: WorkCalendar) -> None:
    assert calendar.known_from == date(2024, 1, 1)
    assert calendar.known_until == date(2027, 2, 3)
    assert calendar.nominal_day == timedelta(hours=8)
    assert calendar.version == calendar_versions("vn")[-1]


def test_its_days_are_those_listed_independently(calendar: WorkCalendar) -> None:
    differing = [
        day
        for day in known_days(calendar)
        if calendar.is_working_day(day) is not oracle.is_working_day(day)
    ]

    assert differing == []


def test_it_counts_249_working_days_in_2026_and_250_without_the_day_of_culture(
    calendar: WorkCalendar,
) -> None:
    worked = Counter(day.year for day in known_days(calendar) if calendar.is_working_day(day))

    assert worked == {2024: 251, 2025: 250, 2026: 249, 2027: 23}
    assert not calendar.is_working_day(date(2026, 11, 24))


@pytest.mark.parametrize(
    ("saturday", "day_off"),
    [
        (date(2024, 5, 4), date(2024, 4, 29)),
        (date(2025, 4, 26), date(2025, 5, 2)),
        (date(2026, 1, 10), date(2026, 1, 2)),
        (date(2026, 8, 22), date(2026, 8, 31)),
    ],
)
def test_swapped_days_point_at_each_other(
    calendar: WorkCalendar, saturday: date, day_off: date
) -> None:
    assert saturday.weekday() == 5
    assert calendar.is_working_day(saturday)
    assert not calendar.is_working_day(day_off)
    assert calendar.notes[saturday].swapped_with == day_off
    assert calendar.notes[day_off].swapped_with == saturday


def test_every_date_names_its_source_and_how_certain_it_is(calendar: WorkCalendar) -> None:
    for note in calendar.notes.values():
        assert note.reason
        assert note.source
        assert note.certainty in CERTAINTIES
    for reported in (date(2026, 1, 2), date(2026, 1, 10), date(2026, 11, 24)):
        assert calendar.notes[reported].certainty == "secondary"


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_holidays_package_has_the_same_days_but_one_swap(
    calendar: WorkCalendar, year: int
) -> None:
    theirs = holidays.country_holidays("VN", years=year)

    days = [day for day in known_days(calendar) if day.year == year and day.weekday() < 5]
    ours_off = {day for day in days if not calendar.is_working_day(day)}
    theirs_off = {day for day in days if day in theirs}

    assert ours_off - theirs_off <= MISSING_ELSEWHERE
    assert theirs_off <= ours_off
    assert {day for day in theirs.weekend_workdays if day.year == year} | {date(2026, 1, 10)} == {
        day
        for day in calendar.notes
        if calendar.is_working_day(day) and (day.year == year or day == date(2026, 1, 10))
    }


def test_its_offset_is_that_of_ho_chi_minh_on_every_known_day(calendar: WorkCalendar) -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")

    for day in known_days(calendar):
        midnight = datetime.combine(day, time(), calendar.zone)
        assert zone.utcoffset(midnight.replace(tzinfo=zone)) == midnight.utcoffset()


@pytest.mark.parametrize(
    ("arrived", "budget"),
    [
        ("2027-02-04 00:00", "1 wd"),
        ("2027-02-03 15:00", "1 wd"),  # starts on the next working day: not known
        ("2027-02-03 15:00", "10 min"),
        ("2027-02-03 07:30:00.000001", "1 wd"),
        ("2027-02-01 10:00", "3 wd"),
        ("2027-01-20 10:00", "15 cd"),
        ("2027-03-01 10:00", "10 min"),  # is it a day off? not known
        ("2023-12-31 10:00", "1 wd"),
        ("1999-01-01 10:00", "1 wd"),
        ("9999-12-31 23:59", "1 wd"),
    ],
)
def test_it_does_not_guess_about_days_it_does_not_know(
    calendar: WorkCalendar, arrived: str, budget: str
) -> None:
    with pytest.raises(CalendarUnknown, match="known from 2024-01-01 to 2027-02-03") as refused:
        due(calendar, at(arrived), Budget.parse(budget), DEFAULT_CUTOFF)

    assert refused.value.calendar == "vn"
    assert refused.value.known_until == date(2027, 2, 3)


def test_its_last_day_is_known_to_its_close(calendar: WorkCalendar) -> None:
    answer = due(calendar, at("2027-02-03 07:30"), Budget.parse("1 wd"), DEFAULT_CUTOFF)

    assert local(answer.deadline_at) == "2027-02-03 17:30"


def test_a_clock_unit_without_a_cutoff_asks_the_calendar_nothing(calendar: WorkCalendar) -> None:
    answer = due(calendar, at("2027-03-01 10:00"), Budget.parse("10 min"), None)

    assert local(answer.deadline_at) == "2027-03-01 10:10"


def test_a_deadline_after_the_year_9999_is_unknown_too(calendar: WorkCalendar) -> None:
    with pytest.raises(CalendarUnknown):
        due(calendar, at("2026-03-02 10:00"), Budget.parse("999999999999 h"), None)


def test_questions_about_one_date_are_answered_or_refused(calendar: WorkCalendar) -> None:
    assert local(calendar.close_of_day(date(2026, 8, 22))) == "2026-08-22 17:30"
    assert local(calendar.next_opening(at("2026-03-07 09:00"))) == "2026-03-09 07:30"
    assert local(calendar.next_opening(at("2026-03-09 07:30"))) == "2026-03-09 07:30"
    assert calendar.working_between(at("2026-03-06 16:30"), at("2026-03-09 08:30")) == (
        timedelta(hours=2)
    )
    with pytest.raises(ValueError, match="day off"):
        calendar.close_of_day(date(2026, 3, 8))
    with pytest.raises(CalendarUnknown, match="2027-02-04"):
        calendar.is_working_day(date(2027, 2, 4))


def test_a_published_version_is_never_edited() -> None:
    # A correction is a new file: what was decided with a version must be computable again.
    published = {"2026-11-22": "9a63ebd519ee3757"}

    folder = files("routing") / "data" / "calendars" / "vn"
    found = {
        version: sha256((folder / f"{version}.toml").read_bytes()).hexdigest()[:16]
        for version in calendar_versions("vn")
    }

    assert found == published


@pytest.mark.parametrize("name", ["", "xx", "../vn", "VN", "vn/2026-11-22"])
def test_an_unknown_calendar_is_named_in_the_refusal(name: str) -> None:
    with pytest.raises(NoSuchCalendar, match="no calendar"):
        load_calendar(name)


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(NoSuchCalendar, match="no version '1999'"):
        load_calendar("vn", "1999")


def agency_table() -> dict[str, object]:
    """Return a one-week calendar of an agency with a half-day Saturday."""
    source = {"source": "test", "certainty": "unverified", "reason": "test"}
    return {
        "name": "half-saturday",
        "version": "2026-03-01",
        "title": "test",
        "timezone": "Asia/Ho_Chi_Minh",
        "known_from": date(2026, 3, 2),
        "known_until": date(2026, 3, 15),
        "utc_offset_minutes": 420,
        "nominal_day_hours": 8,
        "week": {
            "days": ["mon", "tue", "wed", "thu", "fri"],
            "intervals": [["07:00", "11:30"], ["13:30", "17:00"]],
            "source": "test",
            "certainty": "unverified",
        },
        "day_off": [{"date": date(2026, 3, 11), "kind": "public_holiday", **source}],
        "make_up": [{"date": date(2026, 3, 7), "intervals": [["07:00", "11:00"]], **source}],
    }


def test_an_agency_may_keep_other_hours_and_half_days() -> None:
    calendar = calendar_from(agency_table())

    answer = due(calendar, at("2026-03-06 13:30"), Budget.parse("1 wd"), None)

    assert local(answer.deadline_at) == "2026-03-09 07:30"  # 3.5 h Friday, 4 h Saturday, 0.5 h
    assert local(start_of(calendar, at("2026-03-07 11:00"), Unit.WORKING_HOUR, None)) == (
        "2026-03-09 07:00"
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"day_off": [{"date": date(2026, 3, 8)}]}, "would change nothing"),
        ({"make_up": [{"date": date(2026, 3, 9)}]}, "would change nothing"),
        ({"day_off": [{"date": date(2026, 4, 8)}]}, "outside the known days"),
        ({"day_off": [{"date": date(2026, 3, 9)}] * 2}, "listed twice"),
        ({"day_off": [{"date": date(2026, 3, 9), "source": ""}]}, "source"),
        ({"day_off": [{"date": date(2026, 3, 9), "certainty": "sure"}]}, "certainty"),
        ({"known_until": date(2026, 3, 1)}, "must follow known_from"),
        (
            {
                "week": {
                    "days": ["mon", "wed"],
                    "intervals": [["13:00", "17:00"], ["07:00", "11:00"]],
                    "source": "x",
                    "certainty": "ours",
                }
            },
            "dis",
        ),
    ],
)
def test_a_calendar_with_a_mistake_does_not_load(change: dict[str, object], says: str) -> None:
    plain = {"reason": "x", "source": "x", "certainty": "unverified"}
    table = {**agency_table(), "make_up": [], **change}
    for rows, kind in (("day_off", {"kind": "public_holiday"}), ("make_up", {})):
        table[rows] = [{**plain, **kind, **row} for row in table[rows]]  # type: ignore[attr-defined]

    with pytest.raises(ValueError, match=says):
        calendar_from(table)
