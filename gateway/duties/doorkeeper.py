"""The doorkeeper: keeps the broker's users, rights and queues as members and directory are.

Members that may sign in have exactly their users with exactly their rights; who is suspended,
removed or abolished has none. What somebody changed at the broker by hand is put right and told;
strangers are told and left alone. One process at a time does it, under a lease; a round that fails
changes nothing about what is wanted, and is done again.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import aio_pika
import structlog
from aio_pika.exceptions import AMQPError

from connectors.broker import broker_url
from connectors.rabbitmq_admin import AdminError, RabbitMQAdmin
from gateway.broker.mending import Mender
from gateway.broker.rights import Found, House, Repair, Wanted, compare
from gateway.broker.topology import DELIVERIES, EVENTS
from gateway.clock import LegalClock
from gateway.duties.librarian import Librarian
from gateway.identity.broker_users import vhost_of
from gateway.operations.alarm_kinds import AlarmKind
from gateway.operations.alarms import Detail, clear_alarm, list_alarms, raise_alarm
from gateway.operations.drain import WITHIN
from gateway.operations.leaving import see_to_queue
from gateway.store.pool import Pool
from gateway.store.sql import statement

log = structlog.get_logger()

LEASE: Final = 60.0
ROUND_WITHIN: Final = 45.0
BEGINS_WITHIN: Final = 30.0
"""Seconds in which a round begins repairs; what is left then is the next one's, under its lease."""
EVERY: Final = 60.0
"""Seconds between looks when nothing changed."""
PAUSE: Final = 5.0
LATE_ANSWERS: Final = timedelta(days=30)
"""For so long after its end an abolished agency keeps its users: its late answers count (ours)."""
TOLD_FOR: Final = timedelta(hours=1)
"""For so long the alarm of a drift that was put right stays open."""
FEW: Final = 50
"""Drifts that are told one by one; more than that are one alarm."""
_MOST = 500


@dataclass(frozen=True, slots=True)
class _Round:
    lease: int
    wanted: int
    began_at: datetime
    ends: float


