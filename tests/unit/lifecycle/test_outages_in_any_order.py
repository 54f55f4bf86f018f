"""Whoever hears of an outage when, and in whatever order: in the end the clocks are the same.

One journey knows everything from the first moment on. The other hears of each declaration, end and
withdrawal at some later moment, with the timekeeper coming in between and deciding what it knows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from routing.legaltime import Budget, Pause, due
from routing.lifecycle.model import HopClock
from routing.outages import Outage, OutageKind
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import COMMUNE, LAND, Journey, submit, tables, vn

START = vn("2026-03-02 08:30")
STEP = "land-check"
MINUTES = st.integers(1, 6000)
LATER = st.integers(0, 3000)


@dataclass(frozen=True)
class Told:
    """An outage as it was, and how long after each fact somebody said so."""

    outage: Outage
    declared_after: int
    ended_after: int
    withdrawn: bool


@st.composite
def tellings(draw: st.DrawFn) -> list[Told]:
    agency = submit(LAND).hop(STEP).agency
    told = []
    for number in range(draw(st.integers(1, 4))):
        begins = START + timedelta(minutes=draw(MINUTES) - 600)
        ends = draw(st.one_of(st.none(), MINUTES))
        whose = draw(st.sampled_from([agency, None, "H31.14"]))
        outage = Outage(
            UUID(int=number + 1),
            whose,
            OutageKind.INCIDENT,
            begins,
            None if ends is None else begins + timedelta(minutes=ends),
            "NĐ 99/2022 Điều 16.3",
        )
        told.append(Told(outage, draw(LATER), draw(LATER), draw(st.integers(0, 4)) == 0))
    return told


Moment = tuple[datetime, Any]


def knowing(told: Iterable[Told], *, late: bool) -> list[Moment]:
    """When which outage is known, and as what."""
    moments: list[Moment] = []
    for one in told:
        outage, start = one.outage, one.outage.start
        known = outage if not one.withdrawn else replace(outage, withdrawn=True)
        if not late:
            moments.append((max(start, START), known))
            continue
        heard_at = max(start, START) + timedelta(minutes=one.declared_after)
        moments.append((heard_at, replace(outage, end=None)))
        if outage.end is not None:
            moments.append((max(heard_at, outage.end + timedelta(minutes=one.ended_after)), outage))
        if one.withdrawn:
            moments.append((moments[-1][0] + timedelta(minutes=1), known))
    return moments


def lived(moments: list[Moment], work: list[Moment], visits: list[datetime]) -> Journey:
    """Let one transfer live through what is told, what its agency says, and the timekeeper."""
    journey = submit(LAND)
    everything = [*moments, *work, *((at, None) for at in visits)]
    for at, what in sorted(everything, key=lambda one: one[0]):
        journey.now = at
        match what:
            case Outage():
                journey.redeclares(what)
            case None:
                journey.time()
            case kind, fields:
                by = COMMUNE if kind is Kind.SUPPLEMENT_PROVIDED else None
                journey.tries(kind, STEP, by=by, **fields)
            case _:
                journey.delivered(STEP)
    return journey


def shape(clock: HopClock) -> tuple[Any, ...]:
    """What has to be the same; while a clock stands nobody is warned, whatever was missed."""
    stands = clock.paused_at is not None or bool(clock.held)
    return (
        clock.started_at,
        clock.deadline_at,
        clock.pauses,
        clock.held,
        clock.paused_at,
        set(clock.breached),
        None if stands else set(clock.warned),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    told=tellings(),
    pause=st.one_of(st.none(), st.tuples(MINUTES, st.one_of(st.none(), MINUTES))),
    visits=st.lists(MINUTES, max_size=8),
)
def test_the_clocks_are_the_same_in_the_end(
    told: list[Told], pause: tuple[int, int | None] | None, visits: list[int]
) -> None:
    work: list[Moment] = [
        (START + timedelta(minutes=1), "delivered"),
        (START + timedelta(minutes=2), (Kind.HOP_RECEIVED, {})),
    ]
    if pause is not None:
        paused_at = START + timedelta(minutes=2 + pause[0])
        asked = {"reason": "supplement", "legal_basis": "NĐ 61/2018"}
        work.append((paused_at, (Kind.HOP_PAUSED, asked)))
        if pause[1] is not None:
            resumed_at = paused_at + timedelta(minutes=pause[1])
            work.append((resumed_at, (Kind.HOP_RESUMED, {"reason": "supplement"})))
    at_once, late = knowing(told, late=False), knowing(told, late=True)
    the_end = START + timedelta(minutes=30_000)
    last = [the_end, the_end + timedelta(minutes=1)]
    instants = [START + timedelta(minutes=minutes) for minutes in visits]

    first = lived(at_once, work, [*instants, *last])
    second = lived(late, work, [*instants, *last])

    hop = second.hop(STEP)
    assert shape(first.hop(STEP).clock) == shape(hop.clock)
    assert shape(first.transfer.clock) == shape(second.transfer.clock)
    assert hop.clock.budget is not None
    if hop.clock.paused_at is None and not hop.clock.held:
        expected = due(
            tables().calendar,
            START,
            Budget.parse(hop.clock.budget),
            None,
            [
                *(Pause(one.start, one.end) for one in hop.clock.pauses if one.outage is None),
                *(
                    Pause(max(one.outage.start, START), max(one.outage.end, START))
                    for one in told
                    if not one.withdrawn
                    and one.outage.agency in (None, hop.agency)
                    and one.outage.end is not None
                ),
            ],
        )
        assert hop.clock.deadline_at == expected.deadline_at
