"""Reading the books: what a period counted, in one statement, by agency or by procedure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, Literal, Self

import orjson

from gateway.reports.period import Period
from gateway.store.pool import Connection
from gateway.store.sql import statement

By = Literal["agency", "procedure"]


@dataclass(frozen=True, slots=True)
class Tally:
    """What the books say of some dossiers in a period; every report is arithmetic on these.

    `carried` were open when the period began; `overdue` and `failing` are open and late at its end
    (by the operational deadline, and by QĐ 766); everything else happened within it.
    """

    online: int = 0
    at_counter: int = 0
    """In person or by the postal service."""
    carried: int = 0
    early: int = 0
    on_time: int = 0
    late: int = 0
    undated: int = 0
    refused: int = 0
    withdrawn: int = 0
    stopped: int = 0
    overdue: int = 0
    met: int = 0
    missed: int = 0
    failing: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(
            *(getattr(self, one.name) + getattr(other, one.name) for one in fields(self))
        )

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say: no dossier was open or came in."""
        return not any(asdict(self).values())

    @property
    def received(self) -> int:
        """All that was to be done: what came in, and what was carried over."""
        return self.online + self.at_counter + self.carried

    @property
    def settled(self) -> int:
        return self.early + self.on_time + self.late + self.undated

    @property
    def returned(self) -> int:
        """Ended without a result: refused, withdrawn, stopped."""
        return self.refused + self.withdrawn + self.stopped

    @property
    def open(self) -> int:
        """In progress at the end of the period."""
        return self.received - self.settled - self.returned


@dataclass(frozen=True, slots=True)
class Turns:
    """Turns of one agency, of one class of working time (`bucket`); at one step, if asked for."""

    agency: str
    procedure: str | None
    step: str | None
    bucket: int
    turns: int
    late: int
    elapsed: int
    measured: int
    worked: int
    budgeted: int
    used: int


@dataclass(frozen=True, slots=True)
class BooksState:
    """Until when the ledger is booked, and whether it has more."""

    booked_until: datetime | None
    behind: bool
    begins: date | None = None
    """The first day that anything is booked on; of what was before it nothing is known."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rows count: codes of agencies and of procedures; None is all of them."""

    agencies: Sequence[str] | None = None
    procedures: Sequence[str] | None = None


async def read_state(connection: Connection) -> BooksState:
    """Say how far the books go."""
    found = await connection.execute(statement("read_book_cursor"), prepare=True)
    row = await found.fetchone()
    assert row is not None
    return BooksState(*row)


async def sum_dossiers(
    connection: Connection, period: Period, by: By, choice: Choice
) -> Mapping[str, Tally]:
    """Return what the period counted, by the agency that received or by procedure."""
    found = await connection.execute(
        statement("sum_dossier_books"), {"by": by, **_asked(period, choice)}
    )
    return {
        row[0]: Tally(*(int(number or 0) for number in row[1:])) for row in await found.fetchall()
    }


async def sum_turns(
    connection: Connection, period: Period, choice: Choice, *, by_step: bool
) -> list[Turns]:
    """Return the turns that were completed in the period; by agency alone, or by step as well."""
    asked = {"steps": by_step, **_asked(period, choice)}
    found = await connection.execute(statement("sum_turn_books"), asked)
    return [Turns(*row[:4], *map(int, row[4:])) for row in await found.fetchall()]


def _asked(period: Period, choice: Choice) -> dict[str, Any]:
    return {
        "pieces": orjson.dumps([asdict(one) for one in period.pieces()]).decode(),
        "agencies": None if choice.agencies is None else list(choice.agencies),
        "procedures": None if choice.procedures is None else list(choice.procedures),
    }
