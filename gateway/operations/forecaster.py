"""The forecaster: what a plan of reorganisation would move, read beside everything else.

A country's open dossiers take half a minute to read, so a page starts that and shows how far it is.
Transfers are read a few hundred at a time, and between them others have their turn. Each process
keeps its own forecasts, the last few; one is of the directory that ruled when it was begun.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import structlog

from gateway.operations.reorganise import ReformRefused, Summary, preview
from gateway.rulebook import Rulebook
from gateway.store.pool import Pool
from routing.reform import Plan

log = structlog.get_logger()

PAGE: Final = 250
"""Transfers that are decided at a time: some 30 ms, which whoever else runs here waits."""
MOST_KEPT: Final = 8


@dataclass(slots=True)
class Forecast:
    """A preview, done or under way: `read` counts transfers so far; `failed` says why it ended."""

    plan: Plan
    directory: str
    begun_at: datetime
    read: int = 0
    summary: Summary | None = None
    ended_at: datetime | None = None
    failed: str = ""
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def is_running(self) -> bool:
        return self.ended_at is None


class Forecaster:
    """Begins forecasts, and keeps the last ones."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._kept: dict[str, Forecast] = {}

    def __repr__(self) -> str:
        return f"<Forecaster keeps {len(self._kept)}>"

    def of(self, plan: Plan, rulebook: Rulebook, *, anew: bool = False) -> Forecast:
        """Return the forecast of a plan, begun now if there is none by the tables that rule."""
        found = self._kept.get(plan.digest)
        if found is not None and (
            found.is_running or (not anew and found.directory == rulebook.directory.version)
        ):
            return found
        begun = Forecast(plan, rulebook.directory.version, datetime.now(UTC))
        begun.task = asyncio.create_task(self._read(begun, rulebook), name="forecaster")
        self._kept.pop(plan.digest, None)
        self._kept[plan.digest] = begun
        self._forget()
        return begun

    async def close(self) -> None:
        """Give up what is under way."""
        for one in self._kept.values():
            if one.task is not None:
                one.task.cancel()
                with suppress(asyncio.CancelledError):
                    await one.task

    async def _read(self, forecast: Forecast, rulebook: Rulebook) -> None:
        def count(read: int) -> None:
            forecast.read += read

        try:
            forecast.summary = await preview(
                self._pool, forecast.plan, rulebook, on_read=count, page=PAGE
            )
        except ReformRefused as refused:
            forecast.failed = str(refused)
        except Exception as error:
            log.error("forecaster.failed", plan=forecast.plan.digest, error=type(error).__name__)
            forecast.failed = type(error).__name__
        finally:
            forecast.ended_at = datetime.now(UTC)

    def _forget(self) -> None:
        done = [digest for digest, one in self._kept.items() if not one.is_running]
        for digest in done[: max(0, len(self._kept) - MOST_KEPT)]:
            del self._kept[digest]


@dataclass(frozen=True, slots=True)
class Flow:
    """So many agencies below `source` go on below `target`; without a target nobody follows."""

    source: str
    target: str | None
    count: int


def flows_of(agencies: Sequence[str], plan: Plan, rulebook: Rulebook) -> list[Flow]:
    """Return from where to where agencies go, by what they stand below; the widest first."""
    directory, at = rulebook.directory, plan.effective
    counted: dict[tuple[str, str | None], int] = {}
    for code in agencies:
        row = directory.history(code)[-1]
        followers = followers_of(plan, rulebook, code)
        for follower in followers or (None,):
            after = directory.agency(follower, at) if follower else None
            target = (after.parent or after.code) if after else None
            pair = (row.parent or code, target)
            counted[pair] = counted.get(pair, 0) + 1
    flows = [Flow(source, target, count) for (source, target), count in counted.items()]
    return sorted(flows, key=lambda one: (-one.count, one.source, one.target or ""))


def followers_of(plan: Plan, rulebook: Rulebook, code: str) -> Sequence[str]:
    """Return who goes on for an agency: by the plan's rows, else by the directory's."""
    rows = list(dict.fromkeys(one.to for one in plan.rows_of(code)))
    if rows or plan.otherwise != "directory":
        return rows
    return rulebook.directory.history(code)[-1].successors


def opening(plan: Plan, rulebook: Rulebook) -> list[str]:
    """Return the agencies that begin on the plan's date."""
    began = {one.code for one in rulebook.directory if one.valid_from == plan.effective}
    return sorted(code for code in began if len(rulebook.directory.history(code)) == 1)


def closing_days(rulebook: Rulebook) -> list[tuple[datetime, int]]:
    """Return each instant at which agencies of the directory close, and how many; newest first."""
    counted: dict[datetime, int] = {}
    for one in rulebook.directory:
        if one.valid_to is not None:
            counted[one.valid_to] = counted.get(one.valid_to, 0) + 1
    return sorted(counted.items(), reverse=True)
