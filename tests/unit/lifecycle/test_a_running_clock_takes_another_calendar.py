"""An operator applies a calendar version to one running clock: both values are kept, it is told."""

from dataclasses import replace

import pytest

from routing.legaltime import Calendars, read_calendar
from routing.legaltime.hours import AgencyHours
from routing.lifecycle.events import Operated
from routing.lifecycle.model import Context, LimitName
from schemas.kinds import Kind
from tests.unit.legaltime.agency_files import SATURDAYS
from tests.unit.lifecycle.journey import COMMUNE, LAND, Journey, declined, submit, tables, vn
from tests.unit.lifecycle.test_clocks_keep_their_calendar import (
    NEW,
    OLD,
    knowing_both,
    with_a_day_off,
)


def working() -> Journey:
    """A dossier at its first agency from Monday, two working days; a newer version is known."""
    journey = submit(LAND, "2026-03-02 08:30")
    journey.at("2026-03-02 08:31").delivered("land-check")
    journey.at("2026-03-02 08:35").receives("land-check")
    journey.context = knowing_both()
    return journey


def test_the_deadline_moves_and_the_ledger_has_both_values() -> None:
    journey = working()

    journey.at("2026-03-02 09:00").acts("recalendar", "land-check", calendar=NEW)

    assert journey.hop("land-check").clock.calendar == NEW
    assert journey.hop("land-check").clock.deadline_at == vn("2026-03-05 08:30")
    [entry] = journey.last.entries
    assert entry.act == "clock.recalendared"
    assert (entry.facts["calendar"], entry.facts["deadline_at"]) == (NEW, "2026-03-05T01:30:00Z")
    assert entry.facts["before"] == {"calendar": OLD, "deadline_at": "2026-03-04T01:30:00Z"}
    assert journey.transfer.clock.calendar == OLD


def test_its_agency_and_the_originator_are_told_the_new_deadline() -> None:
    journey = working()
    agency = journey.hop("land-check").agency

    journey.at("2026-03-02 09:00").acts("recalendar", "land-check", calendar=NEW)

    told = journey.sent(Kind.HOP_CHANGED)
    assert {send.to for send in told} == {agency, COMMUNE}
    assert {(s.data["deadline_at"], s.data["reason"]) for s in told} == {
        ("2026-03-05T01:30:00Z", "calendar")
    }


def test_the_statutory_total_moves_by_itself_and_only_the_originator_is_told() -> None:
    journey = working()
    hop = journey.hop("land-check").clock

    journey.at("2026-03-02 09:00").acts("recalendar", calendar=NEW)

    assert journey.transfer.clock.calendar == NEW
    assert journey.hop("land-check").clock == hop
    assert journey.told() == [(COMMUNE, "transfer.changed")]


def test_a_breach_of_a_deadline_that_moved_past_now_is_taken_back() -> None:
    journey = working()
    journey.time("2026-03-04 09:00")
    assert LimitName.DEADLINE in journey.hop("land-check").clock.breached

    journey.acts("recalendar", "land-check", calendar=NEW)

    assert journey.acted() == ["clock.recalendared", "clock.corrected"]
    assert journey.hop("land-check").clock.breached == ()
    journey.time("2026-03-05 09:00")
    assert journey.acted() == ["clock.warned", "clock.breached"]


def test_a_deadline_that_moves_into_the_past_is_breached_by_time_alone() -> None:
    journey = submit(LAND, "2026-03-02 08:30", context=knowing_both())
    journey.at("2026-03-02 08:31").delivered("land-check")
    journey.at("2026-03-02 08:35").receives("land-check")
    earlier = replace(tables().calendar, version="2026-12-21")
    journey.context = replace(
        tables(), calendars=Calendars([tables().calendar, with_a_day_off(), earlier])
    )

    journey.at("2026-03-04 10:00").acts("recalendar", "land-check", calendar=earlier.pin)
    assert journey.acted() == ["clock.recalendared"]
    journey.time()

    assert "clock.breached" in journey.acted()
    assert journey.entries[-1].legal_at == vn("2026-03-04 08:30")


@pytest.mark.parametrize("step", ["land-check", None])
def test_a_version_that_is_older_or_moves_nothing_is_declined(step: str | None) -> None:
    journey = working()
    journey.at("2026-03-02 09:00").acts("recalendar", step, calendar=NEW)

    for version in (NEW, OLD):
        refused = declined(journey.tries_to("recalendar", step, calendar=version))
        assert (refused.slug, refused.detail[:12]) == ("illegal-transition", "this version")


def test_a_paused_clock_has_no_deadline_to_move() -> None:
    journey = working()
    journey.at("2026-03-02 09:00").pauses("land-check", "payment")

    refused = declined(journey.tries_to("recalendar", "land-check", calendar=NEW))

    assert "resume first" in refused.detail


def test_a_version_has_to_be_named() -> None:
    journey = working()

    assert declined(journey.fold(Operated("recalendar", "an", "test"))).slug == "missing-field"


def with_saturdays(agency: str) -> Context:
    text = SATURDAYS.replace('["H31.101", "H31.2*"]', f'["{agency}"]')
    hours = read_calendar(text.replace("2026-03-04", "2026-03-03"))
    assert isinstance(hours, AgencyHours)
    return replace(tables(), calendars=Calendars([tables().calendar], [hours]))


def test_hours_of_an_agency_move_its_own_hops_and_no_totals() -> None:
    journey = working()
    agency = journey.hop("land-check").agency
    assert agency is not None
    journey.context = with_saturdays(agency)
    journey.at("2026-03-02 09:00")

    refused = declined(journey.tries_to("recalendar", calendar="lang-giang@2026-12-01"))
    journey.acts("recalendar", "land-check", calendar="lang-giang@2026-12-01")

    assert "does not move" in refused.detail
    clock = journey.hop("land-check").clock
    assert clock.calendar == f"lang-giang@2026-12-01+{OLD}"
    # Tuesday is off, Thursday is half a day: what was due on Wednesday 08:30 is due on Thursday.
    assert clock.deadline_at == vn("2026-03-05 08:30")


def test_hours_that_name_the_agency_no_more_give_way_to_the_country() -> None:
    journey = working()
    agency = journey.hop("land-check").agency
    assert agency is not None
    context = with_saturdays(agency)
    journey.context = context
    journey.at("2026-03-02 09:00").acts(
        "recalendar", "land-check", calendar="lang-giang@2026-12-01"
    )
    [hours] = context.calendars.hours
    without = replace(hours, version="2026-12-09", agencies=("G99.1",))
    journey.context = replace(context, calendars=context.calendars.joined([without]))

    journey.acts("recalendar", "land-check", calendar="lang-giang@2026-12-09")

    assert journey.hop("land-check").clock.calendar == OLD
