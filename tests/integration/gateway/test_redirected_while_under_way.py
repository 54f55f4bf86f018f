"""A hop that is given to another agency while it is being sent: exactly one of the two keeps it."""

from pathlib import Path
from uuid import UUID

import pytest

from connectors.simulators import Behaviour, Ending, Fault, HttpFault, Script
from connectors.simulators.webhook_agency import WebhookAgency
from gateway.operations import acts
from gateway.operations.acts import Order, Target
from gateway.store.pool import open_pool
from routing.lifecycle.model import Act
from tests.broker import Broker
from tests.stage.dossiers import COMMUNE, POPULATION, birth, code
from tests.stage.facts import eventually
from tests.stage.nursery import Nursery
from tests.stage.stage import Stage, stage_for

OTHER = "G01.833.143"
STEP = "population-id"


@pytest.mark.parametrize(
    "fault",
    [Fault.DRIP, Fault.CUT, Fault.STATUS],
    ids=["while its answer drips in", "after its answer was cut off", "while it answers 503"],
)
async def test_exactly_one_agency_keeps_it(
    fault: Fault, nursery: Nursery, database_url: str, broker: Broker, tmp_path: Path
) -> None:
    silent = Script(ending=Ending.SILENT)
    failing = Script(ending=Ending.SILENT, fault=HttpFault(fault, times=100, status=503))
    async with stage_for(
        {COMMUNE: "amqp", POPULATION: "webhook", OTHER: "webhook"},
        nursery=nursery,
        database_url=database_url,
        broker=broker,
        folder=tmp_path,
        behaviours={
            POPULATION: Behaviour(scripts={code(1): failing}),
            OTHER: Behaviour(scripts={code(1): silent}),
        },
        settings={"lease_seconds": 6, "send_timeout": 2, "backoff_base": 0.5},
    ) as stage:
        await stage.gateway().ready()
        await stage.gateway(http_port=0).ready()
        stage.submit([1], birth)
        agency = stage.agencies[POPULATION]
        assert isinstance(agency, WebhookAgency)
        await eventually(lambda: agency.called, within=20)

        await _redirect(stage)
        turn = (str(_transfer(stage)), STEP, 2)
        await eventually(lambda: stage.records[OTHER].acted_hops[turn], within=20)
        agency.mend()
        await eventually(
            lambda: (
                not stage.count(
                    "SELECT count(*) FROM deliveries WHERE agency = %s AND state = 'pending'",
                    POPULATION,
                )
            ),
            within=40,
        )

        first, second = stage.records[POPULATION], stage.records[OTHER]
        assert second.acted_hops == {turn: 1}
        assert second.cancelled_hops == set()
        assert set(first.acted_hops) == first.cancelled_hops
        assert stage.rows(
            "SELECT agency FROM hops WHERE step = %s AND superseded_by IS NULL", STEP
        ) == [(OTHER,)]


def _transfer(stage: Stage) -> UUID:
    [(transfer,)] = stage.rows("SELECT id FROM transfers")
    assert isinstance(transfer, UUID)
    return transfer


async def _redirect(stage: Stage) -> None:
    """Give the hop to the other agency, as an operator."""
    order = Order(Act.REDIRECT, "operator:test", "Chuyển đơn vị (mô phỏng)", agency=OTHER)
    target = Target(transfer_id=_transfer(stage), step=STEP, round=1)
    async with open_pool(stage.database_url, size=1) as pool:
        await acts.freeze(pool, order, [target], question={}, dry_run=False)
