"""The stage: one private broker and one private database for both sides of a measurement."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import aio_pika
import psycopg
from aio_pika.abc import AbstractChannel
from psycopg import sql

from bench.dossiers import Commune
from bench.plan import HOPS, PROCEDURE
from connectors.broker import broker_url
from gateway.broker.topology import (
    DELIVERIES,
    QUORUM,
    agency_queue,
    declare_agency_queues,
    declare_roads,
)
from gateway.servers import Instance
from gateway.store.migrate import upgrade
from routing.directory import load_directory
from routing.itinerary import Itinerary, RouteRequest, plan
from routing.procedures import load_catalogue
from routing.units import load_units

FORWARDED: Final = "bench.forwarded"
"""The quorum queue that the forwarder reads."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a measurement runs, and who takes part in it."""

    servers: Instance
    database: str
    communes: tuple[Commune, ...]
    agencies: tuple[str, ...]
    """Every agency that a dossier meets: communes first."""

    @property
    def amqp_url(self) -> str:
        return self.servers.rabbitmq.url

    @property
    def database_url(self) -> str:
        return self.servers.postgres.url_of(self.database)

    @property
    def environment(self) -> dict[str, str]:
        """What a gateway process needs to find the stage."""
        return {
            "LIENTHONG_DATABASE_URL": self.database_url,
            "LIENTHONG_AMQP_URL": self.amqp_url,
            "LIENTHONG_AMQP_ADMIN_URL": self.servers.rabbitmq.admin_url,
            "LIENTHONG_LOG_LEVEL": "WARNING",
            "LIENTHONG_SELFTEST_MINUTES": "0",
        }

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """Connect to the database; long statements are allowed, since the bench reads a lot."""
        return psycopg.connect(
            self.database_url, autocommit=True, options="-c statement_timeout=0 -c timezone=UTC"
        )


@asynccontextmanager
async def set_stage(
    communes: int, *, database: str = "bench", keep: Path | None = None
) -> AsyncIterator[Stage]:
    """Start both servers, and give every agency an AMQP endpoint and its queue.

    With `keep` they live in that folder and stay there, for the next time.
    """
    async with Instance.temporary() if keep is None else Instance.persistent(keep) as servers:
        originators, others = _participants(communes)
        agencies = (*(one.code for one in originators), *others)
        stage = Stage(servers, database, originators, agencies)
        make_database(stage)
        async with open_channel(stage) as channel:
            await declare_roads(channel)
            await declare_agency_queues(channel, agencies)
            await channel.declare_queue(FORWARDED, durable=True, arguments=dict(QUORUM))
        yield stage


def make_database(stage: Stage) -> None:
    """Make the stage's database, unless it was kept: migrated, with every agency's endpoint."""
    with psycopg.connect(stage.servers.postgres.url, autocommit=True) as connection:
        kept = "SELECT FROM pg_database WHERE datname = %s"
        if connection.execute(kept, (stage.database,)).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(stage.database)))
    upgrade(stage.database_url)
    with stage.connect() as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO endpoints (agency, connector, concurrency) VALUES (%s, 'amqp', 250)"
            " ON CONFLICT DO NOTHING",
            [(code,) for code in stage.agencies],
        )


@asynccontextmanager
async def open_channel(stage: Stage) -> AsyncIterator[AbstractChannel]:
    """Open a channel for declaring, purging and reading."""
    connection = await aio_pika.connect(broker_url(stage.amqp_url, "bench"))
    try:
        yield await connection.channel(publisher_confirms=False)
    finally:
        await connection.close()


async def purge(stage: Stage) -> None:
    """Empty every queue of the agencies: each run begins with empty ones."""
    async with open_channel(stage) as channel:
        for code in stage.agencies:
            queue = await channel.get_queue(agency_queue(code), ensure=False)
            await queue.purge()


def forwarder_order(stage: Stage) -> dict[str, Any]:
    """Say where the forwarder reads and writes."""
    return {
        "url": stage.amqp_url,
        "queue": FORWARDED,
        "exchange": DELIVERIES,
        "targets": list(stage.agencies),
    }


def _participants(count: int) -> tuple[tuple[Commune, ...], tuple[str, ...]]:
    """Take real communes that the procedure resolves for, and the agencies of its other steps."""
    catalogue, directory, units = (
        load_catalogue(),
        load_directory("thai-binh-hung-yen"),
        load_units(),
    )
    now = datetime.now(UTC)
    communes: list[Commune] = []
    others: dict[str, None] = {}
    for agency in directory.in_force(now):
        if "one-stop.commune" not in agency.roles or len(communes) == count:
            continue
        unit = agency.jurisdiction[0]
        request = RouteRequest(
            procedure=PROCEDURE,
            originator=agency.code,
            places={"applicant": unit},
            facts={},
            received_at=now,
            as_of=now,
        )
        found = plan(request, catalogue, directory, units)
        if not isinstance(found, Itinerary) or any(step.failure for step in found.steps):
            continue
        assert len(found.steps) == HOPS
        communes.append(Commune(agency.code, unit))
        others |= {step.agency: None for step in found.steps if step.agency}
    codes = {one.code for one in communes}
    return tuple(communes), tuple(code for code in others if code not in codes)
