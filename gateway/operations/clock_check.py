"""Check the clocks: every one derived again from its ledger, every chain of hashes followed.

Reads only, in pages by key, each page in one snapshot: a gateway may go on committing, and memory
does not grow with the number of transfers. What differs is named, never mended.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import orjson

from gateway.ledger import verify
from gateway.store.pool import Pool
from gateway.store.sql import statement
from routing.legaltime import Calendars
from routing.lifecycle.codec import hop_from_document, transfer_from_parts
from routing.lifecycle.model import Transfer
from routing.lifecycle.replay import Difference, Line, Replayed, compare, line_of

View = dict[str, Any]

PAGE = 200
_START = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as the ledger gives it."""

    transfer: UUID
    what: str
    """`clock`, `chain`, `column`, or `ledger` where it cannot be replayed at all."""
    detail: str
    step: str | None = None
    round: int | None = None
    field: str | None = None
    entry: int | None = None

    def view(self) -> View:
        return {
            "transfer": self.transfer,
            "what": self.what,
            "step": self.step,
            "round": self.round,
            "field": self.field,
            "entry": self.entry,
            "detail": self.detail,
        }


@dataclass(frozen=True, slots=True)
class Page:
    """What came of one page."""

    transfers: int
    clocks: int
    entries: int
    findings: tuple[Finding, ...]


async def check_clocks(
    pool: Pool,
    calendars: Calendars,
    *,
    transfer: UUID | None = None,
    only_open: bool = False,
    page: int = PAGE,
) -> AsyncIterator[Page]:
    """Check one transfer, the open ones, or all; yield what came of each page."""
    after = _START
    while True:
        rows, ledgers = await _read(pool, after, transfer, only_open, page)
        if not rows:
            return
        checked = [_check(row, ledgers.get(row[0], []), calendars) for row in rows]
        yield Page(
            transfers=len(rows),
            clocks=sum(clocks for clocks, _ in checked),
            entries=sum(len(found) for found in ledgers.values()),
            findings=tuple(one for _, found in checked for one in found),
        )
        after = rows[-1][0]


async def count_transfers(pool: Pool) -> int:
    """Estimate how many there are, for a bar of progress."""
    async with pool.connection() as connection:
        found = await connection.execute(statement("estimate_transfers"))
        row = await found.fetchone()
    return row[0] if row else 0


async def _read(
    pool: Pool, after: UUID, transfer: UUID | None, only_open: bool, page: int
) -> tuple[Sequence[Any], dict[UUID, list[Any]]]:
    async with pool.connection() as connection, connection.transaction():
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        found = await connection.execute(
            statement("page_transfers"),
            {"after": after, "open": only_open, "transfer": transfer, "limit": page},
        )
        rows = await found.fetchall()
        entries = await connection.execute(
            statement("page_ledgers"), ([row[0] for row in rows],), prepare=True
        )
        ledgers = groupby(await entries.fetchall(), key=lambda one: one[0])
        return rows, {key: list(of_one) for key, of_one in ledgers}


def _check(
    row: Sequence[Any], ledger: Sequence[Any], calendars: Calendars
) -> tuple[int, list[Finding]]:
    id_, document, itinerary, hops, seq, head = row[:6]
    transfer = transfer_from_parts(
        document, itinerary, [hop_from_document(hop["document"]) for hop in hops]
    )
    chain = [
        (no, body, bytes(before), bytes(digest), act, recorded_at)
        for _, no, body, before, digest, act, recorded_at in ledger
    ]
    found = [
        Finding(id_, "chain", broken.why, entry=broken.seq)
        for broken in verify(id_, chain, head=(seq, bytes(head)))
    ]
    lines = [line_of(orjson.loads(body)) for _, body, *_ in chain]
    found.extend(_clocks(transfer, lines, calendars))
    found.extend(_columns(transfer, row, hops))
    return 1 + sum(hop.offered_at is not None for hop in transfer.hops.values()), found


def _clocks(transfer: Transfer, lines: Iterable[Line], calendars: Calendars) -> Iterable[Finding]:
    replayed = Replayed(calendars)
    for line in lines:
        try:
            replayed.read(line)
        except (AssertionError, AttributeError, KeyError, TypeError, ValueError) as error:
            # What is missing or changed before makes this entry impossible: it is named, no more.
            yield Finding(
                transfer.id,
                "ledger",
                f"{line.act} cannot follow from what is before it ({type(error).__name__})",
                line.step,
                line.round,
                entry=line.seq,
            )
            return
    for one in compare(transfer, replayed):
        yield _finding(transfer.id, one)


def _finding(transfer: UUID, one: Difference) -> Finding:
    step, round_ = one.key or (None, None)
    return Finding(transfer, "clock", str(one), step, round_, one.field, one.seq)


def _columns(transfer: Transfer, row: Sequence[Any], hops: Sequence[Any]) -> Iterable[Finding]:
    """The columns that questions are asked by: a deadline that lists show, a timer that fires."""
    if row[6] != transfer.clock.deadline_at:
        yield Finding(transfer.id, "column", "deadline_at of the transfer", field="deadline_at")
    if (row[7] is None) != (transfer.next_instant() is None):
        yield Finding(transfer.id, "column", "next_timer_at of the transfer", field="next_timer_at")
    for stored, hop in zip(hops, transfer.hops.values(), strict=True):
        shown = stored["deadline_at"]
        deadline_at = datetime.fromisoformat(shown) if shown is not None else None
        if (deadline_at, stored["state"]) != (hop.clock.deadline_at, hop.state):
            yield Finding(transfer.id, "column", "deadline_at or state of the hop", *hop.key)
