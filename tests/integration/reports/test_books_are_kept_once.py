"""Every entry of the ledger is booked exactly once, whoever books, however often, and cut off."""

import asyncio

import psycopg

from gateway.duties.bookkeeper import Bookkeeper
from gateway.reports.recount import rebuild, recount
from routing.synthetic import SYNTHETIC_ISSUER
from tests.integration.reports.month import FEW, booked, month_of
from tests.stage.facts import eventually
from tests.stage.inside import Inside

_RECEIVED = (
    "SELECT COALESCE(sum(online + in_person + postal), 0) FROM dossier_books WHERE grain = 'day'"
)
_TURNS = "SELECT COALESCE(sum(turns), 0) FROM turn_books WHERE grain = 'year'"


async def agrees(inside: Inside) -> bool:
    return await recount(inside.gateway.services.pool) == []


async def test_several_bookkeepers_at_once_book_what_one_would(database_url: str) -> None:
    async with month_of(database_url, FEW, books=False) as inside:
        pool = inside.gateway.services.pool
        keepers = [Bookkeeper(pool, scan=7) for _ in range(3)]

        for _ in range(200):
            await asyncio.gather(*(keeper.book() for keeper in keepers))

        entries = inside.count("SELECT count(*) FROM ledger")
        assert sum(keeper.booked for keeper in keepers) == entries
        assert inside.count(_RECEIVED) == FEW.received
        assert inside.count(_TURNS) == FEW.settled
        assert await agrees(inside)


async def test_a_bookkeeper_that_is_cut_off_has_booked_nothing(database_url: str) -> None:
    async with month_of(database_url, FEW, books=False) as inside:
        async with await psycopg.AsyncConnection.connect(database_url) as other:
            await other.execute("LOCK TABLE turn_books IN EXCLUSIVE MODE")
            booking = asyncio.create_task(Bookkeeper(inside.gateway.services.pool).book())
            waits = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            await eventually(lambda: inside.count(waits), within=10)  # dossiers are in, not turns
            booking.cancel()
            await asyncio.gather(booking, return_exceptions=True)

        assert inside.count(_RECEIVED) == 0
        await booked(inside)
        assert inside.count(_RECEIVED) == FEW.received
        assert await agrees(inside)


async def test_nothing_is_booked_past_a_transaction_that_still_runs(database_url: str) -> None:
    async with await psycopg.AsyncConnection.connect(database_url) as older:
        await older.execute("SELECT pg_current_xact_id()")
        async with month_of(database_url, FEW, books=False) as inside:
            bookkeeper = Bookkeeper(inside.gateway.services.pool)

            assert await bookkeeper.book() is False
            assert inside.count(_RECEIVED) == 0

            await older.commit()
            await booked(inside)
            assert inside.count(_RECEIVED) == FEW.received


async def test_what_is_synthetic_is_nobodys(database_url: str) -> None:
    async with month_of(database_url, FEW, books=False) as inside:
        synthetic = "UPDATE transfers SET originator = %s, issuer = %s"
        inside.rows(synthetic, SYNTHETIC_ISSUER, SYNTHETIC_ISSUER)

        await booked(inside)

        assert inside.count("SELECT count(*) FROM dossier_books") == 0
        assert inside.count("SELECT count(*) FROM turn_books") == 0
        assert await agrees(inside)


async def test_a_wrong_book_is_found_and_counted_anew(database_url: str) -> None:
    async with month_of(database_url, FEW) as inside:
        pool = inside.gateway.services.pool
        inside.rows("UPDATE dossier_books SET late = late + 1 WHERE grain = 'month' AND late > 0")
        inside.rows("DELETE FROM turn_books WHERE grain = 'day'")

        found = await recount(pool)

        wrong = [one for one in found if one.book == "dossier_books"]
        assert all(one.booked and one.counted for one in wrong)
        assert {one.booked is None for one in found if one.book == "turn_books"} == {True}
        assert wrong
        await rebuild(pool)
        await booked(inside)
        assert await agrees(inside)
        assert inside.count(_RECEIVED) == FEW.received
