"""Recount: the ledger counted again, beside what the books say; there must be no difference."""

from dataclasses import dataclass
from typing import Any

from gateway.duties.bookkeeper import Bookkeeper
from gateway.store.pool import Pool
from gateway.store.sql import statement
from routing.synthetic import SYNTHETIC_ISSUERS


@dataclass(frozen=True, slots=True)
class Difference:
    """A row of the books that the ledger does not bear out; None on the side that has no row."""

    book: str
    booked: dict[str, Any] | None
    counted: dict[str, Any] | None


async def recount(pool: Pool) -> list[Difference]:
    """Count the ledger up to where it is booked, and return every row that differs.

    Reads the whole ledger; it takes as long as that takes, and locks nothing.
    """
    found: list[Difference] = []
    async with pool.connection() as connection, connection.transaction():
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        await connection.execute("SET LOCAL statement_timeout = 0")
        for book in ("dossier_books", "turn_books"):
            rows = await connection.execute(
                statement(_RECOUNTS[book]), {"left_out": list(SYNTHETIC_ISSUERS)}
            )
            found += [Difference(book, *row) for row in await rows.fetchall()]
    return found


async def rebuild(pool: Pool) -> int:
    """Empty the books and book the whole ledger anew; return how many entries were booked.

    Reports are incomplete, and say so, until it has come to the end. If it is cut off, a gateway's
    bookkeeper goes on.
    """
    async with pool.connection() as connection, connection.transaction():
        await connection.execute("SET LOCAL statement_timeout = 0")
        # Two statements: what was booked while the first one waited is seen by the second.
        await connection.execute(statement("hold_book_cursor"))
        await connection.execute(statement("clear_books"))
    bookkeeper = Bookkeeper(pool)
    while await bookkeeper.book():
        pass
    return bookkeeper.booked


_RECOUNTS = {"dossier_books": "recount_dossier_books", "turn_books": "recount_turn_books"}
