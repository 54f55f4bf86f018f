"""Forty working days of a thousand dossiers, stepped: charges, clocks and timers hold throughout.

Prints what it counted. LIENTHONG_FORTY_DAYS=100 runs it with fewer dossiers.
"""

import asyncio
import os
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson
import pytest
from psycopg_pool import AsyncConnectionPool

from gateway.clock import SteppedClock
from gateway.operations.acts import Order, Target, freeze
from gateway.operations.clock_check import check_clocks
from gateway.operations.runner import ActRunner
from gateway.sandbox.conductor import Conductor, GridWake
from gateway.sandbox.demo import demo_settings, serve_api
from gateway.sandbox.town import Town, open_town
from gateway.sandbox.week import HandIn
from gateway.settings import Settings
from gateway.store.sql import statement
from gateway.wiring import Gateway, run_gateway
from routing.legaltime import load_calendar
from routing.lifecycle.charges import Party, by_party, charges
from routing.lifecycle.codec import hop_from_document, transfer_from_parts
from routing.lifecycle.model import Act, Transfer
from tests.broker import Broker
from tests.chaos.forty_days import (
    GRID,
    STARTS_AT,
    behaviour_of,
    hand_ins,
    noons,
    taking_part,
    working_days,
)
from tests.chaos.timers import timers_kept

pytestmark = pytest.mark.chaos

DOSSIERS: Final = int(os.environ.get("LIENTHONG_FORTY_DAYS", "1000"))
_MUST_HAPPEN: Final = {
    "hop.paused",
    "hop.refused",
    "hop.returned",
    "hop.extended",
    "hop.lapsed",
    "refusal.released",
    "clock.warned",
    "clock.breached",
}


async def test_every_charge_adds_up_every_clock_verifies_and_no_timer_is_missed(
    database_url: str, broker: Broker
) -> None:
    began = time.monotonic()
    days = working_days(load_calendar("vn"))
    ends_at = datetime.combine(days[-1], datetime.max.time(), UTC)
    clock = SteppedClock(STARTS_AT, ends_at)
    settings = demo_settings(
        Settings(database_url=database_url, amqp_url=broker.url, amqp_admin_url=broker.admin_url)
    )
    async with AsyncExitStack() as stack:
        gateway = await stack.enter_async_context(run_gateway(settings, clock=clock))
        services = gateway.services
        base_url = await serve_api(stack, gateway)
        rulebook = services.librarian.rulebook
        agencies = taking_part(rulebook.directory)
        handed_in = hand_ins(rulebook.catalogue, agencies, days, DOSSIERS)
        town = await stack.enter_async_context(
            open_town(
                settings,
                services.pool,
                base_url,
                agencies,
                behaviour_of=behaviour_of,
                wake=GridWake(clock, GRID),
            )
        )
        await gateway.refresh_endpoints()
        supervisor = Supervisor(gateway, clock)
        people = [
            asyncio.create_task(citizens(clock, town, handed_in)),
            asyncio.create_task(supervisor.look_in(noons(days))),
        ]
        conductor = Conductor(
            clock, gateway, services.pool, lambda: town.in_flight + supervisor.busy
        )
        await conductor.conduct(lambda _: None)
        for one in people:
            one.cancel()
        ran = time.monotonic() - began

        began = time.monotonic()
        pages = [one async for one in check_clocks(services.pool, rulebook.calendars)]
        checked = time.monotonic() - began
        accounts = await reckon(services.pool, rulebook.calendars, clock.now())

    transfers = sum(page.transfers for page in pages)
    print(
        f"\n{transfers} transfers in {conductor.steps} steps, {ran:.0f} s;"
        f" {sum(page.entries for page in pages)} entries;"
        f" {sum(page.clocks for page in pages)} clocks verified in {checked:.1f} s"
        f" ({transfers / checked:.0f} transfers/s)\n{accounts.told()}"
    )
    assert transfers == DOSSIERS
    assert [one for page in pages for one in page.findings] == []
    assert accounts.wrong_charges == []
    assert accounts.missed == []
    assert accounts.overdue_timers == 0
    assert accounts.fired > DOSSIERS
    assert all(accounts.charged[party] for party in Party), "someone was never charged"
    if DOSSIERS >= 500:
        assert set(accounts.acts) >= _MUST_HAPPEN, "the forty days were too quiet"


async def citizens(clock: SteppedClock, town: Town, handed_in: list[HandIn]) -> None:
    for one in handed_in:
        await clock.until(one.at)
        town.one_stops[one.office].submit(one.code, one.submission)


