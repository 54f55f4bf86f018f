"""The storm: a thousand transfers under way, and everything is killed, stopped, cut and hung.

Afterwards, by itself and within 60 seconds of the last fault: lost 0, duplicate effects 0, every
ledger holds. Prints a timetable with what each fault took to recover from.
"""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, LiteralString

import psycopg
import pytest

from connectors.simulators import WebhookAgency
from gateway.broker.topology import agency_queue
from gateway.servers import Postgres
from tests.broker import Broker
from tests.chaos.cast import BEHAVIOURS, CONNECTORS, WEBHOOKS, Crowd, Hurry
from tests.stage.accounts import reckon
from tests.stage.clock import PassingClock
from tests.stage.facts import eventually
from tests.stage.nursery import Nursery
from tests.stage.processes import GatewayProcess
from tests.stage.proxy import proxy_to
from tests.stage.rabbit import Rabbit
from tests.stage.stage import Stage, free_port, stage_for

pytestmark = pytest.mark.chaos

UNDER_WAY: Final = 1000
GATEWAYS: Final = 3
RECOVERS_WITHIN: Final = 60.0
ANSWERS_WITHIN: Final = 60.0
"""What agencies may take for their own answers once everything is back."""
ENDS_WITHIN: Final = 480.0
LEASE: Final = 5.0
SETTINGS: Final = {
    "lease_seconds": LEASE,
    "send_timeout": 2,
    "prefetch": 300,
    "log_level": "ERROR",
}
_LATE: Final[dict[str, LiteralString]] = {
    f"deliveries ({way})": (
        "SELECT count(*) FROM deliveries d JOIN endpoints e USING (agency)"
        " WHERE state = 'pending' AND NOT parked AND e.breaker = 'closed'"
        f" AND e.connector = '{way}' AND next_attempt_at < clock_timestamp() - interval '5 seconds'"
    )
    for way in ("amqp", "webhook")
}
Harm = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Line:
    """One fault in the timetable; seconds since the storm began."""

    fault: str
    began: float
    healed: float = 0.0
    recovered: float = 0.0
    under_way: int = 0
    last: str = ""
    """What was the last to flow again."""


@dataclass(slots=True)
class Storm:
    """The servers and gateways that are hurt, and what is noted of it."""

    stage: Stage
    crowd: Crowd
    ports: list[int]
    gateways: list[GatewayProcess] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    began_at: float = field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.began_at

    async def start_gateway(self, no: int) -> None:
        started = await self.stage.gateway(http_port=self.ports[no]).ready()
        self.gateways[no : no + 1] = [started]

    def under_way(self) -> int:
        return self.stage.count("SELECT count(*) FROM transfers WHERE state = 'open'")

    async def keep_up(self) -> None:
        """See to it that enough is under way before the next fault.

        What is under way goes on ending meanwhile: looked at, and made up for, every few seconds.
        """
        seen: list[int] = []

        def enough() -> bool:
            seen.append(self.under_way())
            missing = UNDER_WAY + 50 - seen[-1]
            if missing > 50 and len(seen) % 10 == 1:
                self.crowd.submit(missing)
            return missing <= 50

        await eventually(enough, within=90, every=0.5, told=lambda: seen)

    async def strike(self, fault: str, harm: Harm) -> None:
        """Do one harm, heal it, and note when everything flows again."""
        await self.keep_up()
        line = Line(fault, self.elapsed, under_way=self.under_way())
        self.lines.append(line)
        await harm()
        line.healed = self.elapsed
        line.last = await self.recovered()
        line.recovered = self.elapsed

    async def recovered(self) -> str:
        """Return once everything flows, and say what was the last to."""
        probes = self.crowd.probe()
        flows: dict[str, float] = {}

        def everything() -> bool:
            try:
                for what in {*probes, *_LATE} - flows.keys():
                    if self._flows(what, probes.get(what)):
                        flows[what] = self.elapsed
            except psycopg.OperationalError:
                return False
            return len(flows) == len(probes) + len(_LATE)

        await eventually(everything, within=RECOVERS_WITHIN, every=0.25, told=lambda: flows)
        return max(flows, key=lambda what: flows[what])

    def _flows(self, what: str, probe: str | None) -> bool:
        """Whether a new dossier went all the way, or nothing is owed longer than it should be."""
        if probe is not None:
            query: LiteralString = (
                "SELECT count(*) FROM transfers WHERE state = 'completed' AND code = %s"
            )
            return self.stage.count(query, probe) == 1
        return self.stage.count(_LATE[what]) == 0

    def timetable(self) -> str:
        rows = [
            f"{'fault':<44} {'at':>7} {'lasted':>8} {'recovered in':>13} {'under way':>10}  last",
            *(
                f"{line.fault:<44} {line.began:>6.1f}s {line.healed - line.began:>7.1f}s"
                f" {line.recovered - line.healed:>12.1f}s {line.under_way:>10}  {line.last}"
                for line in self.lines
            ),
        ]
        return "\n".join(rows)


