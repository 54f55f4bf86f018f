"""Legal time that only moves when it is told to: in order, never back, never past its end."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import SteppedClock, SystemClock

MONDAY = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
minutes = st.integers(-600, 600)


def after(count: float) -> datetime:
    return MONDAY + timedelta(minutes=count)


def clock(until: float = 600) -> SteppedClock:
    return SteppedClock(MONDAY, after(until))


@given(st.lists(st.lists(minutes, max_size=3), max_size=10))
def test_it_never_goes_back_and_never_past_its_end(steps: list[list[int]]) -> None:
    stepped = clock(300)

    for candidates in steps:
        before = stepped.now()
        moved = stepped.step(*map(after, candidates))

        assert before <= stepped.now() <= after(300)
        assert moved or stepped.now() == before


def test_it_moves_to_the_earliest_of_what_is_due() -> None:
    stepped = clock()

    assert stepped.step(after(30), None, after(20))
    assert stepped.now() == after(20)


def test_without_anything_due_it_stands() -> None:
    stepped = clock()

    assert not stepped.step()
    assert not stepped.step(None)
    assert stepped.now() == MONDAY


def test_what_is_due_after_the_end_is_not_reached() -> None:
    stepped = clock(10)

    assert stepped.step(after(10))
    assert not stepped.step(after(11))
    assert stepped.now() == after(10)


async def test_who_waits_is_woken_in_the_order_of_the_instants() -> None:
    stepped, woken = clock(), []

    async def wait(count: float) -> None:
        await stepped.until(after(count))
        woken.append((count, stepped.now()))

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        for count in (30, 10, 20, 10):
            tasks.create_task(wait(count))
        await asyncio.sleep(0)
        while stepped.step():  # noqa: ASYNC110  each step lets one instant's waiters run
            await asyncio.sleep(0)

    assert woken == [(10, after(10)), (10, after(10)), (20, after(20)), (30, after(30))]


async def test_an_instant_that_has_come_is_not_waited_for() -> None:
    stepped = clock()

    async with asyncio.timeout(10):
        await stepped.until(MONDAY)
        await stepped.until(after(-5))

    assert stepped.next_parked() is None


async def test_a_candidate_may_pass_by_who_waits_for_later() -> None:
    stepped = clock()
    waiting = asyncio.create_task(stepped.until(after(30)))
    await asyncio.sleep(0)

    stepped.step(after(20))
    await asyncio.sleep(0)
    assert not waiting.done()
    assert stepped.next_parked() == after(30)

    stepped.step(after(40))
    assert stepped.now() == after(30)
    await waiting


async def test_who_gives_up_is_not_waited_for() -> None:
    stepped = clock()
    waiting = asyncio.create_task(stepped.until(after(30)))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert stepped.next_parked() is None
    assert not stepped.step()


def test_instants_of_any_zone_are_the_same_instants() -> None:
    stepped = SteppedClock(
        datetime.fromisoformat("2026-03-02T08:30:00+07:00"),
        datetime.fromisoformat("2026-03-02T18:30:00+07:00"),
    )

    assert stepped.now() == MONDAY
    assert stepped.now().tzinfo is UTC


def test_the_clock_of_every_day_is_aware() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)
