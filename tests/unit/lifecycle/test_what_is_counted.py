"""Entries carry what the books count by: how it came in, when it was due, how long it was held."""

from typing import Any

from routing.lifecycle.instants import written
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import ALLOCATION, COMMUNE, Journey, submit, vn

STEP = "commune-intake"


def working() -> Journey:
    journey = submit(ALLOCATION, "2026-03-02 08:30")
    journey.at("2026-03-02 08:30").delivered(STEP)
    journey.receives(STEP)
    return journey


def facts_of(journey: Journey, act: str) -> dict[str, Any]:
    """The facts of the last entry of an act."""
    return [entry for entry in journey.entries if entry.act == act][-1].facts


def asked_twice() -> Journey:
    journey = working()
    journey.at("2026-03-02 10:30").pauses(STEP)
    journey.at("2026-03-03 10:30").says(Kind.HOP_RESUMED, STEP, reason="supplement")
    journey.at("2026-03-03 11:00").pauses(STEP)
    return journey


def test_a_submission_says_how_and_when_it_came_in() -> None:
    journey = working()

    facts = facts_of(journey, "transfer.submitted")

    assert facts["channel"] == "in_person"
    assert facts["received_at"] == written(journey.transfer.received_at)


def test_a_turn_says_how_long_it_took_without_its_pauses() -> None:
    journey = working()
    journey.at("2026-03-02 10:30").pauses(STEP)
    journey.at("2026-03-03 14:30").says(Kind.HOP_RESUMED, STEP, reason="supplement")

    journey.at("2026-03-03 16:30").completes(STEP)

    # Two hours before the pause and two after it, of one working day.
    facts = facts_of(journey, "hop.completed")
    assert (facts["elapsed"], facts["worked"], facts["used"]) == (32 * 3600, 4 * 3600, 50)
    assert "late" not in facts


def test_a_turn_at_its_deadline_has_used_all_and_is_not_late() -> None:
    journey = working()

    journey.at("2026-03-03 08:30").completes(STEP)

    assert facts_of(journey, "hop.completed")["used"] == 100
    assert "late" not in facts_of(journey, "hop.completed")


def test_a_turn_after_its_deadline_is_late_and_has_used_more_than_all() -> None:
    journey = working()

    journey.at("2026-03-03 08:31").completes(STEP)

    assert facts_of(journey, "hop.completed")["used"] > 100
    assert facts_of(journey, "hop.completed")["late"] is True


def test_an_end_says_by_when_it_was_due() -> None:
    journey = working()

    journey.at("2026-03-03 08:00").says(Kind.TRANSFER_WITHDRAWN, reason="x")

    # Five working days from Monday morning.
    facts = facts_of(journey, "transfer.withdrawn")
    assert facts == {"due_at": written(vn("2026-03-09 08:30"))}


def test_the_due_date_moves_with_the_pauses() -> None:
    journey = working()
    journey.at("2026-03-02 10:30").pauses(STEP)
    journey.at("2026-03-03 10:30").says(Kind.HOP_RESUMED, STEP, reason="supplement")

    journey.at("2026-03-03 11:00").says(Kind.TRANSFER_WITHDRAWN, reason="x")

    facts = facts_of(journey, "transfer.withdrawn")
    assert facts == {"due_at": written(vn("2026-03-10 08:30")), "supplements": 1}


def test_every_request_for_a_supplement_says_which_it_is() -> None:
    journey = asked_twice()

    requests = [entry.facts for entry in journey.entries if entry.act == "hop.paused"]

    assert [facts["supplements"] for facts in requests] == [1, 2]


def test_a_request_that_is_said_again_is_not_another() -> None:
    journey = asked_twice()

    journey.at("2026-03-03 11:05").pauses(STEP)
    journey.at("2026-03-03 11:30").says(Kind.TRANSFER_WITHDRAWN, reason="x")

    assert facts_of(journey, "transfer.withdrawn")["supplements"] == 2


def test_a_turn_that_another_agency_takes_over_brings_its_requests_once() -> None:
    journey = asked_twice()
    journey.at("2026-03-03 14:00").acts("redirect", STEP, agency="H31.102")

    journey.at("2026-03-03 15:00").says(Kind.TRANSFER_WITHDRAWN, reason="x")

    assert facts_of(journey, "transfer.withdrawn")["supplements"] == 2
    assert journey.transfer.originator == COMMUNE


def test_what_ends_after_the_total_says_so() -> None:
    journey = working()
    journey.time("2026-03-10 09:00")

    journey.at("2026-03-10 09:05").says(Kind.TRANSFER_WITHDRAWN, reason="x")

    assert facts_of(journey, "transfer.withdrawn")["overdue"] is True
