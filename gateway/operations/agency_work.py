"""What an agency owes and is owed: its open turns, what waits for it, its dossiers elsewhere.

Counted and listed up to a limit each; nothing of it is about a citizen.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from gateway.store.pool import Pool
from gateway.store.sql import statement

MOST_COUNTED: Final = 5_000
MOST_TURNS: Final = 1_000
LISTED: Final = 8


@dataclass(frozen=True, slots=True)
class Turn:
    """An agency's turn at a step, and by when."""

    transfer: UUID
    issuer: str
    code: str
    procedure: str
    version: str
    step: str
    state: str
    deadline_at: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Messages of one kind that wait to be delivered."""

    kind: str
    count: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Turns of an agency's own dossiers at another agency."""

    agency: str
    count: int
    overdue: int
    first_at: datetime | None


@dataclass(frozen=True, slots=True)
class AgencyWork:
    """Both sides of what an agency has to do with. Lists are the first few of what was counted."""

    turns: int
    by_state: Mapping[str, int]
    overdue: int
    soonest: Sequence[Turn]
    waiting: int
    by_kind: Sequence[Waiting]
    own: int
    elsewhere: Sequence[Elsewhere]
    elsewhere_at: int
    """At how many agencies its own dossiers are."""

    @property
    def open(self) -> int:
        return self.turns - self.by_state.get("refused", 0)


async def show_work(pool: Pool, agency: str, *, now: datetime) -> AgencyWork:
    """Look at one agency; `now` is legal time."""
    asked = {"agency": agency, "now": now, "most": MOST_COUNTED + 1, "listed": LISTED}
    async with pool.connection() as connection:
        found = await connection.execute(statement("show_work_of_agency"), asked)
        row = await found.fetchone()
    assert row is not None
    return _read(row)


async def count_turns(pool: Pool, agencies: Collection[str]) -> dict[str, int]:
    """Count the open turns at some agencies, up to `MOST_TURNS` and one each."""
    if not agencies:
        return {}
    asked = {"agencies": sorted(agencies), "most": MOST_TURNS + 1}
    async with pool.connection() as connection:
        found = await connection.execute(statement("count_turns_of_agencies"), asked)
        return {row[0]: row[1] for row in await found.fetchall()}


def _read(row: Sequence[Any]) -> AgencyWork:
    turns, by_state, overdue, soonest, waiting, by_kind, own, elsewhere, elsewhere_at = row
    return AgencyWork(
        turns,
        by_state,
        overdue,
        [_turn(one) for one in soonest],
        waiting,
        [Waiting(one[0], one[1], datetime.fromisoformat(one[2])) for one in by_kind],
        own,
        [_elsewhere(one) for one in elsewhere],
        elsewhere_at,
    )


def _turn(row: Sequence[Any]) -> Turn:
    transfer, issuer, code, procedure, version, step, state, deadline_at = row
    return Turn(
        UUID(transfer), issuer, code, procedure, version, step, state, _instant(deadline_at)
    )


def _elsewhere(row: Sequence[Any]) -> Elsewhere:
    agency, count, overdue, first_at = row
    return Elsewhere(agency, count, overdue, _instant(first_at))


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
