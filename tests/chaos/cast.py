"""Who performs in the storm: communes and central agencies over all three connectors."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final

from connectors.simulators import Behaviour, Fault, HttpFault, Span
from tests.stage.clock import PassingClock
from tests.stage.dossiers import birth, code, copies, death
from tests.stage.stage import PROMPT, Stage

COMMUNES: Final = {"H31.143": "12472", "H31.173": "12862", "H31.201": "13225"}
"""Code → unit."""
PROBES: Final = {"H31.140": "amqp", "H31.145": "mailbox"}
"""Communes that act at once: a probe's way shows whether everything flows."""
CONNECTORS: Final[Mapping[str, str]] = {
    "H31.143": "amqp",
    "H31.173": "webhook",
    "H31.201": "mailbox",
    "G01.899.001": "webhook",
    "G01.833.143": "amqp",
    "G01.833.173": "mailbox",
    "G01.833.201": "webhook",
    "G24.33.12": "mailbox",
    "G24.33.15": "amqp",
    "G24.33.11": "webhook",
    **PROBES,
}
WEBHOOKS: Final = tuple(agency for agency, way in CONNECTORS.items() if way == "webhook")


def _unhurried(seed: str, fault: HttpFault | None = None) -> Behaviour:
    """An agency that takes its time, repeats itself now and then, and whose system may fail."""
    return Behaviour(
        seed=seed,
        received_after=Span(timedelta(0), timedelta(seconds=10)),
        decided_after=Span(timedelta(seconds=10), timedelta(seconds=60)),
        duplicate=0.05,
        out_of_order=0.02,
        nack=0.05,
        faulty=0.1 if fault else 0.0,
        fault=fault,
    )


BEHAVIOURS: Final[Mapping[str, Behaviour]] = {
    **{agency: _unhurried(agency) for agency in CONNECTORS},
    "G01.899.001": _unhurried("hangs", HttpFault(Fault.HANG)),
    "G01.833.201": _unhurried("cuts", HttpFault(Fault.CUT, times=2)),
    "G24.33.11": _unhurried("refuses", HttpFault(Fault.STATUS, times=3, status=503)),
    "H31.173": _unhurried("drips", HttpFault(Fault.DRIP)),
    **dict.fromkeys(PROBES, PROMPT),
}


@dataclass(slots=True)
class Hurry:
    """Legal time for agencies: as it passes, until they are told to hurry; then at once."""

    clock: PassingClock
    told: asyncio.Event

    def now(self) -> datetime:
        return self.clock.now()

    def mark(self, instant: datetime) -> datetime:
        return self.now() if self.told.is_set() else instant

    async def until(self, instant: datetime) -> None:
        left = (instant - self.now()).total_seconds() / self.clock.speed
        if left <= 0:
            return
        try:
            async with asyncio.timeout(left):
                await self.told.wait()
        except TimeoutError:
            return


class Crowd:
    """Keeps so many dossiers under way."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._numbers = count(1)
        self._turns = self._take_turns()

    def submit(self, dossiers: int) -> None:
        for _ in range(dossiers):
            commune, data = next(self._turns)
            self._stage.submit([next(self._numbers)], data, commune=commune)

    def probe(self) -> dict[str, str]:
        """Submit one dossier over each road whose agency acts at once; return their codes."""
        probes: dict[str, str] = {}
        for commune, way in PROBES.items():
            number = next(self._numbers)
            self._stage.submit([number], copies, commune=commune)
            probes[f"a new dossier ({way})"] = code(number, commune)
        return probes

    @staticmethod
    def _take_turns() -> Iterator[tuple[str, Callable[[], dict[str, Any]]]]:
        while True:
            for commune, unit in COMMUNES.items():
                yield commune, lambda unit=unit: birth(places={"applicant": unit})  # type: ignore[misc]
            for commune, unit in COMMUNES.items():
                yield commune, lambda unit=unit: death(places={"deceased": unit})  # type: ignore[misc]
