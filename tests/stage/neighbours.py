"""A neighbourhood: random agencies that join, are rotated, suspended and removed under traffic.

All through the operators' API and the agencies' own credentials; what each of them must not reach
is tried for every pair by `tests.stage.trespass`.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import aio_pika
from aio_pika.abc import AbstractConnection
from aiormq.exceptions import AMQPError

from gateway.broker.topology import MESSAGES
from tests.broker import Broker
from tests.integration.api.running import MONDAY, Api, submission
from tests.integration.joining.office import Office
from tests.stage import trespass
from tests.stage.facts import eventually
from tests.stage.trespass import Belongings, Neighbour, Tries

_WITHIN = 90.0
_ABREAST = 8


@dataclass(slots=True)
class Neighbourhood:
    """Who lives here, and what was seen."""

    office: Office
    broker: Broker
    chance: random.Random
    neighbours: list[Neighbour] = field(default_factory=list)
    tries: Tries = field(default_factory=Tries)
    acts: int = 0
    sent: int = 0
    _numbers: int = 0

    @property
    def api(self) -> Api:
        return self.office.api

    async def settle(self, count: int) -> None:
        """Let so many random communes join; every other one is reached over AMQP."""
        directory = self.api.gateway.services.rulebook.directory
        communes = [one for one in directory.in_force(MONDAY) if "one-stop.commune" in one.roles]
        for one in self.chance.sample(communes, min(count, len(communes))):
            neighbour = Neighbour(one.code, one.jurisdiction[0])
            await self.join(neighbour, over_amqp=len(self.neighbours) % 2 == 0)
            self.neighbours.append(neighbour)
        await eventually(self.everybody_is_let_in, within=_WITHIN)

    async def join(self, neighbour: Neighbour, *, over_amqp: bool) -> None:
        code = neighbour.code
        await self.office.do("", agency=code)
        roads = ("http", "amqp") if over_amqp else ("http",)
        made = await self.office.issue(code, *roads)
        connector = "amqp" if over_amqp else "mailbox"
        await self.office.do(f"/{code}/endpoint", "PUT", connector=connector)
        await self.office.do(f"/{code}/go-live", force=True)
        neighbour.caller = await self.office.caller(made["http"])
        neighbour.amqp = self._url(made["amqp"]) if over_amqp else None

    def _url(self, credential: dict[str, Any]) -> str:
        parts = urlsplit(self.broker.url)
        host = parts.netloc.rpartition("@")[2]
        user = f"{quote(credential['name'])}:{quote(credential['secret'])}"
        return urlunsplit(parts._replace(netloc=f"{user}@{host}"))

    async def everybody_is_let_in(self) -> bool:
        own = [one for one in self.neighbours if one.amqp is not None]
        return all(await asyncio.gather(*(self.may_publish(one) for one in own)))

    async def may_publish(self, one: Neighbour) -> bool:
        """Whether an agency may write as itself and read its own queue."""
        async with self.connected(one) as connection:
            return connection is not None and await trespass.succeeds(
                connection,
                partial(
                    trespass.publish, exchange=MESSAGES, routing_key=f"{one.code}.hop.received"
                ),
            )

    @asynccontextmanager
    async def connected(self, one: Neighbour) -> AsyncIterator[AbstractConnection | None]:
        """Connect to the broker as an agency; None if it is not let in."""
        async with AsyncExitStack() as stack:
            connection = None
            if one.amqp is not None:
                with suppress(AMQPError, ConnectionError, TimeoutError):
                    connection = await aio_pika.connect(one.amqp, timeout=15)
                    stack.push_async_callback(_let_go, connection)
            yield connection

    # What happens to them

    async def live_on(self, rounds: int) -> None:
        """Let random things be decided about random neighbours."""
        for _ in range(rounds):
            one = self.chance.choice(self.neighbours)
            await self.chance.choice((self._rotate, self._suspend, self._move_out))(one)
            self.acts += 1

    async def _rotate(self, one: Neighbour) -> None:
        road = "amqp" if one.amqp is not None and self.chance.random() < 0.5 else "http"
        overlap = self.chance.choice((0, 1))
        path = f"/{one.code}/credentials/rotate"
        made = await self.office.do(path, road=road, overlap_hours=overlap)
        if road == "amqp":
            one.amqp = self._url(made["credentials"][0])
        else:
            one.caller = await self.office.caller(made["credentials"][0])

    async def _suspend(self, one: Neighbour) -> None:
        await self.office.do(f"/{one.code}/suspend")
        refused = await self.api.http.get("/v1/mailbox", headers=one.caller)
        self.tries.note(refused.status_code != 401, f"{one.code} was suspended and read on")
        await self.office.do(f"/{one.code}/resume")

    async def _move_out(self, one: Neighbour) -> None:
        former = one.caller
        await self.office.do(f"/{one.code}/remove")
        await self.join(one, over_amqp=one.amqp is not None)
        refused = await self.api.http.get("/v1/mailbox", headers=former)
        self.tries.note(refused.status_code != 401, f"{one.code} read with what was revoked")

    async def trade(self, messages: int) -> None:
        """Let random neighbours submit dossiers that others are competent for."""
        for _ in range(messages):
            sender, receiver = self.chance.sample(self.neighbours, 2)
            self._numbers += 1
            event = submission(source=f"urn:lienthong:agency:{sender.code}")
            event["subject"] = f"{sender.code}-260302-{self._numbers:06d}"
            event["data"]["places"] = {"applicant": receiver.unit}
            answer = await self.api.send(event, sender.caller)
            assert answer.status_code in (202, 401, 403), answer.text
            self.sent += answer.status_code == 202
            if receiver.amqp is None:
                await self.api.http.get("/v1/mailbox?limit=5", headers=receiver.caller)

    # What they try

    async def try_every_pair(self) -> None:
        """Let everybody reach for everything of everybody else, by every road it has."""
        belongings = await self._belongings()
        turns = asyncio.Semaphore(_ABREAST)

        async def try_all(who: Neighbour) -> None:
            async with turns:
                async with self.connected(who) as connection:
                    if connection is not None:
                        await trespass.trespass_on_the_gateway(connection, who, self.tries)
                for theirs in belongings:
                    if theirs.code != who.code:
                        await self._try_pair(who, theirs)

        await asyncio.gather(*(try_all(who) for who in self.neighbours))
        for who in self.neighbours:
            await trespass.read_own_over_http(
                self.api.http, who, self._owner, self._has_part, self.tries
            )

    async def _try_pair(self, who: Neighbour, theirs: Belongings) -> None:
        await trespass.trespass_over_http(self.api.http, who, theirs, self._has_part, self.tries)
        async with self.connected(who) as connection:  # it may have been cut off since
            if connection is not None:
                await trespass.trespass_over_amqp(connection, who, theirs.code, self.tries)

    async def _belongings(self) -> list[Belongings]:
        found = []
        for one in self.neighbours:
            delivery = await self.api.rows(
                "SELECT id::text FROM deliveries WHERE agency = %s ORDER BY lease_no DESC LIMIT 1",
                one.code,
            )
            transfer = await self.api.rows(
                "SELECT id::text, code FROM transfers WHERE originator = %s ORDER BY id LIMIT 1",
                one.code,
            )
            hop = await self.api.rows(
                "SELECT transfer_id::text, step, round FROM hops WHERE agency = %s"
                " AND document ->> 'offered_at' IS NOT NULL AND step <> 'origin' LIMIT 1",
                one.code,
            )
            found.append(
                Belongings(
                    one.code,
                    delivery[0][0] if delivery else None,
                    transfer[0][0] if transfer else None,
                    transfer[0][1] if transfer else None,
                    (hop[0][0], hop[0][1], hop[0][2]) if hop else None,
                )
            )
        return found

    async def _parts(self, transfer: str) -> set[tuple[str, str]]:
        """Return (agency, transfer) of everybody whom a transfer concerns."""
        rows = await self.api.rows(
            "SELECT originator FROM transfers WHERE id = %s UNION SELECT agency FROM hops"
            " WHERE transfer_id = %s AND document ->> 'offered_at' IS NOT NULL",
            transfer,
            transfer,
        )
        return {(agency, transfer) for (agency,) in rows}

    async def _owner(self, delivery: str) -> str | None:
        rows = await self.api.rows("SELECT agency FROM deliveries WHERE id = %s", delivery)
        return rows[0][0] if rows else None

    async def _has_part(self, code: str, transfer: str) -> bool:
        return (code, transfer) in await self._parts(transfer)

    async def taken_in_anothers_name(self) -> list[tuple[Any, ...]]:
        """Return accepted messages whose source is not the agency that signed in."""
        return await self.api.rows(
            "SELECT t.issuer, t.originator, i.agency FROM inbox i JOIN transfers t"
            " ON t.id = i.transfer_id WHERE i.verdict = 'accepted'"
            " AND i.kind = 'transfer.submitted' AND t.originator <> i.agency"
        )


async def _let_go(connection: AbstractConnection) -> None:
    with suppress(AMQPError, ConnectionError, TimeoutError):
        await connection.close()