class Doorkeeper:
    """Looks when something changed, and every minute. Without a management URL it says so."""

    def __init__(
        self,
        pool: Pool,
        librarian: Librarian,
        clock: LegalClock,
        *,
        amqp_url: str,
        admin_url: str | None,
        every: float = EVERY,
    ) -> None:
        self._pool = pool
        self._librarian = librarian
        self._clock = clock
        self._vhost = vhost_of(amqp_url)
        self._amqp_url = amqp_url
        self._admin = None if admin_url is None else RabbitMQAdmin(admin_url)
        self._mender: Mender | None = None
        if self._admin is not None:
            self._mender = Mender(self._admin, self._vhost, self._see_to_left)
        self._own = frozenset(
            unquote(urlsplit(url).username or "") for url in (amqp_url, admin_url) if url
        )
        self._every = every
        self.strangers = 0

    def __repr__(self) -> str:
        return f"<Doorkeeper of {self._vhost!r}, {self.repairs} repairs>"

    @property
    def repairs(self) -> int:
        """What was set right since the beginning."""
        return self._mender.repairs if self._mender else 0

    @property
    def refused(self) -> tuple[str, ...]:
        """What the broker would not do in the last round; it keeps nothing else from being done."""
        return tuple(self._mender.refused) if self._mender else ()

    @property
    def calls(self) -> int:
        """How often the broker's management was asked since the beginning."""
        return self._admin.calls if self._admin else 0

    async def aclose(self) -> None:
        if self._admin is not None:
            await self._admin.aclose()

    async def look(self) -> bool:
        """Do a round if one is due and nobody else does it; True if it is not through yet."""
        began = time.monotonic()
        round_ = await self._claim(began)
        if round_ is None:
            return False
        try:
            is_through = await self._go_round(round_)
        except (AdminError, TimeoutError) as error:
            await self._put_off(round_, type(error).__name__)
            return False
        if not self.refused:
            await clear_alarm(self._pool, AlarmKind.BROKER_MANAGEMENT_AWAY, "doorkeeper")
        await self._write("finish_doorkeeping" if is_through else "put_off_doorkeeping", round_)
        return not is_through

    async def _claim(self, began: float) -> _Round | None:
        asked = {"lease": LEASE, "every": self._every}
        async with self._pool.connection() as connection:
            found = await connection.execute(statement("claim_doorkeeping"), asked, prepare=True)
            row = await found.fetchone()
        return None if row is None else _Round(row[0], row[1], row[2], began + BEGINS_WITHIN)

    async def _put_off(self, round_: _Round, why: str) -> None:
        log.warning("doorkeeper.cannot_manage", why=why)
        detail = {"why": why}
        await raise_alarm(self._pool, AlarmKind.BROKER_MANAGEMENT_AWAY, "doorkeeper", detail)
        await self._write("put_off_doorkeeping", round_, pause=PAUSE)

    async def _write(self, name: str, round_: _Round, *, pause: float = 0.0) -> None:
        told = {"lease": round_.lease, "wanted": round_.wanted, "began_at": round_.began_at}
        await self._run(name, **told, pause=pause)

    async def _run(self, name: str, **row: Any) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(statement(name), row)

    async def _go_round(self, round_: _Round) -> bool:
        """Shut out, compare and repair; False if time ran out before all was done."""
        house = await self._house()
        if self._admin is None or self._mender is None:
            if house.users:
                raise AdminError("no management URL")
            return True
        async with asyncio.timeout_at(asyncio.get_running_loop().time() + ROUND_WITHIN):
            # Known without asking the broker, whose whole list takes seconds in a country.
            await self._expel(self._mender)
            found = await self._found(self._admin)
            comparison = compare(house, found)
            if not await self._mender.mend(comparison, house, found, until=round_.ends):
                return False
        applied = sorted(set(house.users) - set(self.refused))
        await self._run("note_applied_users", names=applied)
        await self._tell(comparison.strangers, [one for one in comparison.repairs if one.drifted])
        return True

    async def _expel(self, mender: Mender) -> None:
        async with self._pool.connection() as connection:
            found = await connection.execute(statement("list_broker_users_to_expel"))
            names = {row[0] for row in await found.fetchall()} - self._own
        if names:
            await mender.expel(names)
            await self._run("note_expelled_users", names=sorted(names))

    async def _see_to_left(self, repair: Repair) -> bool:
        """Take a step with the queue of who has left; it holds nothing else up if that fails."""
        url = broker_url(self._amqp_url, "leaving")
        try:
            async with await aio_pika.connect(url, timeout=WITHIN) as connection:
                return await see_to_queue(self._pool, connection, repair)
        except (AMQPError, ConnectionError, TimeoutError) as error:
            why = type(error).__name__
            log.warning("doorkeeper.queue_kept", subject=repair.subject, why=why)
            return False

    # What is wanted, what is there

    async def _house(self) -> House:
        async with self._pool.connection() as connection:
            found = await connection.execute(statement("list_broker_users"))
            users = await found.fetchall()
            found = await connection.execute(statement("list_barred_agencies"))
            barred = await found.fetchall()
            found = await connection.execute(statement("list_broker_queues"))
            queues = await found.fetchall()
        return House(
            users={
                row[0]: Wanted(row[0], row[1], row[2], applied=row[3])
                for row in users
                if row[4] and self._exists(row[1])
            },
            former=frozenset(row[0] for row in users),
            barred=frozenset(row[0] for row in barred),
            gone=frozenset(row[0] for row in barred if row[1])
            | {row[0] for row in queues if not self._exists(row[0])},
            codes=frozenset(agency.code for agency in self._librarian.rulebook.directory),
            queues={row[0]: row[1] for row in queues if self._exists(row[0])},
            own=self._own,
        )

    def _exists(self, code: str) -> bool:
        """Whether the directory knows the agency now, will, or did until lately."""
        since = self._clock.now() - LATE_ANSWERS
        rows = self._librarian.rulebook.directory.history(code)
        return any(row.valid_to is None or row.valid_to > since for row in rows)

    async def _found(self, admin: RabbitMQAdmin) -> Found:
        bindings = [await admin.list_bindings(self._vhost, one) for one in (DELIVERIES, EVENTS)]
        return Found(
            vhost=self._vhost,
            users={one.name: one for one in await admin.list_users()},
            permissions=await admin.list_permissions(),
            topics=await admin.list_topic_permissions(self._vhost),
            queues=await admin.list_queues(self._vhost),
            bindings=frozenset().union(*bindings),
        )

    # What is done about it

    async def _tell(self, strangers: tuple[str, ...], drifted: list[Repair]) -> None:
        """Raise what a person should see; clear what is over."""
        self.strangers = len(strangers)
        if self.refused:
            detail: Detail = {
                "why": "refused",
                "first": self.refused[0],
                "count": len(self.refused),
            }
            await raise_alarm(self._pool, AlarmKind.BROKER_MANAGEMENT_AWAY, "doorkeeper", detail)
        for name in strangers:
            await raise_alarm(self._pool, AlarmKind.BROKER_STRANGER, name)
        if len(drifted) > FEW:  # a broker that was set up anew is one event, not thousands
            everything: Detail = {"act": "many", "count": len(drifted)}
            await raise_alarm(self._pool, AlarmKind.BROKER_RIGHTS_DRIFTED, "doorkeeper", everything)
        for repair in drifted if len(drifted) <= FEW else ():
            drift: Detail = {"act": repair.act.value, "agency": repair.agency}
            await raise_alarm(self._pool, AlarmKind.BROKER_RIGHTS_DRIFTED, repair.subject, drift)
        for alarm in await list_alarms(self._pool, kind=AlarmKind.BROKER_STRANGER, limit=_MOST):
            if alarm["subject"] not in strangers:
                await clear_alarm(self._pool, AlarmKind.BROKER_STRANGER, alarm["subject"])
        kind = AlarmKind.BROKER_RIGHTS_DRIFTED
        for alarm in await list_alarms(self._pool, kind=kind, limit=_MOST):
            if datetime.now(alarm["last_seen_at"].tzinfo) - alarm["last_seen_at"] > TOLD_FOR:
                await clear_alarm(self._pool, kind, alarm["subject"])
