"""What the citizen does not provide in time stops the dossier, by its article, on every surface."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from connectors.simulators import Behaviour, Script
from tests.broker import Broker
from tests.stage.dossiers import BIRTH_AGENCIES, COMMUNE, POPULATION, birth, code
from tests.stage.nursery import Nursery
from tests.stage.stage import PROMPT, stage_for

TWENTY_HOURS_A_SECOND = 72_000.0
ASKS = Script(pause_after=timedelta(0), pause_lasts=timedelta(days=365))
"""Receives, asks for a supplement, and waits for it."""


async def test_a_dossier_whose_supplement_never_comes_is_stopped_when_its_time_has_passed(
    nursery: Nursery, database_url: str, broker: Broker, tmp_path: Path
) -> None:
    async with stage_for(
        dict.fromkeys(BIRTH_AGENCIES, "amqp"),
        nursery=nursery,
        database_url=database_url,
        broker=broker,
        folder=tmp_path,
        behaviours={
            COMMUNE: replace(PROMPT, supplement_after=None),
            POPULATION: Behaviour(scripts={code(1): ASKS}),
        },
        speed=TWENTY_HOURS_A_SECOND,
    ) as stage:
        await stage.gateway().ready()
        stage.submit([1, 2], birth)
        accounts = await stage.settled(within=60)

        accounts.must_be_clean()
        ended = dict(stage.rows("SELECT code, state FROM transfers"))
        assert ended == {code(1): "stopped", code(2): "completed"}
        [(transfer,)] = stage.rows("SELECT id::text FROM transfers WHERE state = 'stopped'")
        assert (transfer, "population-id", 1) in stage.records[POPULATION].cancelled_hops
        assert stage.records[COMMUNE].order[code(1)][-1] == "transfer.finished"


async def test_the_ledger_says_by_which_article_and_as_of_when(
    nursery: Nursery, database_url: str, broker: Broker, tmp_path: Path
) -> None:
    async with stage_for(
        dict.fromkeys(BIRTH_AGENCIES, "amqp"),
        nursery=nursery,
        database_url=database_url,
        broker=broker,
        folder=tmp_path,
        behaviours={
            COMMUNE: replace(PROMPT, supplement_after=None),
            POPULATION: Behaviour(scripts={code(1): ASKS}),
        },
        speed=TWENTY_HOURS_A_SECOND,
    ) as stage:
        await stage.gateway().ready()
        stage.submit([1], birth)
        await stage.settled(within=60)

        [(asked_until,)] = stage.rows(
            "SELECT body::jsonb #>> '{facts,until}' FROM ledger WHERE act = 'hop.paused'"
        )
        [(limit_at,)] = stage.rows(
            "SELECT body::jsonb #>> '{facts,limit_at}' FROM ledger"
            " WHERE act = 'clock.breached' AND body::jsonb ->> 'reason' = 'supplement'"
        )
        [(actor, reason, legal_basis, in_time)] = stage.rows(
            "SELECT actor, body::jsonb ->> 'reason', body::jsonb ->> 'legal_basis',"
            " legal_at = %s::timestamptz FROM ledger WHERE act = 'transfer.stopped'",
            limit_at,
        )
        assert asked_until == limit_at
        assert (actor, reason) == ("gateway", "supplement-missed")
        assert "NĐ 63/2024" in legal_basis
        assert in_time
