"""The story of a transfer's clocks: what each ledger entry did to a deadline, and by which article.

Told from the ledger alone, replayed; the charges beside it come from the state that is stored.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from gateway.operations.time_view import time_view
from gateway.operations.transfer_view import find_transfer
from gateway.store.pool import Pool
from gateway.store.sql import statement
from routing.legaltime import Calendars
from routing.lifecycle.model import NO_CLOCK, HopClock
from routing.lifecycle.replay import Line, Replayed, compare, line_of

View = dict[str, Any]


async def tell_clocks(
    pool: Pool, calendars: Calendars, transfer: UUID, now: datetime
) -> View | None:
    """Tell what happened to every clock of a transfer; None if there is no such."""
    found = await find_transfer(pool, transfer)
    if found is None:
        return None
    async with pool.connection() as connection:
        rows = await connection.execute(statement("page_ledgers"), ([transfer],), prepare=True)
        lines = [line_of(orjson.loads(row[2])) for row in await rows.fetchall()]
    replayed = Replayed(calendars)
    events = list(_told(replayed, lines))
    return {
        "transfer": transfer,
        "dossier": {"issuer": found.transfer.issuer, "code": found.transfer.code},
        "state": found.transfer.state,
        "events": events,
        "differences": [str(one) for one in compare(found.transfer, replayed)],
        "time": time_view(found.transfer, now, calendars, found.ours),
    }


def _told(replayed: Replayed, lines: Iterable[Line]) -> Iterable[View]:
    for line in lines:
        before = replayed.clocks.get(line.key, NO_CLOCK)
        replayed.read(line)
        after = replayed.clocks.get(line.key, NO_CLOCK)
        if _same(before, after):
            continue
        yield {
            "entry": line.seq,
            "at": line.legal_at,
            "act": line.act,
            "step": line.step,
            "round": line.round,
            "reason": line.reason,
            "legal_basis": line.legal_basis,
            "clock": _state(after),
            "deadline_before": before.deadline_at,
            "deadline_at": after.deadline_at,
        }


def _same(before: HopClock, after: HopClock) -> bool:
    return replace(before, warn_at=()) == replace(after, warn_at=())


def _state(clock: HopClock) -> str:
    if clock.calendar_missing:
        return "calendar-missing"
    if clock.paused_at is not None or clock.held:
        return "stands"
    return "runs" if clock.started_at is not None else "waits"
