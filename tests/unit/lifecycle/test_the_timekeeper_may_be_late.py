"""States and breaches do not depend on whether the timekeeper or the message came first."""

from datetime import timedelta

import hypothesis.strategies as st
from hypothesis import given, settings

from schemas.kinds import Kind
from tests.unit.lifecycle.journey import BIRTH, Journey, submit

STEPS = ("civil-status", "population-id", "residence", "health-insurance")
WAITS = st.one_of(
    st.integers(0, 1200).map(lambda seconds: timedelta(seconds=seconds)),
    st.integers(1, 90).map(lambda hours: timedelta(hours=hours)),
)
WORDS = st.sampled_from(["delivered", "received", "paused", "resumed", "completed"])


def live(events: list[tuple[timedelta, str]], *, punctual: bool) -> Journey:
    journey = submit(BIRTH, "2026-03-02 08:30", residence_check="simple")
    for wait, word in events:
        journey.now += wait
        if punctual:
            journey.time()
        running = [hop for hop in journey.transfer.hops.values() if hop.is_running]
        if not running:
            break
        hop = running[0]
        match word:
            case "delivered":
                journey.delivered(hop.step, hop.round)
            case "received":
                journey.tries(Kind.HOP_RECEIVED, hop.step)
            case "paused":
                journey.tries(Kind.HOP_PAUSED, hop.step, reason="payment", legal_basis="x")
            case "resumed":
                journey.tries(Kind.HOP_RESUMED, hop.step, reason="payment")
            case _:
                journey.tries(Kind.HOP_COMPLETED, hop.step, outcome="approved")
    journey.later(days=30).time()
    return journey


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(WAITS, WORDS), min_size=1, max_size=14))
def test_a_late_timekeeper_decides_the_same(events: list[tuple[timedelta, str]]) -> None:
    punctual, late = live(events, punctual=True), live(events, punctual=False)

    assert punctual.transfer.state is late.transfer.state
    for key, hop in punctual.transfer.hops.items():
        other = late.transfer.hops[key]
        assert other.state is hop.state
        assert set(other.clock.breached) == set(hop.clock.breached)
        assert other.clock.arrived_at == hop.clock.arrived_at
        assert other.clock.deadline_at == hop.clock.deadline_at
        assert other.received_at == hop.received_at
    assert punctual.transfer.clock.deadline_at == late.transfer.clock.deadline_at
    assert punctual.transfer.clock.breached == late.transfer.clock.breached
