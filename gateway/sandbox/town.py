"""Open a town: register every participant as an operator would, then run its software.

Endpoints, HTTP clients, broker users and queues are made through the gateway's own use cases;
each simulated agency gets its own credentials and uses nothing else.
"""

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aio_pika
from argon2 import PasswordHasher

from connectors.broker import broker_url
from connectors.simulators import (
    AmqpAgency,
    Behaviour,
    MailboxAgency,
    OneStop,
    SimulatedAgency,
    Wake,
    WebhookAgency,
    running,
)
from gateway.broker.topology import declare_agency_queues, declare_roads
from gateway.identity.broker_users import BrokerUsers
from gateway.identity.clients import Clients
from gateway.identity.endpoints import NewEndpoint, register_endpoint
from gateway.identity.secrets import SecretKeeper
from gateway.sandbox.participants import Participant
from gateway.settings import Settings
from gateway.store.pool import Pool

BehaviourOf = Callable[[Participant], Behaviour]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What one agency's software is told when it is connected. Sandbox only."""

    code: str
    connector: str
    client_id: str
    client_secret: str = field(repr=False)
    amqp_url: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Town:
    """The simulated agencies, by code, and their credentials."""

    agencies: dict[str, SimulatedAgency]
    credentials: dict[str, Credentials]
    one_stops: dict[str, OneStop]

    @property
    def in_flight(self) -> int:
        return sum(agency.in_flight for agency in self.agencies.values())

    def started(self) -> bool:
        return all(agency.started.is_set() for agency in self.agencies.values())


@asynccontextmanager
async def open_town(
    settings: Settings,
    pool: Pool,
    base_url: str,
    taking_part: Sequence[Participant],
    *,
    behaviour_of: BehaviourOf,
    wake: Wake,
    unstaffed: Mapping[str, NewEndpoint] | None = None,
) -> AsyncIterator[Town]:
    """Register everyone and run their software for the length of the block.

    Agencies in `unstaffed` are registered with the road named there, and left to whoever uses
    their credentials.
    """
    left = unstaffed or {}
    credentials = await _register(settings, pool, taking_part)
    agencies: dict[str, SimulatedAgency] = {}
    for participant in taking_part:
        if participant.code in left:
            await register_endpoint(pool, left[participant.code])
            continue
        own = credentials[participant.code]
        agencies[participant.code] = await _software(
            pool, base_url, participant, own, behaviour_of(participant), wake
        )
    one_stops = {code: OneStop(agency) for code, agency in agencies.items()}
    async with running(*agencies.values()):
        yield Town(agencies, credentials, one_stops)


async def _register(
    settings: Settings, pool: Pool, taking_part: Sequence[Participant]
) -> dict[str, Credentials]:
    assert settings.amqp_url is not None
    assert settings.amqp_admin_url is not None
    queued = [one.code for one in taking_part if one.connector == "amqp"]
    connection = await aio_pika.connect(broker_url(settings.amqp_url, "lienthong town"))
    async with connection:
        channel = await connection.channel()
        await declare_roads(channel)
        await asyncio.gather(*(declare_agency_queues(channel, [code]) for code in queued))
    clients = Clients(pool, SecretKeeper(_quick_hasher()))
    async with BrokerUsers(settings.amqp_admin_url, settings.amqp_url) as users:
        made = await asyncio.gather(*(_credentials(clients, users, one) for one in taking_part))
    return {one.code: one for one in made}


def _quick_hasher() -> PasswordHasher:
    """Return a hasher that takes no time: a town's secrets are 256 random bits, and many."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


async def _credentials(clients: Clients, users: BrokerUsers, one: Participant) -> Credentials:
    client = await clients.register(f"sandbox-{one.code}", agency=one.code)
    url = await users.register(one.code) if one.connector == "amqp" else None
    return Credentials(one.code, one.connector, client.client_id, client.secret, url)


async def _software(
    pool: Pool,
    base_url: str,
    participant: Participant,
    own: Credentials,
    behaviour: Behaviour,
    wake: Wake,
) -> SimulatedAgency:
    code = participant.code
    address = secret = None
    agency: SimulatedAgency
    match participant.connector:
        case "amqp":
            assert own.amqp_url is not None
            agency = AmqpAgency(code, own.amqp_url, behaviour=behaviour, wake=wake)
        case "webhook":
            secret = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
            agency = webhook = WebhookAgency(
                code,
                base_url,
                client_id=own.client_id,
                client_secret=own.client_secret,
                secret=secret,
                behaviour=behaviour,
                wake=wake,
            )
            address = webhook.address
        case "mailbox":
            agency = MailboxAgency(
                code,
                base_url,
                client_id=own.client_id,
                client_secret=own.client_secret,
                behaviour=behaviour,
                wake=wake,
            )
    await register_endpoint(
        pool, NewEndpoint(code, participant.connector, address=address, secret=secret)
    )
    return agency
