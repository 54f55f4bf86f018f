"""The proofreader: what lint says of the procedures, found once per version of the tables.

Walking every procedure through two weeks takes half a minute of a processor. A program of its own
does that, with the lowest priority, so that nothing here waits for it; it begins when somebody
first asks, and again when other tables rule. Until it is done the last findings stay, which say of
which tables they are and when they were found. Each process keeps its own.
"""

import asyncio
import pickle
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Self

import orjson
import structlog

from gateway.rulebook import Rulebook
from routing.directory.findings import Severity
from routing.lint import Finding

log = structlog.get_logger()

_PROGRAM: Final = (sys.executable, "-m", "gateway.operations.proofreading")


@dataclass(frozen=True, slots=True)
class TablesRead:
    """The versions of the tables that were checked."""

    catalogue: str
    directory: str
    units: str
    calendar: str

    @classmethod
    def of(cls, rulebook: Rulebook) -> Self:
        return cls(
            rulebook.catalogue.version,
            rulebook.directory.version,
            rulebook.units.version,
            rulebook.calendar.pin,
        )


@dataclass(frozen=True, slots=True)
class Proof:
    """One set of findings, the worst first; `at` is machine time."""

    tables: TablesRead
    at: datetime
    findings: Sequence[Finding]


class Proofreader:
    """Keeps the last proof; `latest` begins another if the tables have changed."""

    def __init__(self, program: Sequence[str] = _PROGRAM) -> None:
        self._program = program
        self._last: Proof | None = None
        self._tried: TablesRead | None = None
        self._running: asyncio.Task[None] | None = None

    def __repr__(self) -> str:
        return f"<Proofreader {'runs' if self.is_running else 'rests'}>"

    @property
    def is_running(self) -> bool:
        return self._running is not None and not self._running.done()

    def latest(self, rulebook: Rulebook) -> Proof | None:
        """Return the last findings, at once; None while there are none yet."""
        tables = TablesRead.of(rulebook)
        if tables != self._tried and not self.is_running:
            self._tried = tables
            self._running = asyncio.create_task(self._read(rulebook, tables), name="proofreader")
        return self._last

    async def close(self) -> None:
        """Give up what is running."""
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running

    async def _read(self, rulebook: Rulebook, tables: TablesRead) -> None:
        child = await asyncio.create_subprocess_exec(
            *self._program, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        try:
            told, _ = await child.communicate(await asyncio.to_thread(_packed, rulebook))
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        if child.returncode:
            log.error("proofreader.failed", code=child.returncode)
            return
        findings = [_finding(one) for one in orjson.loads(told)]
        self._last = Proof(tables, datetime.now(UTC), findings)
        log.info("proofreader.done", findings=len(findings), directory=tables.directory)


def _packed(rulebook: Rulebook) -> bytes:
    """Pack what the program cannot load by itself; what days are called is not needed."""
    directory = rulebook.directory
    return pickle.dumps((directory.version, tuple(directory), replace(rulebook.calendar, notes={})))


def _finding(document: dict[str, object]) -> Finding:
    found = Finding(**document)  # type: ignore[arg-type]
    return replace(found, severity=Severity(found.severity))
