"""SIGTERM: no new messages, what was taken is committed and acknowledged, what is owed goes on.

Within 15 seconds, in the middle of work, with callers on the line; the next process takes over.
"""

import asyncio
import json
import os
import signal
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psycopg
from psycopg_pool import AsyncConnectionPool

from gateway.identity.clients import Clients
from tests.broker import Broker
from tests.stage.dossiers import COMMUNE, INSURANCE, POLICE, POPULATION, birth
from tests.stage.facts import eventually
from tests.stage.inside import connect_agencies
from tests.stage.nursery import Nursery
from tests.stage.processes import GatewayProcess
from tests.stage.stage import stage_for

DOSSIERS = 300
STOPS_WITHIN = 15.0
CONNECTORS = {COMMUNE: "amqp", POPULATION: "webhook", POLICE: "amqp", INSURANCE: "mailbox"}


async def test_a_stop_in_the_middle_of_work_loses_nothing_and_leaves_nothing_unacknowledged(
    nursery: Nursery, database_url: str, broker: Broker, tmp_path: Path
) -> None:
    async with stage_for(
        CONNECTORS,
        nursery=nursery,
        database_url=database_url,
        broker=broker,
        folder=tmp_path,
        resend_after=120,  # what comes twice then comes from the broker
    ) as stage:
        first = await stage.gateway().ready()
        stage.submit(range(DOSSIERS), birth)
        await eventually(lambda: stage.count("SELECT count(*) FROM inbox") > 200, within=30)

        took = await _stop(first)
        left = stage.count("SELECT count(*) FROM transfers WHERE state = 'open'")
        await stage.gateway().ready()
        accounts = await stage.settled(within=90)

        assert took < STOPS_WITHIN
        assert left > 0, "nothing was under way when it was stopped"
        accounts.must_be_clean()
        assert accounts.transfers == DOSSIERS
        # What was committed was acknowledged as well: nothing had to be taken twice.
        sent = [sent for record in stage.records.values() for sent in record.sent.values()]
        assert not any("duplicate" in one.verdicts for one in sent)


async def test_the_command_obeys_at_once_although_somebody_waits_for_mail(
    database_url: str, broker: Broker
) -> None:
    connect_agencies(database_url, {COMMUNE: "mailbox"})
    async with _command(database_url, broker) as (process, address):
        async with httpx.AsyncClient(base_url=address, timeout=30) as http:
            token = await _sign_in(http, database_url)
            polling = asyncio.create_task(http.get("/v1/mailbox?wait=20", headers=token))
            await eventually(lambda: _waits_for_mail(database_url), within=10)

            asked_at = time.monotonic()
            process.send_signal(signal.SIGTERM)
            answer = await polling
            code = await process.wait()

        assert answer.status_code == 200
        assert answer.json() == {"items": []}
        assert code == 0
        assert time.monotonic() - asked_at < 8


async def test_a_stop_that_comes_at_once_is_obeyed(
    nursery: Nursery, database_url: str, broker: Broker, tmp_path: Path
) -> None:
    async with stage_for(
        {COMMUNE: "amqp"},
        nursery=nursery,
        database_url=database_url,
        broker=broker,
        folder=tmp_path,
    ) as stage:
        gateway = await stage.gateway().ready()

        assert await _stop(gateway) < STOPS_WITHIN


async def _stop(gateway: GatewayProcess) -> float:
    """Ask it to stop; return how long it took, once it has ended well."""
    asked_at = time.monotonic()
    gateway.signal(signal.SIGTERM)
    assert await gateway.ended(STOPS_WITHIN + 5) == 0, gateway.tail()
    return time.monotonic() - asked_at


@asynccontextmanager
async def _command(database_url: str, broker: Broker) -> AsyncIterator[tuple[Process, str]]:
    """Run `lienthong serve` for the length of the block, at most."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from gateway.cli import main; main()", "serve"),
        *("--http-port", "0", "--json"),
        cwd=Path(__file__).parents[3],
        env={
            **os.environ,
            "LIENTHONG_DATABASE_URL": database_url,
            "LIENTHONG_AMQP_URL": broker.url,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(30):
            yield process, json.loads(await process.stdout.readline())["http"]
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _sign_in(http: httpx.AsyncClient, database_url: str) -> dict[str, str]:
    async with AsyncConnectionPool(database_url, min_size=1, max_size=1, open=False) as pool:
        client = await Clients(pool).register("stopping", agency=COMMUNE)
    granted = await http.post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(client.client_id, client.secret),
    )
    return {"authorization": f"Bearer {granted.json()['access_token']}"}


def _waits_for_mail(database_url: str) -> bool:
    with psycopg.connect(database_url) as connection:
        found = connection.execute(
            "SELECT FROM pg_stat_activity"
            " WHERE datname = current_database()"
            " AND starts_with(query, '-- Of the agencies that wait')"
        )
        return found.fetchone() is not None