async def test_nothing_is_lost_and_nothing_happens_twice(
    nursery: Nursery, database_url: str, postgres: Postgres, broker: Broker, tmp_path: Path
) -> None:
    ports = [free_port() for _ in range(GATEWAYS)]
    hurry = Hurry(PassingClock.set_now(), asyncio.Event())
    async with AsyncExitStack() as stack:
        balancer = await stack.enter_async_context(
            proxy_to(*(f"http://127.0.0.1:{port}" for port in ports))
        )
        rabbit = await stack.enter_async_context(Rabbit(broker))
        stage = await stack.enter_async_context(
            stage_for(
                CONNECTORS,
                nursery=nursery,
                database_url=database_url,
                broker=broker,
                folder=tmp_path,
                behaviours=BEHAVIOURS,
                settings=SETTINGS,
                http=f"http://127.0.0.1:{balancer.port}",
                wake=hurry,
            )
        )
        storm = Storm(stage, Crowd(stage), ports)
        for no in range(GATEWAYS):
            await storm.start_gateway(no)
        queues = [agency_queue(code) for code, way in CONNECTORS.items() if way == "amqp"]
        await rabbit.keeps("lienthong.intake", "lienthong.dead", *queues)

        await _rage(storm, broker, postgres)
        hurry.told.set()
        for agency in stage.agencies.values():
            if isinstance(agency, WebhookAgency):
                agency.mend()
        healed_at = time.monotonic()
        try:
            await eventually(
                stage.is_settled,
                within=RECOVERS_WITHIN + ANSWERS_WITHIN,
                every=1.0,
                told=stage.how_far,
            )
        finally:
            print(f"\n{storm.timetable()}")
        took = time.monotonic() - healed_at
        accounts = reckon(database_url, stage.records, stage.submitted)
        slowest = max(line.recovered - line.healed for line in storm.lines)
        print(
            f"at rest {took:.1f} s after the last fault; slowest recovery {slowest:.1f} s\n"
            f"{accounts.transfers} transfers, {accounts.messages} messages,"
            f" {accounts.deliveries} deliveries, {accounts.entries} ledger entries;"
            f" lost {len(accounts.lost)}, duplicate effects {len(accounts.doubled)};"
            f" {storm.elapsed:.0f} s in all"
        )

        accounts.must_be_clean()
        assert all(gateway.runs for gateway in storm.gateways)
        assert all(line.under_way >= UNDER_WAY for line in storm.lines)
        assert storm.elapsed < ENDS_WITHIN


async def _rage(storm: Storm, broker: Broker, postgres: Postgres) -> None:
    """Every fault in turn, the last ones together."""
    stage, server = storm.stage, broker.server
    database = postgres

    async def kill_one() -> None:
        await storm.gateways[0].kill()
        await storm.start_gateway(0)

    async def stop_past_the_lease() -> None:
        storm.gateways[1].signal(signal.SIGSTOP)
        await asyncio.sleep(LEASE * 2)  # the fault itself, no waiting for one
        storm.gateways[1].signal(signal.SIGCONT)

    async def kill_all() -> None:
        for gateway in storm.gateways:
            await gateway.kill()
        for no in range(GATEWAYS):
            await storm.start_gateway(no)

    async def webhooks_refuse() -> None:
        async with AsyncExitStack() as refusing:
            for code in WEBHOOKS:
                agency = stage.agencies[code]
                assert isinstance(agency, WebhookAgency)
                await refusing.enter_async_context(agency.out_of_reach())
            await asyncio.sleep(8)

    async def both_servers_die() -> None:
        await asyncio.gather(asyncio.to_thread(server.kill), asyncio.to_thread(database.kill))
        await asyncio.gather(asyncio.to_thread(server.start), asyncio.to_thread(database.start))

    def restarted(stop: Callable[[], object], start: Callable[[], object]) -> Harm:
        async def harm() -> None:
            await asyncio.to_thread(stop)
            await asyncio.to_thread(start)

        return harm

    await storm.strike("a gateway: SIGKILL", kill_one)
    await storm.strike("RabbitMQ stopped and started", restarted(server.stop, server.start))
    await storm.strike("PostgreSQL stopped and started", restarted(database.stop, database.start))
    await storm.strike("a gateway: SIGSTOP past the lease", stop_past_the_lease)
    await storm.strike("RabbitMQ killed", restarted(server.kill, server.start))
    await storm.strike("PostgreSQL killed", restarted(database.kill, database.start))
    await storm.strike("every webhook refuses", webhooks_refuse)
    await storm.strike("RabbitMQ and PostgreSQL killed together", both_servers_die)
    await storm.strike("every gateway: SIGKILL", kill_all)
