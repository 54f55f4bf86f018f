"""A gateway as a stranger's software meets it: an address, a token, a broker's user."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aio_pika

from gateway.api.app import create_app
from gateway.broker.topology import declare_agency_queues, declare_roads
from gateway.http_server import listen, serve_http
from gateway.identity.broker_users import BrokerUsers
from tests.broker import Broker
from tests.stage.dossiers import COMMUNE
from tests.stage.inside import Inside, connect_agencies, gateway_inside


@dataclass(frozen=True, slots=True)
class Doors:
    """Where one agency's software connects, and as whom."""

    http: str
    token: str
    amqp: str
    inside: Inside
    agency: str = COMMUNE


@asynccontextmanager
async def open_doors(database_url: str, broker: Broker) -> AsyncIterator[Doors]:
    """Run a gateway that the commune reaches over both roads, for the length of the block."""
    connect_agencies(database_url, [COMMUNE])
    connection = await aio_pika.connect(broker.url)
    async with connection, BrokerUsers(broker.admin_url, broker.url) as users:
        channel = await connection.channel()
        await declare_roads(channel)
        await declare_agency_queues(channel, [COMMUNE])
        amqp = await users.register(COMMUNE)
    async with gateway_inside(
        database_url, amqp_url=broker.url, amqp_admin_url=broker.admin_url
    ) as inside:
        caller = await inside.caller()
        app = create_app(inside.gateway.services)
        listener, stop = listen("127.0.0.1", 0), asyncio.Event()
        serving = asyncio.create_task(serve_http(app, listener, stop))
        try:
            yield Doors(
                http=f"http://127.0.0.1:{listener.getsockname()[1]}",
                token=caller.authorization["authorization"].removeprefix("Bearer "),
                amqp=amqp,
                inside=inside,
            )
        finally:
            app.state.lienthong.bell.close()
            stop.set()
            await serving
