"""One run of either side: the same number of messages, read from queues that were filled before.

The gateway's run has four phases, because a hop's messages need what its handover says. Before
each phase the gateway is held still, the intake queue is filled, and the clock starts when it goes
on; in between, the agencies empty their queues. So the gateway, like the forwarder, always
finds a full queue, and the agencies' own work costs it nothing.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count, islice
from typing import Final, Protocol

from bench.dossiers import Hop, Message, completed, dossier_code, received, submitted
from bench.gateway_process import GatewayProcess, gateway_on
from bench.measure import Connection, Window, finished, mark, rows_written, wal_position
from bench.plan import HOPS, MESSAGES_PER_DOSSIER, Plan
from bench.processes import ask, cpu_seconds, stopped
from bench.roads import collect, load_forwarded, load_intake
from bench.stage import Stage, forwarder_order, purge

_PHASE_WITHIN: Final = 60.0
_FORWARD_WITHIN: Final = 180.0


class Company(Protocol):
    """Who uses the gateway beside the agencies, while it is measured."""

    def waits(self) -> AbstractContextManager[None]:
        """Have them wait during the block: the gateway is held still."""
        ...


class Nobody:
    """Nobody else is there."""

    def waits(self) -> AbstractContextManager[None]:
        return nullcontext()


def nobody(_process: GatewayProcess) -> AbstractContextManager[Company]:
    return nullcontext(Nobody())


@dataclass(slots=True)
class GatewayRun:
    """What one run of the gateway came to."""

    phases: dict[str, Window] = field(default_factory=dict)
    warm: int = 0
    rows: int = 0
    wal: int = 0
    published_bytes: int = 0
    received_twice: int = 0
    cpu: dict[str, float] = field(default_factory=dict)
    memory_mb: dict[str, float] = field(default_factory=dict)

    @property
    def messages(self) -> int:
        return sum(window.messages for window in self.phases.values())

    @property
    def publishes(self) -> int:
        return sum(window.publishes for window in self.phases.values())

    @property
    def seconds(self) -> float:
        return sum(window.seconds for window in self.phases.values())

    @property
    def per_second(self) -> float:
        return self.messages / self.seconds

    @property
    def publishes_per_message(self) -> float:
        return self.publishes / self.messages

    @property
    def rows_per_message(self) -> float:
        """Rows inserted, updated or deleted per message, warm-up included."""
        return self.rows / (self.messages + self.warm)

    @property
    def wal_per_message(self) -> float:
        return self.wal / (self.messages + self.warm)


@dataclass(frozen=True, slots=True)
class ForwarderRun:
    """What one run of the forwarder came to."""

    messages: int
    published: int
    seconds: float
    cpu: float

    @property
    def per_second(self) -> float:
        return self.messages / self.seconds


class Runs:
    """Runs either side on one stage, as often as asked; dossier codes never repeat."""

    def __init__(self, stage: Stage, plan: Plan, connection: Connection, *, first: int = 1) -> None:
        self._stage = stage
        self._plan = plan
        self._connection = connection
        self._numbers = count(first)

    async def probe(self) -> GatewayRun:
        """Take a few dossiers through a gateway, to learn what it publishes per message."""
        await purge(self._stage)
        with gateway_on(self._stage) as process:
            return await self._dossiers(process, GatewayRun(), self._plan.warm_up)

    async def gateway(
        self, beside: Callable[[GatewayProcess], AbstractContextManager[Company]] = nobody
    ) -> GatewayRun:
        """Run a fresh gateway process: warm up, then measure, in whose company one likes."""
        await purge(self._stage)
        rows, wal = rows_written(self._connection), wal_position(self._connection)
        with gateway_on(self._stage) as process:
            warm = await self._dossiers(process, GatewayRun(), self._plan.warm_up)
            run = GatewayRun(warm=warm.messages)
            with beside(process) as company:
                before = self._cpu(process)
                run = await self._dossiers(process, run, self._plan.dossiers, company)
            run.cpu = {name: used - before[name] for name, used in self._cpu(process).items()}
            run.memory_mb = process.memory_mb
        run.rows = rows_written(self._connection) - rows
        run.wal = wal_position(self._connection) - wal
        return run

    async def forwarder(self, make: str, publishes: float) -> ForwarderRun:
        """Run a fresh forwarder process of a make over as many messages as the gateway had."""
        await purge(self._stage)
        warm_up = self._plan.warm_up * MESSAGES_PER_DOSSIER
        total = self._plan.messages + warm_up
        bodies = [message.body for message in islice(self.submissions(), total)]
        await load_forwarded(self._stage, bodies)
        order = {
            **forwarder_order(self._stage),
            "make": make,
            "publishes": publishes,
            "prefetch": self._plan.prefetch,
            "batch": self._plan.batch,
            "warm_up": warm_up,
            "total": total,
        }
        result = await asyncio.to_thread(ask, "bench.forwarder", order, within=_FORWARD_WITHIN)
        return ForwarderRun(**result)

    async def _dossiers(
        self,
        process: GatewayProcess,
        run: GatewayRun,
        dossiers: int,
        company: Company = Nobody(),  # noqa: B008
    ) -> GatewayRun:
        """Take dossiers all the way through their hops."""
        submissions = list(islice(self.submissions(), dossiers))
        hops = await self._phase(process, run, "submitted", submissions, company)
        size = self._plan.message_size
        for no in range(1, HOPS + 1):
            assert len(hops) == dossiers, f"{len(hops)} handovers for {dossiers} dossiers"
            messages = [received(hop, size) for hop in hops]
            messages += [completed(hop, size) for hop in hops]
            hops = await self._phase(process, run, f"hop {no}", messages, company)
        assert not hops
        return run

    async def _phase(
        self,
        process: GatewayProcess,
        run: GatewayRun,
        name: str,
        messages: Sequence[Message],
        company: Company,
    ) -> list[Hop]:
        with company.waits(), stopped(process.pid):
            await load_intake(self._stage, messages)
            since = mark()
        window = await finished(self._connection, since, len(messages), within=_PHASE_WITHIN)
        run.phases[name] = window
        collected = await collect(self._stage, window.delivered)
        run.received_twice += collected.count - len(collected.ids)
        run.published_bytes += collected.size
        return collected.hops

    def submissions(self) -> Iterator[Message]:
        """Write submissions for ever, each of another dossier, the communes in turn."""
        today = datetime.now(UTC)
        communes = self._stage.communes
        for number in self._numbers:
            commune = communes[number % len(communes)]
            code = dossier_code(commune, today, number)
            yield submitted(commune, code, self._plan.message_size)

    def _cpu(self, process: GatewayProcess) -> dict[str, float]:
        servers = self._stage.servers
        return {
            "gateway": process.cpu,
            "postgres": cpu_seconds(servers.postgres.process.pid),
            "rabbitmq": cpu_seconds(servers.rabbitmq.process.pid),
        }
