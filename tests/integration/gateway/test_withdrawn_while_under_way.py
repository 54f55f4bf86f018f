"""A hand-over that was taken back while it was being sent: whoever may have it is told."""

from pathlib import Path

import pytest

from connectors.simulators import Behaviour, Ending, Fault, HttpFault, OneStop, Script
from tests.broker import Broker
from tests.stage.dossiers import COMMUNE, POPULATION, birth, code
from tests.stage.facts import eventually
from tests.stage.nursery import Nursery
from tests.stage.stage import Stage, stage_for


@pytest.mark.parametrize(
    "fault",
    [Fault.DRIP, Fault.CUT],
    ids=["while its answer drips in", "after its answer was cut off"],
)
async def test_an_agency_that_may_have_the_dossier_is_told_that_it_is_withdrawn(
    fault: Fault, nursery: Nursery, database_url: str, broker: Broker, tmp_path: Path
) -> None:
    silent = Script(ending=Ending.SILENT, fault=HttpFault(fault))
    async with stage_for(
        {COMMUNE: "amqp", POPULATION: "webhook"},
        nursery=nursery,
        database_url=database_url,
        broker=broker,
        folder=tmp_path,
        behaviours={POPULATION: Behaviour(scripts={code(1): silent})},
        settings={"lease_seconds": 6, "send_timeout": 2, "backoff_base": 3},
    ) as stage:
        await stage.gateway().ready()
        stage.submit([1], birth)
        await eventually(lambda: stage.records[POPULATION].acted_hops, within=20)
        if fault is Fault.CUT:
            await eventually(lambda: stage.count("SELECT count(*) FROM attempts"), within=20)

        transfer = _withdraw(stage)
        accounts = await stage.settled(within=40)

        accounts.must_be_clean()
        hop = (transfer, "population-id", 1)
        assert stage.records[POPULATION].acted_hops == {hop: 1}
        assert stage.records[POPULATION].cancelled_hops == {hop}
        order = stage.records[POPULATION].order[code(1)]
        assert order == ["handover.offered", "handover.cancelled"]


async def test_an_agency_that_cannot_have_the_dossier_is_not_bothered(
    nursery: Nursery, database_url: str, broker: Broker, tmp_path: Path
) -> None:
    refusing = Script(fault=HttpFault(Fault.STATUS, times=100, status=503))
    async with stage_for(
        {COMMUNE: "amqp", POPULATION: "webhook"},
        nursery=nursery,
        database_url=database_url,
        broker=broker,
        folder=tmp_path,
        behaviours={POPULATION: Behaviour(scripts={code(1): refusing})},
        settings={"backoff_base": 5},
    ) as stage:
        await stage.gateway().ready()
        stage.submit([1], birth)
        await eventually(lambda: stage.count("SELECT count(*) FROM attempts"), within=20)

        _withdraw(stage)
        accounts = await stage.settled(within=40)

        accounts.must_be_clean()
        assert stage.records[POPULATION].order == {}


def _withdraw(stage: Stage) -> str:
    """Let the commune take its dossier back; return the transfer."""
    [(transfer,)] = stage.rows("SELECT id::text FROM transfers")
    one_stop = OneStop(stage.agencies[COMMUNE])
    one_stop.withdraw(code(1), str(transfer), "Công dân rút hồ sơ (mô phỏng)")
    return str(transfer)
