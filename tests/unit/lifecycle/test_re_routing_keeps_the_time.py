"""A technical re-routing makes no new request and restarts no clock (NĐ 309/2026 Điều 17.3)."""

from dataclasses import replace
from datetime import timedelta

from routing.directory import Directory
from routing.lifecycle.model import Context, HopClock
from tests.unit.lifecycle.journey import ALLOCATION, Journey, submit, tables

STEP = "land-extract"
OTHER = "H31.15.20.002"


def at_land_office() -> Journey:
    journey = submit(ALLOCATION, "2026-03-02 08:30").walks("commune-intake")
    journey.later(seconds=5).delivered(STEP)
    journey.later(minutes=5).receives(STEP)
    return journey.later(minutes=25)


def taken_over_by(agency: str, successor: str, journey: Journey) -> Context:
    """A directory in which one agency has ended by now and another does its work."""
    directory = journey.context.directory
    now = journey.now + timedelta(seconds=1)
    rows = []
    for row in directory:
        if row.code == agency and row.in_force(journey.now):
            rows.append(replace(row, valid_to=now, successors=(successor,)))
            rows.append(replace(row, code=successor, aliases=(), valid_from=now))
        else:
            rows.append(row)
    after = Directory(version="after", agencies=rows, units=journey.context.units)
    return replace(tables(), directory=after)


def facts_of(clock: HopClock) -> tuple[object, ...]:
    return clock.arrived_at, clock.started_at, clock.budget, clock.deadline_at, clock.pauses


def test_not_competent_keeps_the_request_and_the_time() -> None:
    journey = at_land_office()
    transfer, hop = journey.transfer, journey.hop(STEP)

    journey.refuses(STEP, "not_competent")
    journey.later(hours=1).acts("resolve", STEP, agency=OTHER)

    assert journey.hop(STEP).agency == OTHER
    assert facts_of(journey.hop(STEP).clock) == facts_of(hop.clock)
    assert _same_request(journey, transfer)


def test_an_operators_redirect_keeps_the_request_and_the_time() -> None:
    journey = at_land_office()
    transfer, hop = journey.transfer, journey.hop(STEP)

    journey.later(hours=1).acts("redirect", STEP, agency=OTHER)

    assert journey.hop(STEP).agency == OTHER
    assert facts_of(journey.hop(STEP).clock) == facts_of(hop.clock)
    assert _same_request(journey, transfer)


def test_a_successor_takes_the_turn_over_in_the_same_round_of_the_same_request() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30")
    transfer = journey.transfer
    planned = journey.hop(STEP).agency
    assert planned is not None
    journey.context = taken_over_by(planned, "H31.15.20.099", journey)

    journey.walks("commune-intake")

    hop = journey.hop(STEP)
    assert (hop.agency, hop.round, str(hop.state)) == ("H31.15.20.099", 1, "dispatching")
    assert "hop.rerouted" in journey.acted()
    assert _same_request(journey, transfer)


def _same_request(journey: Journey, before: object) -> bool:
    """One transfer, one submission, one total that runs as it ran."""
    after = journey.transfer
    submissions = [entry for entry in journey.entries if entry.act == "transfer.submitted"]
    return len(submissions) == 1 and (
        (after.id, after.submission_ref, after.submitted_at, facts_of(after.clock))
        == (before.id, before.submission_ref, before.submitted_at, facts_of(before.clock))  # type: ignore[attr-defined]
    )
