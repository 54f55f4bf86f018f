"""Boards (Bảng điện tử): how an office's dossiers stand, for whoever waits in its hall.

A board has an address of its own with a random token in it, of which only a digest is kept. Who has
the address sees the board and nothing else; there is nothing to enumerate, nobody signs in at a
wall, and the address can be taken back at any time. A row is the end of a dossier's code, a
standing and a date: who holds the receipt knows it again, who does not learns nothing of anybody.
"""

import math
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final
from uuid import UUID

from gateway.ids import new_id
from gateway.operations import audit
from gateway.operations.audit import By
from gateway.store.pool import Pool
from gateway.store.sql import statement

TAIL: Final = 9
"""Letters of a code that are shown: H31.101-260302-0001 is 0302-0001, its day and its number. With
the office's own name above them they are nobody else's within a year, and without the office's
code and the year they are no code that could be looked up."""
READY_FOR: Final = timedelta(days=7)
"""How long an ended dossier stays on the wall: ours. Whether it was fetched, nobody tells us."""
MOST_OPEN: Final = 120
MOST_ENDED: Final = 60
MOST_LISTED: Final = 200
_MARK: Final = 4
_LONGEST_TOKEN: Final = 64
_FROM_THE_CITIZEN: Final = ["supplement", "payment", "confirmation"]


class Standing(StrEnum):
    """How a dossier stands, in the order in which the wall shows it."""

    READY = "ready"
    TO_COUNTER = "to-counter"
    """Ended without a result: the counter says why."""
    WAITS_FOR_YOU = "waits-for-you"
    LATE = "late"
    AT_WORK = "at-work"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a board. No personal data."""

    tail: str
    standing: Standing
    promised_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Board:
    """A board as who runs it sees it."""

    id: UUID
    agency: str
    mark: str
    made_by: str
    made_at: datetime
    seen_at: datetime | None
    is_on: bool


@dataclass(frozen=True, slots=True)
class NewBoard:
    """A board that was just made. Its path is nowhere else: show it once."""

    agency: str
    path: str = field(repr=False)


async def make_board(pool: Pool, agency: str, by: By) -> NewBoard:
    """Make a board of an agency that exists and is the caller's to publish."""
    token = secrets.token_urlsafe(32)
    row = {
        "id": new_id(),
        "agency": agency,
        "token_hash": _hash(token),
        "mark": token[-_MARK:],
        "made_by": by.actor,
    }
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(statement("insert_board"), row)
        after = {"mark": row["mark"]}
        await audit.enter(connection, by, "board.made", agency, after=after)
    return NewBoard(agency, f"/bang/{agency}/{token}")


async def revoke_board(pool: Pool, board: UUID, by: By, reach: frozenset[str] | None) -> bool:
    """Take a board's address back; False if there is none within reach."""
    asked = {"id": board, "agencies": None if reach is None else sorted(reach)}
    async with pool.connection() as connection, connection.transaction():
        revoked = await connection.execute(statement("revoke_board"), asked)
        row = await revoked.fetchone()
        if row is None:
            return False
        await audit.enter(connection, by, "board.revoked", row[0], before={"mark": row[1]})
    return True


async def list_boards(pool: Pool, reach: frozenset[str] | None) -> list[Board]:
    """Return the boards within reach that are not revoked, by agency."""
    asked = {"agencies": None if reach is None else sorted(reach), "limit": MOST_LISTED}
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_boards"), asked)
        return [Board(*row) for row in await found.fetchall()]


async def read_board(pool: Pool, agency: str, token: str, now: datetime) -> list[Row] | None:
    """Return what a board shows now; None if the address is no board's, or no longer one's."""
    if len(token) > _LONGEST_TOKEN or "\0" in agency:
        return None
    asked = {"token_hash": _hash(token), "agency": agency}
    async with pool.connection() as connection:
        found = await connection.execute(statement("find_board"), asked, prepare=True)
        board = await found.fetchone()
        if board is None:
            return None
        await connection.execute(statement("touch_board"), (board[0],), prepare=True)
        wanted = {
            "agency": agency,
            "now": now,
            "since": now - READY_FOR,
            "reasons": _FROM_THE_CITIZEN,
            "open": MOST_OPEN,
            "ended": MOST_ENDED,
        }
        listed = await connection.execute(statement("list_board_rows"), wanted, prepare=True)
        rows = [
            Row(tail_of(code), _standing(state, promised, waits, now), promised, ended)
            for code, state, promised, ended, waits in await listed.fetchall()
        ]
    return in_order(rows)


def tail_of(code: str) -> str:
    """Return the letters of a code that a board shows; never the whole of it."""
    return code[-min(TAIL, len(code) - 1) :].lstrip("-./_") if len(code) > 1 else ""


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Put what is to be done first: in it what ended last, or is promised first."""
    places = {standing: place for place, standing in enumerate(Standing)}

    def place_of(row: Row) -> tuple[int, float, str]:
        if row.ended_at is not None:
            return places[row.standing], -row.ended_at.timestamp(), row.tail
        promised = row.promised_at.timestamp() if row.promised_at else math.inf
        return places[row.standing], promised, row.tail

    return sorted(rows, key=place_of)


def _standing(state: str, promised: datetime | None, waits: bool, now: datetime) -> Standing:
    if state == "completed":
        return Standing.READY
    if state != "open":
        return Standing.TO_COUNTER
    if waits:
        return Standing.WAITS_FOR_YOU
    return Standing.LATE if promised is not None and promised < now else Standing.AT_WORK


def _hash(token: str) -> bytes:
    """One round is enough for tokens of 256 random bits."""
    return sha256(token.encode()).digest()