class Supervisor:
    """A person who, each noon, extends what is close to its deadline, a few at a time.

    Where an agency says that its system is away, its hop is paused until the next noon.
    """

    def __init__(self, gateway: Gateway, clock: SteppedClock) -> None:
        self._pool = gateway.services.pool
        self._runner = ActRunner(self._pool, gateway.committer)
        self._clock = clock
        self.busy = 0
        self._away: list[Target] = []

    async def look_in(self, at: Any) -> None:
        for noon in at:
            await self._clock.until(noon)
            self.busy = 1
            try:
                await self._extend(noon)
            finally:
                self.busy = 0

    async def _extend(self, noon: datetime) -> None:
        async with self._pool.connection() as connection:
            found = await connection.execute(
                "SELECT transfer_id, step, round, deadline_at FROM hops"
                " WHERE state = 'received' AND deadline_at > %s ORDER BY deadline_at, transfer_id"
                " LIMIT 3",
                (noon,),
            )
            rows = await found.fetchall()
        for target in self._away:
            await self._act(Act.RESUME, target)
        self._away = [Target(*row[:3]) for row in rows[:1]]
        for target in self._away:
            await self._act(Act.PAUSE, target, pause_reason="outage")
        for transfer, step, round_, deadline_at in rows[1:]:
            until = deadline_at + timedelta(hours=20)
            await self._act(Act.EXTEND, Target(transfer, step, round_), until=until)

    async def _act(self, act: Act, target: Target, **details: Any) -> None:
        order = Order(
            act, "operator:supervisor", "Thử nghiệm", legal_basis="NĐ 61/2018 Điều 19.9", **details
        )
        frozen = await freeze(self._pool, order, [target], question={}, dry_run=False)
        await self._runner.run(frozen.id, seconds=20)


class Accounts:
    """What the final facts say of charges and timers."""

    def __init__(self) -> None:
        self.wrong_charges: list[str] = []
        self.missed: list[str] = []
        self.overdue_timers = 0
        self.fired = 0
        self.charged: dict[Party, timedelta] = dict.fromkeys(Party, timedelta())
        self.acts: dict[str, int] = {}
        self.states: dict[str, int] = {}

    def told(self) -> str:
        hours = {
            party.value: round(lasted / timedelta(hours=1))
            for party, lasted in self.charged.items()
        }
        return f"{self.states}; {self.fired} timers fired; hours charged {hours}; {self.acts}"


async def reckon(pool: AsyncConnectionPool[Any], calendars: Any, now: datetime) -> Accounts:
    accounts = Accounts()
    async with pool.connection() as connection:
        found = await connection.execute(
            "SELECT count(*) FROM transfers WHERE next_timer_at <= %s", (now,)
        )
        [(accounts.overdue_timers,)] = await found.fetchall()
        page = {"after": "00000000-0000-0000-0000-000000000000", "open": False}
        found = await connection.execute(
            statement("page_transfers"), {**page, "transfer": None, "limit": 10_000}
        )
        rows = await found.fetchall()
        for row in rows:
            hops = [hop_from_document(one["document"]) for one in row[3]]
            transfer = transfer_from_parts(row[1], row[2], hops)
            entries = await connection.execute(statement("page_ledgers"), ([row[0]],))
            bodies = [orjson.loads(one[2]) for one in await entries.fetchall()]
            _reckon(accounts, transfer, bodies, calendars, now)
    return accounts


def _reckon(
    accounts: Accounts, transfer: Transfer, bodies: list[Any], calendars: Any, now: datetime
) -> None:
    charged = charges(transfer, now)
    ends_at = transfer.ended_at or now
    whole, elapsed = sum(by_party(charged).values(), timedelta()), ends_at - transfer.submitted_at
    edges = [transfer.submitted_at, *(one.end for one in charged)]
    if whole != elapsed or [one.start for one in charged] != edges[:-1]:
        accounts.wrong_charges.append(f"{transfer.id}: {whole} of {elapsed}")
    if transfer.ended_at is not None and any(one.provisional for one in charged):
        accounts.wrong_charges.append(f"{transfer.id}: provisional after its end")
    for party, lasted in by_party(charged).items():
        accounts.charged[party] += lasted
    kept = timers_kept(transfer, bodies, calendars, now)
    accounts.missed.extend(f"{transfer.id} {one}" for one in kept.missed)
    accounts.fired += kept.fired
    accounts.states[transfer.state.value] = accounts.states.get(transfer.state.value, 0) + 1
    for body in bodies:
        accounts.acts[body["act"]] = accounts.acts.get(body["act"], 0) + 1
