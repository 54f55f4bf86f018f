"""When simulated agencies are still, and when they are not."""

import asyncio
from datetime import UTC, datetime, timedelta

from connectors.simulators.bustle import Bustle
from gateway.clock import SteppedClock
from tests.contract.connectors.ways import SteppedWake

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


async def test_waiting_is_still_until_the_instant_is_reached() -> None:
    clock = SteppedClock(START, START + timedelta(days=1))
    bustle = Bustle(SteppedWake(clock))
    bustle.begin()
    waits = [
        asyncio.create_task(bustle.wait_until(START + timedelta(hours=hours))) for hours in (2, 1)
    ]
    bustle.begin()
    await asyncio.sleep(0)

    assert bustle.in_flight == 0
    clock.step()
    assert bustle.in_flight == 1
    await waits[1]
    assert bustle.in_flight == 1
    bustle.end()
    assert bustle.in_flight == 0
    clock.step()
    await waits[0]
    assert bustle.in_flight == 1


async def test_a_wait_that_is_cancelled_gives_its_place_back() -> None:
    bustle = Bustle(SteppedWake(SteppedClock(START, START + timedelta(days=1))))
    bustle.begin()
    wait = asyncio.create_task(bustle.wait_until(START + timedelta(hours=1)))
    await asyncio.sleep(0)
    wait.cancel()
    await asyncio.gather(wait, return_exceptions=True)
    bustle.end()

    assert bustle.in_flight == 0


async def test_every_change_is_told() -> None:
    told: list[int] = []
    clock = SteppedClock(START, START + timedelta(days=1))
    bustle = Bustle(SteppedWake(clock), lambda: told.append(bustle.in_flight))

    bustle.begin()
    bustle.end()

    assert told == [1, 0]
