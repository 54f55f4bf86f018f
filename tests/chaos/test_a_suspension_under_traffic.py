"""Two gateways under traffic: how soon a switched-off endpoint and a suspension are felt, by road.

Prints seconds until the last message is accepted and the last delivery is there. Asserted is what
holds on any machine: what was switched off is sent nothing after a second, who is suspended is
refused on every road and cut off, and everybody else goes on.
"""

import asyncio
import itertools
import os
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aio_pika
import httpx
import orjson
import pytest
from aio_pika.exceptions import AMQPError
from argon2 import PasswordHasher
from psycopg_pool import AsyncConnectionPool

from gateway.broker.topology import MESSAGES, agency_queue
from gateway.identity.broker_users import BrokerUsers
from gateway.identity.clients import Clients, NewClient
from gateway.identity.endpoints import NewEndpoint, new_webhook_secret, register_endpoint
from gateway.identity.secrets import SecretKeeper
from gateway.joining.members import suspend
from gateway.joining.ways import switch_endpoint
from gateway.operations.audit import By
from gateway.store.pool import Pool
from tests.broker import Broker
from tests.stage.dossiers import birth, event
from tests.stage.facts import eventually
from tests.stage.nursery import Nursery
from tests.stage.stage import Stage, stage_for

pytestmark = pytest.mark.chaos

FEEDER: Final = "H31.101"
"""Hands in births for the receivers' communes; nothing ever happens to it."""
BY_HTTP: Final = "H31.103"
BY_AMQP: Final = "H31.104"
QUEUE, WEBHOOK, MAILBOX = "H31.102", "H31.143", "H31.105"
RECEIVERS: Final = (QUEUE, WEBHOOK, MAILBOX)
UNITS: Final = ("11977", "12472", "11992")
"""The receivers' communes."""
AT_ONCE: Final = 2
SENDS_STOP_WITHIN: Final = 1.0
"""Seconds after an endpoint was switched off (docs/delivery.md)."""
GOES_ON: Final = 4.0
"""Seconds of traffic after an act, so that what comes late is seen."""
SOON: Final = 60.0
_BY: Final = By("chaos", "measured")
_numbers = itertools.count(1)


