"""QĐ 766/QĐ-TTg beside the operational deadline: each rule of it, both numbers kept."""

from dataclasses import replace
from datetime import datetime

from routing.lifecycle.instants import written
from routing.lifecycle.verdict import Judged, Verdict, verdict
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import (
    ALLOCATION,
    COMMUNE,
    Journey,
    submit,
    vn,
)

STEPS = ("commune-intake", "land-extract", "commune-decision")


def started() -> Journey:
    """Five working days from Monday morning: until the next Monday, 08:30."""
    journey = submit(ALLOCATION, "2026-03-02 08:30")
    journey.later(seconds=5).delivered("commune-intake")
    journey.later(minutes=5).receives("commune-intake")
    return journey


def of(journey: Journey, period_end: str | None = None) -> Verdict:
    end: datetime = journey.now if period_end is None else vn(period_end)
    return verdict(journey.transfer, journey.context.calendars, end)


def supplemented(journey: Journey, since: str, until: str) -> None:
    journey.at(since).pauses("commune-intake")
    journey.at(until).says(Kind.SUPPLEMENT_PROVIDED, "commune-intake", by=COMMUNE, note="x")


def ended(journey: Journey, at: str) -> Journey:
    journey.at(at).completes("commune-intake")
    journey.walks("land-extract", "commune-decision")
    return journey


def test_ended_before_the_date_it_is_in_time_by_both() -> None:
    judged = of(ended(started(), "2026-03-03 08:30"))

    assert (judged.operational.late, judged.reporting.late) == (False, False)
    assert judged.reporting.judged is Judged.PROCESSED
    assert judged.operational.due_at == judged.reporting.due_at == vn("2026-03-09 08:30")


def test_ended_after_the_date_it_is_late_by_both() -> None:
    judged = of(ended(started(), "2026-03-09 08:30"))

    assert (judged.operational.late, judged.reporting.late) == (True, True)


def test_the_time_of_a_supplement_is_subtracted() -> None:
    journey = started()
    supplemented(journey, "2026-03-02 10:30", "2026-03-04 10:30")

    judged = of(ended(journey, "2026-03-10 08:30"))

    assert judged.reporting.due_at == vn("2026-03-11 08:30")
    assert judged.reporting.late is False


def test_it_is_subtracted_also_where_the_procedure_does_not_exclude_it() -> None:
    journey = started()
    itinerary = replace(journey.transfer.itinerary, total_excludes=())
    journey.transfer = replace(journey.transfer, itinerary=itinerary)
    supplemented(journey, "2026-03-02 10:30", "2026-03-04 10:30")

    judged = of(ended(journey, "2026-03-10 08:30"))

    assert judged.operational.due_at == vn("2026-03-09 08:30")
    assert judged.operational.late is True
    assert judged.reporting.late is False


def test_more_than_one_request_is_late_whatever_the_dates() -> None:
    journey = started()
    supplemented(journey, "2026-03-02 09:00", "2026-03-02 10:00")
    supplemented(journey, "2026-03-02 10:30", "2026-03-02 11:00")

    judged = of(ended(journey, "2026-03-03 08:30"))

    assert judged.supplements == 2
    assert judged.operational.late is False
    assert judged.reporting.late is True


def test_what_is_not_finished_is_held_to_the_end_of_the_period() -> None:
    journey = started()

    within, past = of(journey, "2026-03-06 17:30"), of(journey, "2026-03-31 17:30")

    assert within.reporting.judged is Judged.PERIOD_END
    assert within.reporting.late is False
    assert past.reporting.late is True


def test_what_ended_after_the_period_had_not_ended_in_it() -> None:
    judged = of(ended(started(), "2026-03-05 08:30"), "2026-03-04 17:30")

    assert judged.reporting.judged is Judged.PERIOD_END
    assert judged.reporting.at == vn("2026-03-04 17:30")


def test_while_the_one_supplement_is_waited_for_its_request_counts_as_the_end() -> None:
    journey = started()
    journey.at("2026-03-03 10:30").pauses("commune-intake")

    judged = of(journey, "2026-03-31 17:30")

    assert judged.reporting.judged is Judged.ASKED
    assert judged.reporting.at == vn("2026-03-03 10:30")
    assert judged.reporting.late is False


def test_a_stop_or_a_refusal_counts_as_the_end_where_nothing_was_finished() -> None:
    journey = started()
    journey.at("2026-03-03 10:30").acts("stop")

    judged = of(journey, "2026-03-31 17:30")

    assert judged.reporting.judged is Judged.ENDED
    assert judged.reporting.at == vn("2026-03-03 10:30")
    assert judged.reporting.late is False


def test_an_extended_date_is_the_date() -> None:
    journey = started()
    journey.acts("extend", until=vn("2026-03-12 17:00"), legal_basis="NĐ 61/2018 Điều 19")

    judged = of(ended(journey, "2026-03-12 09:00"))

    assert judged.reporting.due_at == vn("2026-03-12 17:00")
    assert (judged.operational.late, judged.reporting.late) == (False, False)


def test_without_a_total_the_promised_date_is_moved_by_the_supplement() -> None:
    journey = started()
    clock = replace(journey.transfer.clock, budget=None, deadline_at=None, warn_at=())
    journey.transfer = replace(journey.transfer, clock=clock, promised_at=vn("2026-03-06 16:00"))
    supplemented(journey, "2026-03-03 08:00", "2026-03-04 08:00")

    judged = of(journey, "2026-03-09 15:00")

    assert judged.reporting.due_at == vn("2026-03-09 16:00")
    assert judged.reporting.late is False
    assert judged.operational.late is True


def test_without_any_date_nothing_is_judged() -> None:
    journey = started()
    clock = replace(journey.transfer.clock, budget=None, deadline_at=None, warn_at=())
    journey.transfer = replace(journey.transfer, clock=clock, promised_at=None)

    assert of(journey).reporting.late is None


def test_the_books_are_told_the_same() -> None:
    journey = started()
    supplemented(journey, "2026-03-02 10:30", "2026-03-04 10:30")

    ended(journey, "2026-03-10 08:30")

    judged = of(journey)
    [end] = [entry for entry in journey.entries if entry.act == "transfer.completed"]
    assert judged.reporting.due_at is not None
    assert end.facts["due_at"] == written(judged.reporting.due_at)
    assert end.facts["supplements"] == judged.supplements == 1
