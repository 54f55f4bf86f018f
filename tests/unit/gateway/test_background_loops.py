"""The one loop behind every duty: it fails and goes on, waits and is woken, stops and ends."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from gateway.duties.loop import Loop

NEVER = 3600.0


class Rounds:
    """A duty whose rounds do what they are told, one per signal."""

    def __init__(self, *outcomes: bool | Exception) -> None:
        self.outcomes = list(outcomes)
        self.done = 0
        self._changed = asyncio.Condition()

    async def __call__(self) -> bool:
        outcome = self.outcomes.pop(0) if self.outcomes else False
        async with self._changed:
            self.done += 1
            self._changed.notify_all()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def reach(self, count: int) -> None:
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: self.done >= count)


@asynccontextmanager
async def running(loop: Loop) -> AsyncIterator[None]:
    task = asyncio.create_task(loop.run())
    yield
    loop.stop()
    async with asyncio.timeout(10):
        await task


async def turns(enough: Callable[[], bool] = lambda: False) -> None:
    """Let everything that can run do so."""
    for _ in range(20):
        if enough():
            return
        await asyncio.sleep(0)


async def test_as_long_as_there_is_more_it_does_not_wait() -> None:
    rounds = Rounds(True, True, True, False)

    async with running(Loop("test", rounds, interval=NEVER)):
        await rounds.reach(4)
        await turns()

    assert rounds.done == 4


async def test_with_nothing_to_do_it_waits_until_it_is_woken() -> None:
    rounds = Rounds()
    loop = Loop("test", rounds, interval=NEVER)

    async with running(loop):
        await rounds.reach(1)
        await turns()
        assert rounds.done == 1
        loop.wake()
        await rounds.reach(2)


async def test_an_interval_that_is_over_begins_the_next_round() -> None:
    rounds = Rounds()

    async with running(Loop("test", rounds, interval=0.001)):
        await rounds.reach(3)


async def test_a_wake_during_a_round_is_not_missed() -> None:
    woken = asyncio.Event()

    async def round_() -> bool:
        if not woken.is_set():
            woken.set()
            loop.wake()
        else:
            loop.stop()
        return False

    loop = Loop("test", round_, interval=NEVER)
    async with asyncio.timeout(10):
        await loop.run()


async def test_a_round_that_fails_never_ends_the_duty() -> None:
    rounds = Rounds(ValueError("first"), RuntimeError("second"), False)
    loop = Loop("test", rounds, interval=NEVER)

    async with running(loop):
        await rounds.reach(1)
        loop.wake()
        await rounds.reach(2)
        await turns(lambda: loop.failures == 2)
        assert loop.failures == 2
        assert "failures 2" in repr(loop)
        loop.wake()
        await rounds.reach(3)
        await turns(lambda: loop.failures == 0)
        assert loop.failures == 0


async def test_the_pause_after_failures_grows_and_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pauses: list[float] = []
    rounds = Rounds(*[ValueError("again")] * 12)
    loop = Loop("test", rounds, interval=NEVER)

    async def wait(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) > 12:
            loop.stop()

    monkeypatch.setattr(loop, "_wait", wait)
    await loop.run()

    assert pauses[:12] == sorted(pauses[:12])
    assert pauses[0] == pytest.approx(0.2)
    assert pauses[11] == 10.0
    assert pauses[12] == NEVER


async def test_only_a_round_that_succeeds_counts_as_progress() -> None:
    rounds = Rounds(ValueError("no"), False)
    loop = Loop("test", rounds, interval=NEVER)
    loop.last_success = time.monotonic() - 100

    async with running(loop):
        await rounds.reach(1)
        await turns()
        assert not loop.is_well(within=50)
        loop.wake()
        await rounds.reach(2)
        await turns(lambda: loop.is_well(within=50))
        assert loop.is_well(within=50)


async def test_a_duty_that_waits_for_its_interval_is_well() -> None:
    rounds = Rounds(False)
    loop = Loop("test", rounds, interval=60)

    async with running(loop):
        await rounds.reach(1)
        await turns()
        loop.last_success = time.monotonic() - 65
        assert loop.is_well(within=30)
        loop.last_success = time.monotonic() - 100
        assert not loop.is_well(within=30)


async def test_a_stop_lets_the_running_round_finish() -> None:
    begun, go_on, finished = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def round_() -> bool:
        begun.set()
        await go_on.wait()
        finished.set()
        return True

    loop = Loop("test", round_, interval=NEVER)
    task = asyncio.create_task(loop.run())
    await begun.wait()
    loop.stop()
    go_on.set()
    async with asyncio.timeout(10):
        await task

    assert finished.is_set()


async def test_a_cancelled_duty_ends_at_once() -> None:
    rounds = Rounds()
    task = asyncio.create_task(Loop("test", rounds, interval=NEVER).run())
    await rounds.reach(1)

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