@dataclass(slots=True)
class Traffic:
    """What the agencies' software does and sees; instants are the machine's (`time.time`)."""

    stage: Stage
    broker: Broker
    pool: Pool
    http: httpx.AsyncClient
    gateways: Sequence[str]
    accepted: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    refused: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    arrived: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    lines: list[asyncio.StreamWriter] = field(default_factory=list)

    async def posts(self, agency: str, client: NewClient) -> None:
        """Hand in births over HTTP, at the gateways in turn, whatever is answered."""
        token = await self._token(client)
        for gateway in itertools.cycle(self.gateways):
            body = orjson.dumps(_birth(agency))
            answer = await self.http.post(
                f"{gateway}/v1/messages",
                content=body,
                headers={**token, "Content-Type": "application/cloudevents+json"},
            )
            seen = self.accepted if answer.status_code == 202 else self.refused
            seen[agency].append(time.time())
            await asyncio.sleep(0.02)

    async def publishes(self, agency: str, url: str) -> None:
        """Hand in births over AMQP until the line is cut."""
        connection = await aio_pika.connect(url)
        with suppress(AMQPError, ConnectionError, RuntimeError, asyncio.CancelledError):
            channel = await connection.channel(publisher_confirms=True)
            road = await channel.get_exchange(MESSAGES, ensure=False)
            while True:
                body = orjson.dumps(_birth(agency))
                message = aio_pika.Message(body, content_type="application/cloudevents+json")
                await road.publish(message, f"{agency}.transfer.submitted", timeout=10)
                self.accepted[agency].append(time.time())
                await asyncio.sleep(0.02)
        self.refused[agency].append(time.time())

    async def reads_its_queue(self, agency: str) -> None:
        connection = await aio_pika.connect(self.broker.url)
        async with connection:
            channel = await connection.channel()
            await channel.set_qos(100)
            queue = await channel.get_queue(agency_queue(agency), ensure=False)
            async with queue.iterator() as messages:
                async for message in messages:
                    self.arrived[agency].append(time.time())
                    await message.ack()

    async def reads_its_mailbox(self, agency: str, client: NewClient) -> None:
        token = await self._token(client)
        for gateway in itertools.cycle(self.gateways):
            asked = {"wait": 2, "limit": 20}
            box = f"{gateway}/v1/mailbox"
            answer = await self.http.get(box, params=asked, headers=token)
            if answer.status_code != 200:
                self.refused[agency].append(time.time())
                await asyncio.sleep(0.1)
                continue
            items = answer.json()["items"]
            if items:
                self.arrived[agency].append(time.time())
            for item in items:
                await self.http.post(f"{box}/{item['delivery']}/ack", headers=token)

    async def takes_calls(
        self, agency: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Be a webhook's server: take everything, and keep when it came."""
        self.lines.append(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                self.arrived[agency].append(time.time())
                await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
                writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
        writer.close()

    def last(self, agency: str, road: str) -> float:
        """Return when the store took the agency's last message in, by the machine's clock."""
        [(recorded_at,)] = self.stage.rows(
            "SELECT max(recorded_at) FROM inbox"
            " WHERE agency = %s AND road = %s AND verdict = 'accepted'",
            agency,
            road,
        )
        clock = self.stage.clock
        return float(clock.set_at + (recorded_at - clock.start).total_seconds())

    async def _token(self, client: NewClient) -> dict[str, str]:
        answer = await self.http.post(
            f"{self.gateways[0]}/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(client.client_id, client.secret),
        )
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}


@asynccontextmanager
async def _traffic(
    nursery: Nursery, database_url: str, broker: Broker, folder: Path
) -> AsyncIterator[Traffic]:
    """Set two gateways up and let everybody begin; return once everything flows."""
    async with (
        stage_for(
            {}, nursery=nursery, database_url=database_url, broker=broker, folder=folder
        ) as stage,
        AsyncConnectionPool(database_url, min_size=1, max_size=2, open=False) as pool,
        httpx.AsyncClient(timeout=30) as http,
    ):
        ready = [await stage.gateway(http_port=0).ready() for _ in range(2)]
        traffic = Traffic(stage, broker, pool, http, [one.http for one in ready])
        server = await asyncio.start_server(
            lambda reader, writer: traffic.takes_calls(WEBHOOK, reader, writer), "127.0.0.1"
        )
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        ways = {
            FEEDER: NewEndpoint(FEEDER, "mailbox"),
            BY_HTTP: NewEndpoint(BY_HTTP, "mailbox"),
            BY_AMQP: NewEndpoint(BY_AMQP, "mailbox"),
            QUEUE: NewEndpoint(QUEUE, "amqp", events=False),
            WEBHOOK: NewEndpoint(WEBHOOK, "webhook", address, secret=new_webhook_secret()),
            MAILBOX: NewEndpoint(MAILBOX, "mailbox"),
        }
        keeper = SecretKeeper(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        clients = Clients(pool, keeper)
        made: dict[str, NewClient] = {}
        for agency, way in ways.items():
            await register_endpoint(pool, way)
            made[agency] = await clients.register(f"chaos-{agency}", agency=agency)
        async with BrokerUsers(broker.admin_url, broker.url) as users:
            url = await users.register(BY_AMQP)
        await eventually(lambda: _has_queue(broker), within=SOON)
        work: list[Coroutine[Any, Any, None]] = [
            *(traffic.posts(FEEDER, made[FEEDER]) for _ in range(AT_ONCE)),
            traffic.posts(BY_HTTP, made[BY_HTTP]),
            traffic.publishes(BY_AMQP, url),
            traffic.reads_its_queue(QUEUE),
            traffic.reads_its_mailbox(MAILBOX, made[MAILBOX]),
        ]
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(one) for one in work]
            try:
                await eventually(lambda: _flows(traffic), within=SOON)
                yield traffic
            finally:
                for one in running:
                    one.cancel()
                server.close()
                for line in traffic.lines:
                    line.transport.abort()


async def _has_queue(broker: Broker) -> bool:
    async with httpx.AsyncClient(base_url=broker.admin_url) as admin:
        path = f"/api/queues/{broker.vhost}/{agency_queue(QUEUE)}"
        return (await admin.get(path)).status_code == 200


def _flows(traffic: Traffic) -> bool:
    return all(len(traffic.arrived[one]) > 5 for one in RECEIVERS) and all(
        len(traffic.accepted[one]) > 5 for one in (FEEDER, BY_HTTP, BY_AMQP)
    )


def _birth(agency: str) -> dict[str, Any]:
    number = next(_numbers)
    return event(
        number,
        birth(places={"applicant": UNITS[number % len(UNITS)]}),
        source=f"urn:lienthong:agency:{agency}",
        subject=f"{agency}-260302-{number:06d}",
    )


def _since(instants: Sequence[float], act: float) -> str:
    """Say how long after an act the last of these was; before it is 0."""
    return f"{max(0.0, max(instants, default=act) - act):.2f} s"


async def test_how_soon_it_is_felt(
    nursery: Nursery, database_url: str, broker: Broker, tmp_path: Path
) -> None:
    async with _traffic(nursery, database_url, broker, tmp_path) as traffic:
        off = await _switches_off(traffic)
        late = {one: max(traffic.arrived[one]) - off[one] for one in RECEIVERS}
        told = {one: _since(traffic.arrived[one], off[one]) for one in RECEIVERS}
        for one in RECEIVERS:
            await switch_endpoint(traffic.pool, one, _BY, enabled=True)
        again = time.time()
        await eventually(
            lambda: all(max(traffic.arrived[one]) > again for one in RECEIVERS), within=SOON
        )
        gone = await _suspends(traffic)
        fed = max(traffic.accepted[FEEDER])

        print(f"\nload {os.getloadavg()[0]:.1f}; accepted of the feeder", end=" ")
        print(f"{len(traffic.accepted[FEEDER])}, by HTTP {len(traffic.accepted[BY_HTTP])}", end="")
        print(f", by AMQP {len(traffic.accepted[BY_AMQP])}")
        print(f"switched off, last delivery: {told}")
        print("suspended, last delivery:", end=" ")
        print({one: _since(traffic.arrived[one], gone[one]) for one in RECEIVERS})
        by_http, by_amqp = traffic.last(BY_HTTP, "http"), traffic.last(BY_AMQP, "amqp")
        print(f"last accepted over HTTP {_since([by_http], gone[BY_HTTP])}", end=", ")
        print(f"over AMQP {_since([by_amqp], gone[BY_AMQP])}", end="; ")
        print(f"line of the broker cut after {_since(traffic.refused[BY_AMQP], gone[BY_AMQP])}")

        assert {one: seconds for one, seconds in late.items() if seconds > SENDS_STOP_WITHIN} == {}
        assert min(traffic.refused[BY_HTTP]) > gone[BY_HTTP]
        assert max(traffic.accepted[BY_HTTP]) < max(traffic.refused[BY_HTTP])
        assert max(traffic.refused[MAILBOX]) > max(traffic.arrived[MAILBOX])
        assert len(traffic.refused[BY_AMQP]) == 1
        assert fed > max(gone.values())
        assert traffic.refused[FEEDER] == []


async def _switches_off(traffic: Traffic) -> dict[str, float]:
    """Switch the receivers' endpoints off; return when each was, by the database."""
    for one in RECEIVERS:
        await switch_endpoint(traffic.pool, one, _BY, enabled=False)
    await asyncio.sleep(GOES_ON)
    rows = traffic.stage.rows(
        "SELECT agency, extract(epoch FROM changed_at)::float8 FROM endpoints WHERE NOT enabled"
    )
    return dict(rows)


async def _suspends(traffic: Traffic) -> dict[str, float]:
    """Suspend everybody but the feeder; return when each was, by the database."""
    for one in (BY_HTTP, BY_AMQP, *RECEIVERS):
        await suspend(traffic.pool, one, _BY)
    await asyncio.sleep(GOES_ON)
    await eventually(lambda: traffic.refused[BY_AMQP], within=SOON)
    rows = traffic.stage.rows(
        "SELECT agency, extract(epoch FROM since)::float8 FROM members WHERE state = 'suspended'"
    )
    return dict(rows)
