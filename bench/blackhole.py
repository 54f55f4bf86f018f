"""`make bench-blackhole`: does one bad partner slow the others down?

Fifty webhook agencies on loopback, one real gateway process, a steady rate of submissions over
HTTP spread over all of them. Rounds take turns: in one all agencies behave, in the other one of
them does not (a black hole; then a slow loris, one that refuses, a TLS handshake that hangs). What
is measured is the time from a submission's first byte until its hand-over is read by the agency's
server, of the 49 others alone; the ratio is of the medians of the rounds' 99th percentiles. The
last line on stdout is JSON; exit code 1 if the black hole costs the others 10 % or more.
"""

import argparse
import asyncio
import gc
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Final

import orjson
import uvloop
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bench.dossiers import Commune, dossier_code, submitted
from bench.gateway_process import GatewayProcess, gateway_on
from bench.http_intake import Wires, open_wires
from bench.partners import Manner, Partner, partners
from bench.stage import Stage, set_stage

AGENCIES: Final = 50
MOST_RATIO: Final = 1.10
_SIZE: Final = 2048
_CONNECTIONS: Final = 16
_ARRIVES_WITHIN: Final = 20.0
_BAD: Final = (Manner.BLACK_HOLE, Manner.SLOW_LORIS, Manner.REFUSING, Manner.SILENT_TLS)
_TIMES: Final = ("well_p50_ms", "bad_p50_ms", "well_p99_ms", "bad_p99_ms")
_SECRET: Final = "whsec_c3ludGhldGljLXNlY3JldC1mb3ItYmVuY2htYXJrcw=="


@dataclass(frozen=True, slots=True)
class Round:
    """Times of the agencies that behave, in seconds, sorted; the gateway's processor time."""

    manner: Manner
    took: Sequence[float]
    cpu_ms_per_submission: float

    def at(self, share: float) -> float:
        return self.took[min(len(self.took) - 1, int(len(self.took) * share))]


class Ground:
    """What every round stands on: the stage, its partners, open connections to the gateway."""

    def __init__(
        self,
        stage: Stage,
        gateway: GatewayProcess,
        farm: Sequence[Partner],
        wires: Wires,
        rate: float,
    ) -> None:
        self._stage = stage
        self._gateway = gateway
        self._farm = farm
        self._wires = wires
        self._rate = rate
        self._numbers: Iterator[int] = iter(range(1, 10_000_000))

    async def round(self, manner: Manner, seconds: float) -> Round:
        """Run one round, in which the first agency behaves so; leave everything at rest."""
        bad, *others = self._farm
        self._address(bad, manner)
        bad.behave(manner)
        # Every process reads how agencies are reached at least once a second.
        await asyncio.sleep(1.5)
        began = self._gateway.cpu
        with _uncollected():
            sent = await self._submit(seconds)
            took = await self._arrived(sent, others)
        cost = 1000 * (self._gateway.cpu - began) / len(sent)
        self._address(bad, Manner.WELL)
        bad.behave(Manner.WELL)
        await self._at_rest(bad)
        for one in self._farm:
            one.arrived.clear()
        return Round(manner, sorted(took), cost)

    async def _submit(self, seconds: float) -> dict[str, tuple[str, float]]:
        """Submit at the steady rate; return agency and beginning of each, by dossier."""
        sent: dict[str, tuple[str, float]] = {}
        began = time.perf_counter()
        async with asyncio.TaskGroup() as sending:
            for turn in range(int(seconds * self._rate)):
                await asyncio.sleep(max(0.0, began + turn / self._rate - time.perf_counter()))
                commune = self._stage.communes[turn % len(self._stage.communes)]
                number = next(self._numbers)
                sending.create_task(self._one(commune, number, sent))
        return sent

    async def _one(self, commune: Commune, number: int, sent: dict[str, tuple[str, float]]) -> None:
        code = dossier_code(commune, datetime.now(UTC), number)
        message = submitted(commune, code, _SIZE)
        sent[code] = (commune.code, time.perf_counter())
        await self._wires.submit(message)

    async def _arrived(
        self, sent: dict[str, tuple[str, float]], others: Sequence[Partner]
    ) -> list[float]:
        until = time.perf_counter() + _ARRIVES_WITHIN
        by_code = {one.code: one for one in others}
        wanted = {code: how for code, how in sent.items() if how[0] in by_code}
        while True:
            took = [
                by_code[agency].arrived[code] - began
                for code, (agency, began) in wanted.items()
                if code in by_code[agency].arrived
            ]
            if len(took) == len(wanted):
                return took
            if time.perf_counter() > until:
                raise RuntimeError(f"{len(wanted) - len(took)} hand-overs did not arrive")
            await asyncio.sleep(0.05)

    def _address(self, partner: Partner, manner: Manner) -> None:
        with self._stage.connect() as connection:
            connection.execute(
                "UPDATE endpoints SET address = %s WHERE agency = %s",
                (partner.address(manner), partner.code),
            )

    async def _at_rest(self, bad: Partner) -> None:
        """Let the agency that behaves again have all it is owed, before the next round."""
        until = time.perf_counter() + 60
        with self._stage.connect() as connection:
            connection.execute(
                "UPDATE endpoints SET breaker = 'closed' WHERE agency = %s", (bad.code,)
            )
            while time.perf_counter() < until:
                connection.execute(
                    "UPDATE deliveries SET next_attempt_at = clock_timestamp()"
                    " WHERE agency = %s AND state = 'pending' AND attempts > 0"
                    " AND next_attempt_at > clock_timestamp()"
                    " AND lease_no = attempts + unused_leases",
                    (bad.code,),
                )
                found = connection.execute(
                    "SELECT count(*) FROM deliveries WHERE state = 'pending'"
                ).fetchone()
                if found is not None and found[0] == 0:
                    return
                await asyncio.sleep(0.2)
        raise RuntimeError("what was owed to the agency was not delivered within a minute")


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep Python's collector out of what is measured: the partners live in this process."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@asynccontextmanager
async def _ground(rate: float) -> AsyncIterator[Ground]:
    async with set_stage(AGENCIES) as stage, partners([one.code for one in stage.communes]) as farm:
        with stage.connect() as connection, connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE endpoints SET connector = 'webhook', address = %s, secret = %s,"
                " concurrency = 4 WHERE agency = %s",
                [(one.address(Manner.WELL), _SECRET, one.code) for one in farm],
            )
        with gateway_on(stage) as gateway:
            async with open_wires(
                gateway.http, stage.database_url, stage.communes, connections=_CONNECTIONS
            ) as wires:
                yield Ground(stage, gateway, farm, wires, rate)


