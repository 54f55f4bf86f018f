"""NĐ 61/2018 Art. 19.9: at least a day before the date, once, with the reason and the new date."""

from dataclasses import replace

import pytest

from routing.legaltime import Budget, Unit, add, between
from routing.letters import Apology, NoLetter, draft_apology, forecast_end, proposed_date
from schemas.kinds import Kind
from tests.unit.letters.late import (
    PROMISED,
    at_the_land_office,
    context,
    drafted,
    not_drafted,
    record,
)
from tests.unit.lifecycle.journey import ALLOCATION, PERMIT, submit, tables, vn

ARTICLE = "NĐ 61/2018 Điều 19 khoản 9"


def test_the_new_date_is_what_is_left_of_the_plan_in_working_time() -> None:
    journey = at_the_land_office()

    letter = drafted(journey)

    # From Friday 09:00: the late step's 1.5 wd anew, then 2.5 wd of the last one.
    assert letter.is_needed
    assert letter.due_at == PROMISED
    assert letter.forecast == vn("2026-03-12 11:30")
    assert letter.new_date == vn("2026-03-12 17:30")


def test_a_person_may_name_another_date() -> None:
    until = vn("2026-03-16 17:30")

    assert drafted(at_the_land_office(), until).new_date == until


def test_a_dossier_that_makes_it_needs_no_letter_but_may_have_one() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30").walks("commune-intake", "land-extract")
    journey.later(minutes=1)

    without = not_drafted(journey)
    named = drafted(journey, vn("2026-03-16 17:30"))

    assert "name a new date" in without.detail
    assert not named.is_needed


@pytest.mark.parametrize(
    ("now", "allowed"), [("2026-03-08 08:30", True), ("2026-03-08 08:31", False)]
)
def test_it_is_written_at_least_a_day_before_the_date(now: str, allowed: bool) -> None:
    journey = at_the_land_office()
    journey.time(now)

    found = draft_apology(journey.transfer, record(journey), context(journey))

    assert isinstance(found, Apology) == allowed
    if isinstance(found, NoLetter):
        assert found.slug == "illegal-transition"
        assert ARTICLE in found.detail


def test_once_the_date_has_moved_there_is_no_second_letter() -> None:
    journey = at_the_land_office()
    journey.acts("extend", until=vn("2026-03-12 17:30"), legal_basis=ARTICLE)

    found = not_drafted(journey, vn("2026-03-20 17:30"))

    assert found.slug == "illegal-transition"
    assert found.legal_basis == ARTICLE
    assert "1 time(s)" in found.detail


def test_a_new_date_lies_after_the_old_one() -> None:
    assert not_drafted(at_the_land_office(), PROMISED).slug == "invalid-value"


def test_while_the_total_stands_still_there_is_no_date_to_move() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30")
    journey.later(seconds=5).delivered("commune-intake")
    journey.later(minutes=5).receives("commune-intake")
    journey.later(minutes=5).pauses("commune-intake")

    assert "stands still" in not_drafted(journey).detail


def test_a_transfer_that_is_over_needs_none() -> None:
    journey = at_the_land_office()
    journey.says(Kind.TRANSFER_WITHDRAWN, reason="công dân rút hồ sơ")

    assert "over: withdrawn" in not_drafted(journey).detail


def test_drafting_changes_nothing() -> None:
    journey = at_the_land_office()
    before = journey.transfer

    drafted(journey)

    assert journey.transfer == before
    assert journey.transfer.clock.extensions == 0


def test_turns_in_time_end_at_their_deadlines() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30")
    calendar = tables().calendar
    first = journey.hop("commune-intake").clock.deadline_at
    assert first is not None

    end = forecast_end(journey.transfer, tables().calendars, journey.now)

    rest = Budget.parse("4 wd")
    assert between(calendar, first, end, Unit.WORKING_DAY) == rest
    assert end == add(calendar, first, rest)


def test_steps_whose_condition_does_not_hold_take_no_time() -> None:
    journey = submit(PERMIT, "2026-03-02 08:30", works="separate_house")
    transfer, calendars = journey.transfer, tables().calendars
    steps = tuple(replace(step, when=None) for step in transfer.itinerary.steps)
    all_of_them = replace(transfer, itinerary=replace(transfer.itinerary, steps=steps))

    end = forecast_end(transfer, calendars, journey.now)

    assert end < forecast_end(all_of_them, calendars, journey.now)


@pytest.mark.parametrize(
    ("end", "proposed"),
    [
        ("2026-03-12 11:30", "2026-03-12 17:30"),
        ("2026-03-12 17:30", "2026-03-12 17:30"),
        ("2026-03-12 17:31", "2026-03-13 17:30"),
        ("2026-03-14 09:00", "2026-03-16 17:30"),
    ],
)
def test_a_citizen_is_told_the_close_of_a_working_day(end: str, proposed: str) -> None:
    assert proposed_date(tables().calendar, vn(end)) == vn(proposed)
