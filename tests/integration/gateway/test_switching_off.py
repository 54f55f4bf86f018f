"""An endpoint that is switched off is left alone by every process; nothing of it is lost.

Counted at the partner's own server. The bound is each process's next reading of the endpoints, and
how far apart those may lie is a constant that is held below a second here.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from connectors.simulators import Behaviour, Fault, HttpFault, Script
from connectors.simulators.webhook_agency import WebhookAgency
from gateway.wiring import ENDPOINTS_EVERY
from tests.broker import Broker
from tests.stage.dossiers import COMMUNE, code, copies
from tests.stage.facts import eventually
from tests.stage.nursery import Nursery
from tests.stage.processes import GatewayProcess
from tests.stage.stage import PROMPT, Stage, stage_for

DOSSIERS = range(60)
SWITCH = "UPDATE endpoints SET enabled = %s WHERE agency = %s"
READINGS = "lienthong_endpoint_readings"
JITTER = 1.15


def test_two_readings_lie_less_than_a_second_apart() -> None:
    assert ENDPOINTS_EVERY * JITTER < 0.9


@asynccontextmanager
async def _storm(
    nursery: Nursery, database_url: str, broker: Broker, folder: Path
) -> AsyncIterator[tuple[Stage, list[GatewayProcess]]]:
    """Two processes send to an agency that answers every other call with 503."""
    scripts = {
        code(number): Script(
            received_after=PROMPT.received_after.shortest,
            decided_after=PROMPT.decided_after.shortest,
            fault=HttpFault(Fault.STATUS, times=2 * (number % 2), status=503),
        )
        for number in DOSSIERS
    }
    async with stage_for(
        {COMMUNE: "webhook"},
        nursery=nursery,
        database_url=database_url,
        broker=broker,
        folder=folder,
        behaviours={COMMUNE: Behaviour(scripts=scripts)},
        settings={"breaker_failures": 100, "backoff_base": 0.05},
    ) as stage:
        gateways = [stage.gateway(), stage.gateway(http_port=0)]
        for one in gateways:
            await one.ready()
        yield stage, gateways


def _calls(stage: Stage) -> int:
    """How many calls have arrived at the agency's server, whatever became of them."""
    agency = stage.agencies[COMMUNE]
    assert isinstance(agency, WebhookAgency)
    return agency.called


async def _next_reading(gateways: list[GatewayProcess]) -> None:
    """Wait until each process has read the endpoints anew, begun after now."""
    for one in gateways:
        before = await one.metric(READINGS)

        # One reading may have begun before the change: the next one cannot have.
        async def read(one: GatewayProcess = one, before: float = before) -> bool:
            return await one.metric(READINGS) >= before + 2

        await eventually(read, within=20)


async def test_in_a_storm_of_retries_no_call_begins_after_the_next_reading(
    nursery: Nursery, database_url: str, broker: Broker, tmp_path: Path
) -> None:
    async with _storm(nursery, database_url, broker, tmp_path) as (stage, gateways):
        stage.submit(DOSSIERS, copies)
        await eventually(lambda: _calls(stage) > 20, within=30)

        stage.rows(SWITCH, False, COMMUNE)
        await _next_reading(gateways)
        await eventually(lambda: not stage.agencies[COMMUNE].in_flight, within=10)
        stopped = _calls(stage)
        delivered = stage.count("SELECT count(*) FROM deliveries WHERE state = 'delivered'")
        await _next_reading(gateways)

        assert _calls(stage) == stopped
        assert stage.count(
            "SELECT count(*) FROM deliveries WHERE agency = %s AND state = 'pending'", COMMUNE
        )
        stage.rows(SWITCH, True, COMMUNE)
        accounts = await stage.settled(within=90)
        accounts.must_be_clean()
        assert accounts.transfers == len(DOSSIERS)
        assert delivered


async def test_switching_on_touches_nothing_that_was_settled(
    nursery: Nursery, database_url: str, broker: Broker, tmp_path: Path
) -> None:
    async with _storm(nursery, database_url, broker, tmp_path) as (stage, gateways):
        stage.submit(range(0, 20, 2), copies)
        await stage.settled(within=60)
        past = "SELECT id, state, lease_no, attempts, settled_at, evidence FROM deliveries"
        before, arrived = sorted(stage.rows(past)), _calls(stage)

        stage.rows(SWITCH, False, COMMUNE)
        await _next_reading(gateways)
        stage.rows(SWITCH, True, COMMUNE)
        await _next_reading(gateways)

        assert sorted(stage.rows(past)) == before
        assert _calls(stage) == arrived