async def _measure(
    manners: Sequence[Manner], rounds: int, seconds: float, rate: float
) -> dict[Manner, list[tuple[Round, Round]]]:
    results: dict[Manner, list[tuple[Round, Round]]] = {}
    async with _ground(rate) as ground:
        with Progress(console=Console(stderr=True)) as progress:
            task = progress.add_task("rounds", total=1 + 2 * rounds * len(manners))
            await ground.round(Manner.WELL, min(seconds, 3.0))
            progress.advance(task)
            for manner in manners:
                for no in range(rounds):
                    pair: dict[Manner, Round] = {}
                    order = (Manner.WELL, manner) if no % 2 == 0 else (manner, Manner.WELL)
                    for each in order:
                        pair[each] = await ground.round(each, seconds)
                        progress.advance(task)
                    results.setdefault(manner, []).append((pair[Manner.WELL], pair[manner]))
    return results


def _figures(pairs: Sequence[tuple[Round, Round]]) -> dict[str, float]:
    well = median(one.at(0.99) for one, _ in pairs)
    bad = median(one.at(0.99) for _, one in pairs)
    return {
        "well_p50_ms": 1000 * median(one.at(0.5) for one, _ in pairs),
        "bad_p50_ms": 1000 * median(one.at(0.5) for _, one in pairs),
        "well_p99_ms": 1000 * well,
        "bad_p99_ms": 1000 * bad,
        "well_cpu_ms": median(one.cpu_ms_per_submission for one, _ in pairs),
        "bad_cpu_ms": median(one.cpu_ms_per_submission for _, one in pairs),
        "ratio": bad / well,
        "pooled_ratio": _pooled([one for _, one in pairs]) / _pooled([one for one, _ in pairs]),
        "samples": sum(len(one.took) for _, one in pairs),
    }


def _pooled(rounds: Sequence[Round]) -> float:
    """The 99th percentile of all rounds' times taken together."""
    took = sorted(one for each in rounds for one in each.took)
    return took[int(len(took) * 0.99)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="pairs of rounds per manner")
    parser.add_argument("--seconds", type=float, default=15.0, help="of submissions per round")
    parser.add_argument("--rate", type=float, default=100.0, help="submissions per second")
    parser.add_argument("--only", choices=[one.value for one in _BAD], action="append")
    asked = parser.parse_args()
    manners = [Manner(one) for one in asked.only or _BAD]

    results = uvloop.run(_measure(manners, asked.rounds, asked.seconds, asked.rate))

    figures = {manner: _figures(pairs) for manner, pairs in results.items()}
    table = Table(title=f"1 of {AGENCIES} agencies misbehaves: the {AGENCIES - 1} others")
    for name in ("manner", "p50 well", "p50 bad", "p99 well", "p99 bad", "ratio", "samples"):
        table.add_column(name, justify="left" if name == "manner" else "right")
    for manner, one in figures.items():
        times = [f"{one[name]:.1f}" for name in _TIMES]
        table.add_row(manner, *times, f"{one['ratio']:.2f}", str(int(one["samples"])))
    Console(stderr=True).print(table)
    first = figures[manners[0]]
    line = {
        "agencies": AGENCIES,
        "manner": manners[0].value,
        "ratio": round(first["ratio"], 3),
        "rounds": asked.rounds,
        "manners": {
            manner.value: {name: round(figure, 3) for name, figure in one.items()}
            for manner, one in figures.items()
        },
    }
    print(orjson.dumps(line).decode())
    return int(first["ratio"] >= MOST_RATIO)


if __name__ == "__main__":
    sys.exit(main())
