"""An agency that cannot be reached while a limit comes near is tried again before it, not after."""

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from connectors.simulators import Behaviour, Fault, HttpFault, Script
from tests.broker import Broker
from tests.stage.clock import MONDAY
from tests.stage.dossiers import COMMUNE, POPULATION, birth, code
from tests.stage.facts import eventually
from tests.stage.nursery import Nursery
from tests.stage.stage import Stage, stage_for

UNHURRIED = {"backoff_base": 60, "breaker_seconds": 60}
"""Between half a minute and a minute until the second try, but for the limit."""
OWED = "SELECT count(*) FROM deliveries WHERE agency = %s AND kind = %s AND state = 'pending'"


async def test_the_second_try_comes_before_the_hand_over_limit(
    nursery: Nursery, database_url: str, broker: Broker, tmp_path: Path
) -> None:
    once = Script(fault=HttpFault(Fault.STATUS, times=1, status=503))
    async with stage_for(
        {COMMUNE: "amqp", POPULATION: "webhook"},
        nursery=nursery,
        database_url=database_url,
        broker=broker,
        folder=tmp_path,
        behaviours={POPULATION: Behaviour(scripts={code(1): once})},
        settings=UNHURRIED,
    ) as stage:
        _switch(stage, on=False)
        before = await stage.gateway().ready()
        stage.submit([1], birth)
        await eventually(lambda: stage.count(OWED, POPULATION, "handover.offered") == 1, within=20)
        await before.kill()
        _switch(stage, on=True)

        _let_time_pass(stage, timedelta(minutes=9, seconds=15))
        await stage.gateway().ready()
        [(planned,)] = await eventually(lambda: _planned(stage), within=20)
        await eventually(lambda: stage.records[POPULATION].acted_hops, within=25)

        assert planned < 45 / 4 + 1
        assert stage.count("SELECT count(*) FROM attempts WHERE code LIKE 'http-503'") == 1
        assert not stage.count(
            "SELECT count(*) FROM ledger WHERE act = 'clock.breached' AND step = 'population-id'"
        )


async def test_a_warning_that_its_deadline_has_overtaken_is_not_sent_any_more(
    nursery: Nursery, database_url: str, broker: Broker, tmp_path: Path
) -> None:
    async with stage_for(
        {COMMUNE: "amqp", POPULATION: "webhook"},
        nursery=nursery,
        database_url=database_url,
        broker=broker,
        folder=tmp_path,
        settings=UNHURRIED,
    ) as stage:
        _owe_a_warning(stage, deadline_at=MONDAY - timedelta(seconds=1))
        _owe_a_warning(stage, deadline_at=MONDAY + timedelta(days=1))
        _break(stage)
        await stage.gateway().ready()

        await eventually(lambda: stage.count("SELECT count(*) FROM attempts") >= 2, within=20)

        assert stage.rows("SELECT state, attempts FROM deliveries ORDER BY state") == [
            ("pending", 1),
            ("withdrawn", 1),
        ]
        assert stage.rows("SELECT DISTINCT outcome FROM attempts") == [("unreachable",)]


def _switch(stage: Stage, *, on: bool) -> None:
    stage.rows("UPDATE endpoints SET enabled = %s WHERE agency = %s", on, POPULATION)


def _break(stage: Stage) -> None:
    """Let the agency's address be one where nobody listens."""
    stage.rows("UPDATE endpoints SET address = 'http://127.0.0.1:9/' WHERE agency = %s", POPULATION)


def _let_time_pass(stage: Stage, span: timedelta) -> None:
    """Let gateways that start from now on read a later legal time."""
    stage.clock = replace(stage.clock, set_at=time.time(), start=stage.clock.now() + span)


def _planned(stage: Stage) -> list[tuple[float]]:
    """Seconds between the first failed try and the one planned after it."""
    return [
        (float(wait),)
        for (wait,) in stage.rows(
            "SELECT extract(epoch FROM d.next_attempt_at - a.ended_at) FROM attempts a"
            " JOIN deliveries d ON d.id = a.delivery_id"
            " WHERE d.kind = 'handover.offered' AND d.lease_no = 1"
        )
    ]


def _owe_a_warning(stage: Stage, *, deadline_at: object) -> None:
    stage.rows(
        "INSERT INTO deliveries (id, agency, kind, data, state, created_at, next_attempt_at)"
        " VALUES (gen_random_uuid(), %s, 'clock.warned',"
        " json_build_object('transfer', gen_random_uuid(), 'threshold', '80%%',"
        " 'deadline_at', %s::timestamptz)::text, 'pending', now(), now())",
        POPULATION,
        deadline_at,
    )
