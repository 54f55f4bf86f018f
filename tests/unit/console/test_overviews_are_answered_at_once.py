"""An overview is answered at once: from one look for all, made anew behind whoever reads."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.console import overviews
from gateway.console.overviews import Overviews
from gateway.reports.books import BooksState, Tally
from gateway.reports.overview import Look, compared_with
from gateway.reports.spans import Grain, Span

TODAY = date(2026, 11, 25)
HERE, THERE = "H31.101", "H31.102"


class Books:
    """Books that count one dossier more at each look, and wait where they are told to."""

    def __init__(self) -> None:
        self.looks = 0
        self.open = asyncio.Event()
        self.open.set()
        self.enough = asyncio.Event()

    async def look(self, grain: Grain, today: date) -> Look:
        await self.open.wait()
        self.looks += 1
        if self.looks == len(overviews.GRAINS):
            self.enough.set()
        span = Span.around(grain, today)
        tallies = {HERE: Tally(online=self.looks), THERE: Tally(online=10)}
        month = {HERE: [self.looks, 0, 0, 0, 0, 0], THERE: [10, 0, 0, 0, 0, 0]}
        period = span.so_far(today)
        return Look(
            span,
            period,
            compared_with(span, period),
            tallies,
            {},
            {date(2026, 10, 1): {}, date(2026, 11, 1): month},
            {},
            BooksState(None, behind=False, begins=date(2026, 1, 1)),
            datetime.now(UTC),
        )


async def test_every_scope_is_taken_from_one_look() -> None:
    books = Books()
    kept = Overviews(books.look)

    found = [
        await kept.of(Grain.MONTH, TODAY, reach)
        for reach in (None, frozenset({HERE}), frozenset({THERE}), frozenset({"H31.999"}))
    ]

    assert [one.now.online for one in found] == [11, 1, 10, 0]
    assert [[month.received for month in one.months] for one in found] == [
        [0, 11],
        [0, 1],
        [0, 10],
        [0, 0],
    ]
    assert books.looks == 1


async def test_nobody_waits_for_a_look_that_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overviews, "GOOD_FOR", 0.0)
    monkeypatch.setattr(overviews, "_SHARE", 0.0)
    books = Books()
    kept = Overviews(books.look)
    await kept.of(Grain.MONTH, TODAY, None)
    books.open.clear()

    meanwhile = [await kept.of(Grain.MONTH, TODAY, None) for _ in range(3)]
    [behind] = kept._looking.values()
    books.open.set()
    await behind

    assert [one.now.online for one in meanwhile] == [11, 11, 11]
    assert (await kept.of(Grain.MONTH, TODAY, None)).now.online == 12


async def test_a_new_day_is_waited_for_and_never_told_as_the_old_one() -> None:
    books = Books()
    kept = Overviews(books.look)
    await kept.of(Grain.MONTH, TODAY, None)

    tomorrow = await kept.of(Grain.MONTH, TODAY + timedelta(days=1), None)

    assert tomorrow.period.last == TODAY + timedelta(days=1)


async def test_what_is_kept_warm_is_there_before_anybody_reads() -> None:
    books, stop = Books(), asyncio.Event()
    kept = Overviews(books.look)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(kept.keep_warm(lambda: TODAY, stop))
        await books.enough.wait()
        stop.set()

    assert books.looks == len(overviews.GRAINS)
