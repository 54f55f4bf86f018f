"""A timekeeper dies, or stands still, in the middle of a sweep: no timer waits longer than a lease.

It holds the rows that it claimed; its neighbour fires the others meanwhile, and those as soon as
the database lets go of them: at once after a death, by the lifeline's hand after a standstill.
"""

import signal
from datetime import timedelta
from pathlib import Path
from typing import Final

import httpx
import pytest

from connectors.simulators import Behaviour, exactly
from gateway.crash_points import CrashPoint
from gateway.settings import Settings
from tests.broker import Broker
from tests.stage.dossiers import COMMUNE, INSURANCE, POLICE, POPULATION, birth
from tests.stage.facts import eventually
from tests.stage.nursery import Nursery
from tests.stage.processes import GatewayProcess
from tests.stage.stage import Stage, stage_for

pytestmark = pytest.mark.chaos

DOSSIERS: Final = 30
CONNECTORS: Final = {COMMUNE: "amqp", POPULATION: "webhook", POLICE: "amqp", INSURANCE: "mailbox"}
LEASE: Final = Settings.model_fields["lease_seconds"].default
FIRED_WITHIN: Final = 60.0
NEVER_RECEIVES: Final = Behaviour(received_after=exactly(timedelta(days=365)))
TEN_HOURS_A_SECOND: Final = 36_000.0
_RECEIPTS_BREACHED: Final = (
    "SELECT count(DISTINCT transfer_id) FROM ledger WHERE act = 'clock.breached'"
    " AND body::json ->> 'reason' = 'receipt'"
)


@pytest.mark.parametrize("point", [CrashPoint.TIMERS_CLAIMED, CrashPoint.TIMERS_WRITTEN], ids=str)
@pytest.mark.parametrize("falls", ["crash_at", "stop_at"])
async def test_no_timer_is_late_by_more_than_a_lease_and_none_fires_twice(
    point: CrashPoint,
    falls: str,
    nursery: Nursery,
    database_url: str,
    broker: Broker,
    tmp_path: Path,
) -> None:
    async with stage_for(
        CONNECTORS,
        nursery=nursery,
        database_url=database_url,
        broker=broker,
        folder=tmp_path,
        behaviours={COMMUNE: NEVER_RECEIVES},
        speed=TEN_HOURS_A_SECOND,
    ) as stage:
        falling = await stage.gateway(**{falls: str(point)}, http_port=0).ready()
        stage.submit(range(DOSSIERS), birth)
        await eventually(
            lambda: not falling.runs or falling.is_stopped,
            within=FIRED_WITHIN,
            told=stage.how_far,
        )
        neighbour = await stage.gateway().ready()

        await eventually(
            lambda: stage.count(_RECEIPTS_BREACHED) == DOSSIERS,
            within=FIRED_WITHIN,
            told=stage.how_far,
        )

        late = _longest_wait(stage)
        print(f"{falls} {point}: the longest wait of a timer was {late:.1f} s")
        assert late <= LEASE
        assert neighbour.runs
        _must_have_fired_once(stage)
        if falling.runs:
            falling.signal(signal.SIGCONT)
            await eventually(lambda: _is_well(falling), within=FIRED_WITHIN, told=falling.tail)
            _must_have_fired_once(stage)


async def _is_well(gateway: GatewayProcess) -> bool:
    async with httpx.AsyncClient(timeout=5) as http:
        try:
            return (await http.get(f"{gateway.http}/readyz")).status_code == 200
        except httpx.HTTPError:
            return False


def _longest_wait(stage: Stage) -> float:
    """Return for how many seconds of machine time the latest receipt's limit waited."""
    [(waited,)] = stage.rows(
        "SELECT extract(epoch FROM max(l.recorded_at - l.legal_at - interval '2 minutes'))::float"
        " FROM ledger l WHERE l.act = 'clock.breached' AND l.body::json ->> 'reason' = 'receipt'"
    )
    return float(waited) / stage.clock.speed


def _must_have_fired_once(stage: Stage) -> None:
    twice = stage.rows(
        "SELECT transfer_id, act, step, round, body::json ->> 'reason',"
        " body::json #>> '{facts,threshold}', count(*)"
        " FROM ledger WHERE act IN ('clock.breached', 'clock.warned')"
        " GROUP BY 1, 2, 3, 4, 5, 6 HAVING count(*) > 1"
    )
    assert twice == []
