"""The fixed week: who takes part, what is handed in, how time goes from desk to desk."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import SteppedClock
from gateway.sandbox.conductor import GridWake
from gateway.sandbox.participants import COMMUNES, Participant, participants
from gateway.sandbox.week import (
    CHAINS,
    ENDS_AT,
    FIRST_DAY,
    GRID,
    STARTS_AT,
    VIETNAM,
    HandIn,
    behaviour_of,
    hand_ins,
)
from routing.itinerary import Itinerary, RouteRequest, plan
from schemas.identifiers import parse_dossier_code
from schemas.kinds import TransferSubmitted
from tests.unit.gateway.desk import Batch, read, rulebook


@cache
def taking_part() -> list[Participant]:
    return participants(rulebook().directory, STARTS_AT)


@cache
def week(seed: int = 1, count: int = 300) -> list[HandIn]:
    return hand_ins(taking_part(), count, seed)


def read_submission(one: HandIn) -> TransferSubmitted:
    return TransferSubmitted.model_validate_json(orjson.dumps(one.submission))


# Who takes part


def test_everybody_takes_part_once_and_is_in_force() -> None:
    codes = [one.code for one in taking_part()]

    assert len(codes) == len(set(codes))
    assert all(one.agency.in_force(STARTS_AT) for one in taking_part())


def test_every_commune_has_its_office_and_every_road_is_taken() -> None:
    offices = {
        one.agency.jurisdiction[0] for one in taking_part() if one.agency.role == "one-stop.commune"
    }

    assert offices == set(COMMUNES)
    assert {one.connector for one in taking_part()} == {"amqp", "webhook", "mailbox"}


def test_every_step_of_the_weeks_chains_reaches_somebody_who_takes_part() -> None:
    codes = {one.code for one in taking_part()}

    for one in week():
        itinerary = _planned(one)
        for step in itinerary.steps:
            if step.expected:
                assert step.failure is None, (one.code, step)
                assert step.agency in codes, (one.code, step.id, step.agency)


def test_every_facts_of_every_chain_can_be_planned_from_every_office() -> None:
    codes = {one.code for one in taking_part()}
    book = rulebook()

    for chain in CHAINS:
        for office in (one for one in taking_part() if one.agency.role == chain.offices):
            for facts in chain.facts:
                unit = next((u for u in COMMUNES if u in office.agency.jurisdiction), COMMUNES[0])
                request = RouteRequest(
                    chain.procedure, office.code, {chain.place: unit}, facts, STARTS_AT, STARTS_AT
                )

                found = plan(request, book.catalogue, book.directory, book.units)

                assert isinstance(found, Itinerary), (chain.procedure, office.code, found)
                assert {s.agency for s in found.steps if s.expected} <= codes


def _planned(one: HandIn) -> Itinerary:
    submission, book = read_submission(one), rulebook()
    found = plan(
        RouteRequest(
            submission.procedure,
            one.office,
            {str(name): unit for name, unit in submission.places.items()},
            dict(submission.facts),
            submission.received_at,
            one.at,
        ),
        book.catalogue,
        book.directory,
        book.units,
    )
    assert isinstance(found, Itinerary), (one.code, found)
    return found


# What is handed in


def test_the_same_seed_is_the_same_week_and_another_is_another() -> None:
    assert hand_ins(taking_part(), 100, 7) == hand_ins(taking_part(), 100, 7)
    assert hand_ins(taking_part(), 100, 7) != hand_ins(taking_part(), 100, 8)


@pytest.mark.parametrize("seed", range(1, 6))
def test_everything_handed_in_is_valid(seed: int) -> None:
    for one in week(seed):
        submission = read_submission(one)

        assert submission.received_at == one.at
        assert parse_dossier_code(one.code).agency == one.office


def test_everything_handed_in_would_be_accepted() -> None:
    for one in week():
        judged = read(
            {
                "specversion": "1.0",
                "id": one.code,
                "source": f"urn:lienthong:agency:{one.office}",
                "type": "vn.lienthong.transfer.submitted.v1",
                "subject": one.code,
                "data": one.submission,
            },
            agency=one.office,
        )
        at_the_counter = replace(judged.incoming, recorded_at=one.at)

        [answer] = Batch(now=one.at).decide(replace(judged, incoming=at_the_counter))

        assert answer.verdict == "accepted", answer


def test_each_dossier_has_a_code_of_its_own_and_they_come_in_order() -> None:
    codes = [one.code for one in week()]
    instants = [one.at for one in week()]

    assert len(set(codes)) == len(codes) == 300
    assert instants == sorted(instants)


def test_everything_is_handed_in_on_a_mark_of_the_grid_within_the_week() -> None:
    for one in week():
        assert STARTS_AT <= one.at < ENDS_AT
        assert one.at.timestamp() % GRID.total_seconds() == 0
        assert 0 <= (one.at.astimezone(VIETNAM).date() - FIRST_DAY).days < 4


def test_nobody_in_it_can_be_anyone() -> None:
    for one in week():
        identifier = read_submission(one).applicant.identifier

        assert identifier is not None
        assert identifier.value.startswith("000")
        assert len(identifier.value) == 12


def test_all_kinds_of_chains_are_handed_in() -> None:
    assert {one.submission["procedure"] for one in week()} == {chain.procedure for chain in CHAINS}


def test_each_agency_behaves_as_its_seed_says() -> None:
    for one in taking_part():
        assert behaviour_of(one) == behaviour_of(one)
        assert behaviour_of(one, 1).seed != behaviour_of(one, 2).seed


# How time goes

instants = st.integers(0, 7 * 86_400_000_000).map(
    lambda past: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(microseconds=past)
)
grids = st.sampled_from([timedelta(minutes=10), timedelta(minutes=7), timedelta(seconds=1)])


@given(instants, grids)
def test_a_mark_is_the_next_one_of_the_grid(instant: datetime, grid: timedelta) -> None:
    mark = GridWake(SteppedClock(STARTS_AT, ENDS_AT), grid).mark(instant)

    past = (mark - datetime(1970, 1, 1, tzinfo=UTC)) % grid
    assert min(past, grid - past) < timedelta(milliseconds=1)
    assert timedelta(0) <= mark - instant < grid + timedelta(milliseconds=1)


def test_an_instant_on_the_grid_is_its_own_mark() -> None:
    wake = GridWake(SteppedClock(STARTS_AT, ENDS_AT), GRID)

    assert wake.mark(STARTS_AT) == STARTS_AT
    assert wake.now() == STARTS_AT


async def test_who_wakes_between_marks_wakes_with_the_others() -> None:
    clock = SteppedClock(STARTS_AT, ENDS_AT)
    wake = GridWake(clock, GRID)
    waiting = [
        asyncio.create_task(wake.until(STARTS_AT + timedelta(minutes=minute)))
        for minute in (1, 5, 10)
    ]
    await asyncio.sleep(0)

    assert clock.step()

    await asyncio.gather(*waiting)
    assert clock.now() == STARTS_AT + GRID
