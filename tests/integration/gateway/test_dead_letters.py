"""What crashes every gateway that reads it ends as poison; what merely lay beside it does not.

The broker dead-letters what was handed out too often, innocent prefetched messages too. They are
judged again one at a time.
"""

import signal
from functools import partial
from pathlib import Path

from tests.broker import Broker
from tests.stage.dossiers import COMMUNE, code, copies
from tests.stage.facts import eventually
from tests.stage.nursery import Nursery
from tests.stage.processes import GatewayProcess
from tests.stage.rabbit import Rabbit
from tests.stage.stage import Stage, stage_for

DOSSIERS = 12
KILLER = code(5)


async def test_only_the_message_that_crashes_whoever_reads_it_alone_is_poison(
    nursery: Nursery, database_url: str, broker: Broker, tmp_path: Path
) -> None:
    async with (
        Rabbit(broker) as rabbit,
        stage_for(
            {COMMUNE: "amqp"},
            nursery=nursery,
            database_url=database_url,
            broker=broker,
            folder=tmp_path,
            settings={"dies_of": KILLER},
        ) as stage,
    ):
        await rabbit.limit_deliveries("lienthong.intake", 1)
        stage.submit(range(DOSSIERS), copies)

        deaths = await _start_again_until_it_lives(stage)
        await eventually(
            lambda: len(stage.records[COMMUNE].finished) == DOSSIERS - 1,
            within=30,
            told=stage.how_far,
        )
        await eventually(
            lambda: not stage.records[COMMUNE].unreceipted(), within=30, told=stage.how_far
        )

        assert deaths >= 3
        assert stage.rows(
            "SELECT i.road, i.verdict, p.body IS NOT NULL FROM inbox i JOIN payloads p USING (id)"
            " WHERE i.verdict <> 'accepted'"
        ) == [("dead", "poison", True)]
        assert stage.count("SELECT count(*) FROM transfers") == DOSSIERS - 1
        assert await rabbit.ready("lienthong.dead") == 0
        assert await rabbit.ready("lienthong.intake") == 0


async def _start_again_until_it_lives(stage: Stage) -> int:
    """Start one gateway after the other, as a supervisor does, until all the good work is done."""
    for deaths in range(10):
        gateway = stage.gateway()
        await eventually(partial(_is_over, gateway, stage), within=60, told=stage.how_far)
        if gateway.runs:
            return deaths
        assert await gateway.ended(1) == -signal.SIGKILL
    raise AssertionError("ten gateways died of the same message")


def _is_over(gateway: GatewayProcess, stage: Stage) -> bool:
    if not gateway.runs:
        return True
    poisoned = stage.count("SELECT count(*) FROM inbox WHERE verdict = 'poison'")
    return bool(poisoned) and len(stage.records[COMMUNE].finished) == DOSSIERS - 1
