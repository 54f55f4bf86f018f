"""The overview: how promises are kept, on one page; a span so far beside as much of the one before.

Eleven days of November are compared with the first eleven of October, a span that is over with the
whole one before it. Agencies are ranked by their share on time (QĐ 766), those of which at
least `LEAST` dossiers were judged: of fewer, one late dossier decides (ours).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, TypeVar

from gateway.reports.agency_time import Times
from gateway.reports.books import BooksState, Choice, Tally, read_state, sum_dossiers, sum_turns
from gateway.reports.period import Period
from gateway.reports.spans import Grain, Span
from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement

LEAST: Final = 10
RANKED: Final = 10
"""So many of the best, and of the worst."""
SLOWEST: Final = 12
MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Month:
    """What a month counted; `settled_in_time` includes what went back, as column 9 of the forms."""

    starts: date
    received: int = 0
    online: int = 0
    settled_in_time: int = 0
    settled_late: int = 0
    met: int = 0
    missed: int = 0

    @property
    def on_time(self) -> float | None:
        """Of what ended in it, the share that ended on time by QĐ 766."""
        ended = self.met + self.missed
        return self.met / ended if ended else None


@dataclass(frozen=True, slots=True)
class Standing:
    """An agency among the others: what was judged of it, and how much of that is on time."""

    agency: str
    judged: int
    on_time: int

    @property
    def share(self) -> float:
        return self.on_time / self.judged


@dataclass(frozen=True, slots=True)
class TimeSpent:
    """The mean of an agency's turns, in hours: worked on, and lying (nights, days off, pauses)."""

    agency: str
    turns: int
    worked: float
    lay: float


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything on the page, as the books had it at one instant."""

    span: Span
    period: Period
    before: Period
    now: Tally
    then: Tally | None
    """None where the books do not go back that far: nothing is known."""
    months: Sequence[Month]
    best: Sequence[Standing]
    worst: Sequence[Standing]
    too_few: int
    """Agencies with something judged, and too little to be ranked."""
    slowest: Sequence[TimeSpent]
    books: BooksState
    at: datetime
    """When the books were asked, in machine time."""


Kept = TypeVar("Kept")
MonthCounts = Sequence[int]
"""The figures of a `Month`, in its order."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the books said of every agency at one instant: any reader's overview is a part of it."""

    span: Span
    period: Period
    before: Period
    now: Mapping[str, Tally]
    then: Mapping[str, Tally]
    months: Mapping[date, Mapping[str, MonthCounts]]
    """Each month's figures by agency, the present one last; nothing of a month is an empty one."""
    times: Mapping[str, Times]
    books: BooksState
    at: datetime

    def within(self, reach: Collection[str] | None) -> Overview:
        """Return the overview as far as somebody may see."""
        now, then = _only(self.now, reach), _only(self.then, reach)
        best, worst, too_few = rank(now)
        known = self.books.begins is not None and self.books.begins <= self.before.last
        return Overview(
            self.span,
            self.period,
            self.before,
            sum(now.values(), Tally()),
            sum(then.values(), Tally()) if known else None,
            [_month(starts, _only(each, reach)) for starts, each in self.months.items()],
            best,
            worst,
            too_few,
            slowest_of(_only(self.times, reach)),
            self.books,
            self.at,
        )


async def look_over(pool: Pool, grain: Grain, today: date) -> Look:
    """Ask the books for a month, a quarter or a year so far: each once, for everybody."""
    span = Span.around(grain, today)
    period = span.so_far(today)
    before = compared_with(span, period)
    everybody = Choice()
    async with pool.connection() as connection, connection.transaction():
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        books = await read_state(connection)
        tallies = await sum_dossiers(connection, period, "agency", everybody)
        then = await sum_dossiers(connection, before, "agency", everybody)
        months = await _months(connection, today)
        turns = await sum_turns(connection, period, everybody, by_step=False)
    times: dict[str, Times] = {}
    for one in turns:
        times.setdefault(one.agency, Times()).add(one)
    return Look(span, period, before, tallies, then, months, times, books, datetime.now(UTC))


def _only(each: Mapping[str, Kept], reach: Collection[str] | None) -> Mapping[str, Kept]:
    return each if reach is None else {code: each[code] for code in reach if code in each}


def _month(starts: date, each: Mapping[str, MonthCounts]) -> Month:
    return Month(starts, *(sum(column) for column in zip(*each.values(), strict=True)))


def compared_with(span: Span, so_far: Period) -> Period:
    """Return what a span that has come so far is compared with."""
    if so_far.last == span.period().last:
        return span.before().period()
    return span.before().as_far_as(so_far)


def rank(tallies: Mapping[str, Tally]) -> tuple[list[Standing], list[Standing], int]:
    """Return the best and the worst, nobody among both, and how many are too small to be either."""
    judged = [
        Standing(code, all_, all_ - tally.missed - tally.failing)
        for code, tally in tallies.items()
        if (all_ := tally.met + tally.missed + tally.open) > 0
    ]
    ranked = [one for one in judged if one.judged >= LEAST]
    ranked.sort(key=lambda one: (-one.share, -one.judged, one.agency))
    best = ranked[: min(RANKED, (len(ranked) + 1) // 2)]
    worst = ranked[len(best) :][-RANKED:][::-1]
    return best, worst, len(judged) - len(ranked)


def slowest_of(times: Mapping[str, Times]) -> list[TimeSpent]:
    """Return the agencies whose turns take longest, of those with enough turns to say so."""
    found = []
    for code, sums in times.items():
        if sums.turns >= LEAST and sums.measured:
            worked = sums.worked / 3600 / sums.measured
            elapsed = sums.elapsed / 3600 / sums.turns
            found.append(TimeSpent(code, sums.turns, worked, max(0.0, elapsed - worked)))
    found.sort(key=lambda one: (-(one.worked + one.lay), one.agency))
    return found[:SLOWEST]


async def _months(connection: Connection, today: date) -> Mapping[date, Mapping[str, MonthCounts]]:
    this = Span.around(Grain.MONTH, today)
    starts = [this.before(back).period().first for back in reversed(range(MONTHS))]
    kept: dict[date, dict[str, MonthCounts]] = {one: {} for one in starts}
    asked = {"since": starts[0], "until": starts[-1]}
    found = await connection.execute(statement("sum_dossier_months"), asked)
    for month, agency, *counts in await found.fetchall():
        kept[month][agency] = counts
    return kept
