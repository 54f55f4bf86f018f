"""Every claim is a lease with a number: whoever comes back late has evidence, and no effect."""

import signal
from pathlib import Path
from typing import Any

import pytest

from connectors.simulators import Behaviour, Fault, HttpFault, Script
from connectors.simulators.webhook_agency import WebhookAgency
from tests.broker import Broker
from tests.stage.dossiers import COMMUNE, POPULATION, birth, code, copies
from tests.stage.facts import eventually
from tests.stage.nursery import Nursery
from tests.stage.processes import GatewayProcess
from tests.stage.stage import PROMPT, Stage, stage_for

BIRTH_WITH_A_WEBHOOK = {
    COMMUNE: "amqp",
    POPULATION: "webhook",
    "G01.833.143": "amqp",
    "G24.33.12": "amqp",
}


class _Stopping:
    """Stops a gateway the moment its call arrives at the agency: the answer waits for it."""

    def __init__(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        self.gateway: GatewayProcess | None = None
        self.stopped = False
        agency: Any = stage.agencies[POPULATION]
        take = agency.desk.office.take

        def take_and_stop(delivery: str, body: bytes) -> Any:
            taken = take(delivery, body)
            if self.gateway is not None and not self.stopped and b"handover.offered" in body:
                self.stopped = True
                self.gateway.signal(signal.SIGSTOP)
            return taken

        monkeypatch.setattr(agency.desk.office, "take", take_and_stop)


async def test_an_outcome_that_comes_after_its_lease_has_no_effect(
    nursery: Nursery,
    database_url: str,
    broker: Broker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with stage_for(
        BIRTH_WITH_A_WEBHOOK,
        nursery=nursery,
        database_url=database_url,
        broker=broker,
        folder=tmp_path,
        # The agency acts on what it gets and answers; the stopped gateway reads that too late.
        settings={"lease_seconds": 3, "send_timeout": 25},
    ) as stage:
        stops = _Stopping(stage, monkeypatch)
        # The broker frees what a silent client holds after two heartbeats: here within seconds.
        slow = await stage.gateway(http_port=0, amqp_url=f"{broker.url}?heartbeat=2").ready()
        stops.gateway = slow
        stage.submit([1], birth)
        await eventually(lambda: stops.stopped, within=20)

        await stage.gateway().ready()
        accounts = await stage.settled(within=60)
        slow.signal(signal.SIGCONT)
        await eventually(
            lambda: stage.count("SELECT count(*) FROM attempts WHERE outcome = 'late'"), within=20
        )

        accounts.must_be_clean()
        delivery = stage.rows(
            "SELECT d.state, d.lease_no > a.lease_no, d.attempts FROM attempts a"
            " JOIN deliveries d ON d.id = a.delivery_id WHERE a.outcome = 'late'"
        )
        assert delivery[0] == ("delivered", True, 1)
        assert stage.records[POPULATION].acted_hops.total() == 1
        assert max(stage.records[POPULATION].received.values()) == 2


async def test_two_gateways_share_the_work_and_nobody_acts_twice(
    nursery: Nursery, database_url: str, broker: Broker, tmp_path: Path
) -> None:
    dossiers = 200
    async with stage_for(
        BIRTH_WITH_A_WEBHOOK,
        nursery=nursery,
        database_url=database_url,
        broker=broker,
        folder=tmp_path,
        settings={"prefetch": 50, "batch_size": 50},
    ) as stage:
        one, other = stage.gateway(), stage.gateway(http_port=0)
        await one.ready()
        await other.ready()
        stage.submit(range(dossiers), birth)

        accounts = await stage.settled(within=90)

        accounts.must_be_clean()
        assert accounts.transfers == dossiers
        assert one.runs
        assert other.runs
        shares = [await each.metric("lienthong_committed_items") for each in (one, other)]
        assert min(shares) > 0.1 * sum(shares)


async def test_what_a_killed_gateway_left_is_taken_over_by_its_neighbour(
    nursery: Nursery, database_url: str, broker: Broker, tmp_path: Path
) -> None:
    async with stage_for(
        {COMMUNE: "amqp"},
        nursery=nursery,
        database_url=database_url,
        broker=broker,
        folder=tmp_path,
    ) as stage:
        doomed, neighbour = stage.gateway(http_port=0), stage.gateway()
        await doomed.ready()
        await neighbour.ready()
        stage.submit(range(100), copies)
        await eventually(lambda: stage.count("SELECT count(*) FROM transfers"), within=20)

        await doomed.kill()
        accounts = await stage.settled(within=60)

        accounts.must_be_clean()
        assert accounts.transfers == 100
        assert neighbour.runs


async def test_an_agency_gets_its_dossiers_messages_in_their_order(
    nursery: Nursery, database_url: str, broker: Broker, tmp_path: Path
) -> None:
    """Also when it fails now and then, and two gateways send."""
    scripts = {
        code(number): Script(
            received_after=PROMPT.received_after.shortest,
            decided_after=PROMPT.decided_after.shortest,
            fault=HttpFault(Fault.STATUS, times=number % 3, status=503),
        )
        for number in range(40)
    }
    async with stage_for(
        {COMMUNE: "webhook"},
        nursery=nursery,
        database_url=database_url,
        broker=broker,
        folder=tmp_path,
        behaviours={COMMUNE: Behaviour(scripts=scripts)},
        settings={"breaker_failures": 100},
    ) as stage:
        assert isinstance(stage.agencies[COMMUNE], WebhookAgency)
        await stage.gateway().ready()
        await stage.gateway(http_port=0).ready()
        stage.submit(range(40), copies)

        accounts = await stage.settled(within=60)

        accounts.must_be_clean()
        order = stage.records[COMMUNE].order
        assert {tuple(kinds) for kinds in order.values()} == {
            (*["handover.offered"] * 4, "transfer.finished")
        }
