"""What goes on while a reform is applied: late answers, new dossiers, and who took over at work."""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Final

from bench.eve import Office, Speaker, Turn, submit
from gateway.store.pool import Pool

_PAUSE: Final = 0.02
"""Seconds between two messages of one speaker: traffic, not a flood."""

_TAKEN_OVER: Final = """
SELECT h.transfer_id, t.code, h.step, h.round, h.agency
FROM hops h
JOIN transfers t ON t.id = h.transfer_id
WHERE h.state = 'dispatching' AND h.round > 1 AND NOT h.agency = ANY (%s::text[])
LIMIT 40
"""


@dataclass(slots=True)
class Midnight:
    """The traffic of the night. `late` are turns that a closed agency may still speak of."""

    speaker: Speaker
    pool: Pool
    closed: list[str]
    late: list[Turn]
    offices: list[Office]
    least: int
    """So many late answers are given in any case, if need be when all is moved."""
    spoken: int = 0
    taken: int = 0
    submitted: int = 0
    received: int = 0
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self) -> None:
        self._over.set()

    async def run(self) -> None:
        """Let everybody speak until the night ends."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._closed_agencies())
            group.create_task(self._successors())
            group.create_task(self._new_dossiers())

    async def _closed_agencies(self) -> None:
        drawn = random.Random(2025)
        drawn.shuffle(self.late)
        while self.late and (not self._over.is_set() or self.spoken < self.least):
            turn = self.late.pop()
            kind = drawn.choice(("hop.completed", "hop.completed", "hop.received", "hop.paused"))
            data: dict[str, str] = {}
            if kind == "hop.completed":
                data = {"outcome": "approved"}
            elif kind == "hop.paused":
                data = {"reason": "supplement", "legal_basis": "NĐ 61/2018/NĐ-CP Điều 19"}
            self.spoken += 1
            self.taken += await self.speaker.of_turn(turn, kind, **data)
            await asyncio.sleep(_PAUSE)

    async def _successors(self) -> None:
        while not self._over.is_set():
            async with self.pool.connection() as connection:
                found = await connection.execute(_TAKEN_OVER, (self.closed,))
                rows = await found.fetchall()
            for row in rows:
                self.received += await self.speaker.of_turn(Turn(*row), "hop.received")
            await asyncio.sleep(_PAUSE if rows else 0.2)

    async def _new_dossiers(self) -> None:
        while self.offices and not self._over.is_set():
            office = self.offices[self.submitted % len(self.offices)]
            receipt = await submit(self.speaker, office, self.submitted, "250701")
            assert receipt["verdict"] == "accepted", receipt
            self.submitted += 1
            await asyncio.sleep(_PAUSE)
