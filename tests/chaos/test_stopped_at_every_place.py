"""A gateway stands still at every named place, and comes back long after its leases ran out.

Its neighbour finishes everything meanwhile, although the stopped one holds locks, leases and
unacknowledged messages; when it goes on, what it still believes to own has no effect.
"""

import signal
import time
from pathlib import Path
from typing import Final

import httpx
import pytest

from gateway.crash_points import CrashPoint
from tests.broker import Broker
from tests.stage.dossiers import COMMUNE, INSURANCE, POLICE, POPULATION, birth
from tests.stage.facts import eventually
from tests.stage.nursery import Nursery
from tests.stage.processes import GatewayProcess
from tests.stage.stage import stage_for

pytestmark = pytest.mark.chaos

DOSSIERS: Final = 20
CONNECTORS: Final = {COMMUNE: "amqp", POPULATION: "webhook", POLICE: "amqp", INSURANCE: "mailbox"}
TIMERS: Final = frozenset({CrashPoint.TIMERS_CLAIMED, CrashPoint.TIMERS_WRITTEN})
RECOVERS_WITHIN: Final = 60.0


@pytest.mark.parametrize("point", [one for one in CrashPoint if one not in TIMERS], ids=str)
async def test_who_stands_still_here_holds_nothing_up_and_does_nothing_twice(
    point: CrashPoint, nursery: Nursery, database_url: str, broker: Broker, tmp_path: Path
) -> None:
    async with stage_for(
        CONNECTORS,
        nursery=nursery,
        database_url=database_url,
        broker=broker,
        folder=tmp_path,
        settings={"amqp_url": f"{broker.url}?heartbeat=4"},
    ) as stage:
        still = stage.gateway(stop_at=f"{point}:4", http_port=0)
        await stage.gateway().ready()
        stage.submit(range(DOSSIERS), birth)
        await eventually(lambda: still.is_stopped, within=30, told=stage.how_far)

        began = time.monotonic()
        before = await stage.settled(within=RECOVERS_WITHIN)
        print(f"{point}: at rest {time.monotonic() - began:.1f} s after the stop")
        still.signal(signal.SIGCONT)
        await eventually(lambda: _is_well(still), within=RECOVERS_WITHIN, told=still.tail)
        after = await stage.settled(within=RECOVERS_WITHIN)

        before.must_be_clean()
        after.must_be_clean()
        assert after.transfers == DOSSIERS
        assert after.entries == before.entries, "the one that came back wrote to the ledger"


async def _is_well(gateway: GatewayProcess) -> bool:
    async with httpx.AsyncClient(timeout=5) as http:
        try:
            return (await http.get(f"{gateway.http}/readyz")).status_code == 200
        except httpx.HTTPError:
            return False
