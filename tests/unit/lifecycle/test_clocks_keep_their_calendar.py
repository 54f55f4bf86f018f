"""A clock counts by one calendar version from its start to its end, whatever is published since."""

from dataclasses import replace
from datetime import date
from functools import cache

import orjson
import pytest

from routing.legaltime import CalendarNotLoaded, Calendars, DayNote, WorkCalendar
from routing.lifecycle.clocks import clock_facts, recompute_clock, start_clock
from routing.lifecycle.codec import clock_from_document, clock_to_document
from routing.lifecycle.model import Context, HopClock
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import (
    BIRTH,
    LAND,
    folded,
    knowing_until,
    submit,
    tables,
    vn,
)

WEDNESDAY = date(2026, 3, 4)
OLD, NEW = "vn@2026-11-22", "vn@2026-12-20"


def with_a_day_off(day: date = WEDNESDAY) -> WorkCalendar:
    """A later version of the calendar, in which one more date is off."""
    base = tables().calendar
    index = (day - base.known_from).days
    intervals = (*base.intervals[:index], (), *base.intervals[index + 1 :])
    note = DayNote("swapped_off", "hoán đổi", "test", "unverified")
    return replace(base, version="2026-12-20", intervals=intervals, notes={**base.notes, day: note})


@cache
def knowing_both() -> Context:
    return replace(tables(), calendars=Calendars([tables().calendar, with_a_day_off()]))


def test_a_clock_paused_before_a_new_version_resumes_by_its_own() -> None:
    journey = submit(LAND, "2026-03-02 08:30")
    journey.at("2026-03-02 08:31").delivered("land-check")
    journey.at("2026-03-02 09:00").pauses("land-check", "payment")

    journey.context = knowing_both()
    journey.at("2026-03-02 10:00").says(Kind.HOP_RESUMED, "land-check", reason="payment")

    # Two working days from Monday 08:30 with an hour's pause: Wednesday, though it is off since.
    assert journey.hop("land-check").clock.calendar == OLD
    assert journey.hop("land-check").clock.deadline_at == vn("2026-03-04 09:30")


def test_what_starts_after_it_counts_by_the_new_version() -> None:
    journey = submit(LAND, "2026-03-02 08:30", context=knowing_both())
    before = submit(LAND, "2026-03-02 08:30")

    assert journey.transfer.clock.calendar == NEW
    assert journey.hop("land-check").clock.calendar == NEW
    assert journey.hop("land-check").clock.deadline_at == vn("2026-03-05 08:30")
    assert before.hop("land-check").clock.deadline_at == vn("2026-03-04 08:30")


def test_hops_of_one_transfer_may_count_by_different_versions_and_the_ledger_says_which() -> None:
    journey = submit(LAND, "2026-03-02 08:30")
    journey.context = knowing_both()

    journey.walks("land-check")

    assert journey.hop("land-check").clock.calendar == OLD
    assert journey.hop("certificate").clock.calendar == NEW
    entries = {(entry.act, entry.step): entry for entry in journey.last.entries}
    assert entries["hop.completed", "land-check"].calendar == OLD
    assert entries["hop.dispatched", "certificate"].calendar is None
    assert entries["hop.dispatched", "certificate"].facts["calendar"] == NEW


def test_a_clock_that_no_calendar_knew_is_pinned_anew_to_the_one_that_does() -> None:
    ended = replace(knowing_until(date(2026, 3, 3)), now=vn("2026-03-02 08:30"))
    journey = submit(BIRTH, context=ended, residence_check="simple")
    assert journey.transfer.clock.calendar_missing

    journey.context = replace(
        ended, calendars=Calendars([*ended.calendars.bases, with_a_day_off()])
    )
    known = folded(journey.time("2026-03-02 09:00"))

    assert [entry.act for entry in known.entries][:1] == ["clock.known"]
    assert known.transfer.clock.calendar == NEW
    assert known.entries[0].facts["calendar"] == NEW


def test_a_stored_clock_that_names_no_version_counts_by_the_first() -> None:
    old = start_clock(tables().calendar, HopClock(budget="3 wd"), vn("2026-03-02 08:30"))
    new = start_clock(with_a_day_off(), HopClock(budget="3 wd"), vn("2026-03-02 08:30"))

    written = [orjson.loads(orjson.dumps(clock_to_document(one))) for one in (old, new)]

    assert "calendar" not in written[0]
    assert "calendar" not in clock_facts(old)
    assert written[1]["calendar"] == NEW
    assert [clock_from_document(one) for one in written] == [old, new]
    assert recompute_clock(old, knowing_both().calendars) == old
    assert recompute_clock(new, knowing_both().calendars) == new


def test_a_version_that_is_not_loaded_is_never_replaced_by_another() -> None:
    clock = start_clock(with_a_day_off(), HopClock(budget="3 wd"), vn("2026-03-02 08:30"))

    with pytest.raises(CalendarNotLoaded):
        recompute_clock(clock, tables().calendars)


def test_a_clock_that_resumes_beyond_its_calendar_takes_the_newest_that_knows() -> None:
    ended = replace(knowing_until(date(2026, 3, 5)), now=vn("2026-03-02 08:30"))
    journey = submit(LAND, "2026-03-02 08:30", context=ended)
    journey.at("2026-03-02 08:31").delivered("land-check")
    journey.at("2026-03-02 09:00").pauses("land-check", "payment")

    journey.context = replace(
        ended, calendars=Calendars([*ended.calendars.bases, with_a_day_off()])
    )
    journey.at("2026-03-09 09:00").says(Kind.HOP_RESUMED, "land-check", reason="payment")

    clock = journey.hop("land-check").clock
    assert clock.calendar == NEW
    assert clock.deadline_at == vn("2026-03-11 08:30")
    assert journey.entries[-1].facts["calendar"] == NEW


def test_an_extension_beyond_its_calendar_says_in_the_ledger_which_it_took() -> None:
    ended = replace(knowing_until(date(2026, 3, 20)), now=vn("2026-03-02 08:30"))
    journey = submit(LAND, "2026-03-02 08:30", context=ended)
    journey.at("2026-03-02 08:31").delivered("land-check")
    journey.at("2026-03-02 08:35").receives("land-check")
    journey.context = replace(
        ended, calendars=Calendars([*ended.calendars.bases, with_a_day_off()])
    )

    journey.acts("extend", "land-check", until=vn("2026-03-04 09:00"), legal_basis="Điều 19")
    within = journey.last.entries[0].facts
    journey.acts("extend", until=vn("2026-03-25 10:00"), legal_basis="Điều 19")
    beyond = journey.last.entries[0].facts

    assert "calendar" not in within
    assert journey.hop("land-check").clock.calendar == OLD
    assert beyond["calendar"] == journey.transfer.clock.calendar == NEW
    assert not journey.transfer.clock.calendar_missing


def test_a_clock_that_ends_is_pinned_to_nothing_new() -> None:
    ended = replace(knowing_until(date(2026, 3, 5)), now=vn("2026-03-02 08:30"))
    journey = submit(LAND, "2026-03-02 08:30", context=ended)
    journey.at("2026-03-02 08:31").delivered("land-check")
    journey.at("2026-03-02 09:00").pauses("land-check", "payment")

    journey.context = replace(
        ended, calendars=Calendars([*ended.calendars.bases, with_a_day_off()])
    )
    journey.at("2026-03-09 09:00").completes("land-check")

    assert journey.hop("land-check").clock.calendar == OLD
