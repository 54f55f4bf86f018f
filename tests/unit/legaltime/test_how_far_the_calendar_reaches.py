"""The calendar is called for long before anything needs its missing days."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from routing.legaltime import WorkCalendar
from routing.policies import load_policies
from routing.procedures import Catalogue, load_catalogue
from routing.reach import longest_total, reach_of

POLICIES = load_policies()
CATALOGUE = load_catalogue()


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(hour=1, tzinfo=UTC)


def test_it_is_short_once_the_longest_procedure_and_the_lead_pass_its_end(
    calendar: WorkCalendar,
) -> None:
    longest = longest_total(CATALOGUE, at("2026-09-01"))
    last_good = calendar.known_until - longest - POLICIES.calendar_ahead

    good = reach_of(calendar, CATALOGUE, POLICIES, at(last_good.isoformat()))
    short = reach_of(calendar, CATALOGUE, POLICIES, at((last_good + timedelta(days=1)).isoformat()))

    assert (good.is_short, short.is_short) == (False, True)
    assert good.needed_until == calendar.known_until
    assert last_good < date(2026, 11, 1), "more than three months before the calendar ends"


def test_an_open_deadline_further_off_than_any_total_counts(calendar: WorkCalendar) -> None:
    far = at("2027-01-20")

    reach = reach_of(calendar, CATALOGUE, POLICIES, at("2026-03-02"), far)

    assert reach.is_short
    assert reach.needed_until == date(2027, 1, 20) + POLICIES.calendar_ahead


def test_the_longest_total_in_force_is_counted_in_calendar_days() -> None:
    procedures = [
        replace(one, total=total, total_cases=())
        for one, total in zip(
            [CATALOGUE.in_force(code, at("2026-09-01")) for code in CATALOGUE.codes()],
            ["3 wd", "20 wd", "16 wh", "26 cd", "10 min"],
            strict=False,
        )
        if one is not None
    ]

    assert longest_total(Catalogue("test", procedures), at("2026-09-01")) == timedelta(days=28)
    assert longest_total(Catalogue("test", procedures), at("1990-01-01")) == timedelta(0)


def test_days_left_are_counted_to_the_last_known_day(calendar: WorkCalendar) -> None:
    reach = reach_of(calendar, CATALOGUE, POLICIES, at("2026-11-25"))

    assert (reach.calendar, reach.days_left) == ("vn@2026-11-22", 70)
