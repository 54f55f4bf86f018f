"""The witness notes in memory and writes a row per agency, without going back in time."""

import json
from contextlib import asynccontextmanager
from typing import Any

from gateway.duties.witness import Witness


class Kept:
    """A pool whose connections keep what was asked of them."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    @asynccontextmanager
    async def connection(self) -> Any:
        yield self

    async def execute(self, _query: bytes, asked: Any, **_how: Any) -> None:
        self.asked.append(json.loads(asked[0]))


async def test_what_was_seen_is_written_once_and_by_its_age() -> None:
    pool, clock = Kept(), [100.0]
    witness = Witness(pool, now=lambda: clock[0])  # type: ignore[arg-type]

    await witness.write()
    witness.heard("H31.101")
    clock[0] = 102.0
    witness.heard("H31.101")
    witness.took("H31.101", 40)
    witness.took("H31.101", 140)
    witness.failed("H31.102", "timeout")
    clock[0] = 105.0
    await witness.write()
    await witness.write()

    [rows] = pool.asked
    told = {row["agency"]: row for row in rows}
    assert told["H31.101"] == {
        "agency": "H31.101",
        "heard_ago": 3.0,
        "taken_ago": 3.0,
        "failed_ago": None,
        "failure": None,
        "latency_ms": 50.0,
    }
    assert (told["H31.102"]["failed_ago"], told["H31.102"]["failure"]) == (3.0, "timeout")
