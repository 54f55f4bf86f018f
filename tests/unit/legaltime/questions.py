"""Questions about deadlines: local instants, budgets and pauses for the tests to draw from."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from fractions import Fraction

from hypothesis import strategies as st

from routing.legaltime import Budget, Pause, Unit

VN = timezone(timedelta(hours=7))
# Instants at which a rule changes its answer, and their neighbours.
_EDGES = [time(h, m) for h, m in ((0, 0), (7, 30), (11, 30), (13, 30), (15, 0), (17, 30))]
_NUDGES = [timedelta(0), timedelta(microseconds=1), timedelta(seconds=1), timedelta(minutes=1)]
_CUTOFFS = (time(15), None, time(15), None, time(0), time(12), time(17, 30), time(23, 59, 59))
# Around holidays and make-up Saturdays, where errors live.
_DELICATE = [
    date(2024, 2, 7), date(2024, 4, 26), date(2024, 5, 4), date(2025, 1, 24), date(2025, 4, 26),
    date(2025, 12, 31), date(2026, 1, 10), date(2026, 2, 13), date(2026, 4, 25),
    date(2026, 8, 22), date(2026, 8, 28), date(2026, 11, 23), date(2027, 1, 29),
]  # fmt: skip


def at(text: str) -> datetime:
    """Read a local wall-clock instant, such as ``2026-03-02 15:00``, as an aware one."""
    return datetime.fromisoformat(text).replace(tzinfo=VN)


def local(instant: datetime) -> str:
    """Write an instant as local wall-clock time, to the minute where that says it all."""
    wall = instant.astimezone(VN).replace(tzinfo=None)
    return wall.isoformat(" ", "auto" if wall.second or wall.microsecond else "minutes")


def aware(wall: datetime) -> datetime:
    """Return a local wall-clock instant as aware UTC."""
    return wall.replace(tzinfo=VN).astimezone(UTC)


@dataclass(frozen=True)
class Question:
    """What ``due`` is asked, in local wall-clock instants without tzinfo."""

    arrived_at: datetime
    budget: Budget
    cutoff: time | None
    pauses: tuple[tuple[datetime, datetime], ...]

    @property
    def spans(self) -> tuple[Pause, ...]:
        """The pauses as routing takes them."""
        return tuple(Pause(aware(start), aware(end)) for start, end in self.pauses)


def random_question(chance: random.Random) -> Question:
    """Draw one question, often close to an edge."""
    arrived_at = _instant(chance)
    unit = chance.choice(list(Unit))
    pauses = []
    for _ in range(chance.choice((0, 0, 1, 1, 2, 3, 5))):
        start = _near(chance, arrived_at + timedelta(hours=chance.randrange(-48, 400)))
        length = timedelta(minutes=chance.choice((0, 7, 180, 1440, 5760, 15840)))
        pauses.append((start, max(start, _near(chance, start + length))))
    return Question(arrived_at, _budget(chance, unit), chance.choice(_CUTOFFS), tuple(pauses))


def _instant(chance: random.Random) -> datetime:
    if chance.random() < 0.5:
        day = chance.choice(_DELICATE) + timedelta(days=chance.randrange(-2, 6))
    else:
        day = date(2023, 12, 30) + timedelta(days=chance.randrange(1135))
    return _near(chance, datetime.combine(day, time(chance.randrange(24), chance.randrange(60))))


def _near(chance: random.Random, instant: datetime) -> datetime:
    if chance.random() < 0.6:
        instant = datetime.combine(instant.date(), chance.choice(_EDGES))
        return instant + chance.choice((-1, 1)) * chance.choice(_NUDGES)
    return instant + timedelta(microseconds=chance.randrange(3_600_000_000))


def _budget(chance: random.Random, unit: Unit) -> Budget:
    whole = {"min": 600, "wh": 60, "wd": 25, "cd": 40, "h": 200}[unit.value]
    kind = chance.random()
    if kind < 0.1:
        return Budget(Fraction(0), unit)
    if kind < 0.5:
        return Budget(Fraction(chance.randrange(1, whole)), unit)
    if kind < 0.8:
        return Budget(Fraction(chance.randrange(1, whole * 4), 4), unit)
    if kind < 0.9:
        return Budget(Fraction(chance.randrange(1, whole * 1000), 1000), unit)
    return Budget(Fraction(chance.randrange(1, whole * 7), 7), unit)  # no whole microsecond


def instants(
    first: date = date(2024, 1, 1), last: date = date(2026, 9, 30)
) -> st.SearchStrategy[datetime]:
    """Aware instants whose near future the calendar knows; edges come up often."""
    days = st.dates(first, last)
    edges = st.builds(
        lambda day, moment, nudge, sign: datetime.combine(day, moment) + sign * nudge,
        days, st.sampled_from(_EDGES), st.sampled_from(_NUDGES), st.sampled_from((0, 1)),
    )  # fmt: skip
    anywhere = st.builds(datetime.combine, days, st.times())
    return st.one_of(edges, anywhere).map(aware)


def budgets(*units: Unit) -> st.SearchStrategy[Budget]:
    """Budgets of whole microseconds, up to about a month."""
    return st.one_of(*(_budgets_of(unit) for unit in units or tuple(Unit)))


def _budgets_of(unit: Unit) -> st.SearchStrategy[Budget]:
    whole = {"min": 600, "wh": 60, "wd": 20, "cd": 30, "h": 200}[unit.value]
    amounts = st.one_of(
        st.integers(0, whole).map(Fraction),
        st.integers(0, whole * 100).map(lambda n: Fraction(n, 100)),
        st.integers(0, 3 * 60 * 1_000_000).map(lambda n: Fraction(n, 60 * 1_000_000)),
    )
    return amounts.map(lambda amount: Budget(amount, unit)).filter(_is_whole)


def _is_whole(budget: Budget) -> bool:
    return budget.exact_micros(8 * 3600 * 1_000_000).denominator == 1


def cutoffs() -> st.SearchStrategy[time | None]:
    """No cutoff, the usual one, and odd ones."""
    return st.sampled_from(_CUTOFFS)


@st.composite
def pauses_after(draw: st.DrawFn, arrived_at: datetime) -> list[Pause]:
    """Draw up to four closed pauses around and after an instant."""
    found = []
    for _ in range(draw(st.integers(0, 4))):
        begin = arrived_at + timedelta(minutes=draw(st.integers(-3_000, 30_000)))
        found.append(Pause(begin, begin + timedelta(minutes=draw(st.integers(0, 9_000)))))
    return found
