"""Fourteen months of books, written straight into the store: for reports that have to show them.

Some agencies do well, some badly, one has nothing; figures are the same every time.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from gateway.reports.spans import Grain, Span
from gateway.rulebook import Rulebook
from gateway.store.pool import Connection

MONTHS: Final = 14
PROCEDURES: Final = ("2.000987", "1.001776", "1.012781")
_DOSSIERS: Final = """
INSERT INTO dossier_books AS b (grain, starts, agency, procedure, online, in_person, early, on_time,
    late, refused, overdue, met, missed, failing)
SELECT g.grain, g.starts, %(agency)s, %(procedure)s, %(online)s, %(in_person)s, %(early)s,
    %(on_time)s, %(late)s, %(refused)s, %(overdue)s, %(met)s, %(missed)s, %(overdue)s
FROM (VALUES ('day', %(day)s::date), ('month', date_trunc('month', %(day)s::date)::date),
    ('year', date_trunc('year', %(day)s::date)::date)) AS g (grain, starts)
ON CONFLICT (grain, starts, agency, procedure) DO UPDATE
SET online = b.online + excluded.online, in_person = b.in_person + excluded.in_person,
    early = b.early + excluded.early, on_time = b.on_time + excluded.on_time,
    late = b.late + excluded.late, refused = b.refused + excluded.refused,
    overdue = b.overdue + excluded.overdue, met = b.met + excluded.met,
    missed = b.missed + excluded.missed, failing = b.failing + excluded.failing
"""
_TURNS: Final = """
INSERT INTO turn_books AS b (grain, starts, agency, procedure, step, bucket, turns, late, elapsed,
    measured, worked, budgeted, used)
SELECT g.grain, g.starts, %(agency)s, %(procedure)s, 'commune-review', %(bucket)s, %(turns)s,
    %(late)s, %(elapsed)s, %(turns)s, %(worked)s, %(turns)s, %(used)s
FROM (VALUES ('day', %(day)s::date), ('month', date_trunc('month', %(day)s::date)::date),
    ('year', date_trunc('year', %(day)s::date)::date)) AS g (grain, starts)
ON CONFLICT (grain, starts, agency, procedure, step, bucket) DO UPDATE
SET turns = b.turns + excluded.turns, late = b.late + excluded.late,
    elapsed = b.elapsed + excluded.elapsed, measured = b.measured + excluded.measured,
    worked = b.worked + excluded.worked, budgeted = b.budgeted + excluded.budgeted,
    used = b.used + excluded.used
"""


async def write_books(connection: Connection, rulebook: Rulebook, now: datetime) -> None:
    """Write what each agency received, ended and worked on in every month until today."""
    today = now.astimezone(rulebook.calendar.zone).date()
    here = [
        one
        for one in rulebook.directory
        if one.valid_to is None and "one-stop" in " ".join(one.roles)
    ][:70]
    dossiers: list[dict[str, Any]] = []
    turns: list[dict[str, Any]] = []
    for back in range(MONTHS):
        first = Span.around(Grain.MONTH, today).before(back).period().first
        day = min(first + timedelta(days=9), today)
        for place, agency in enumerate(here):
            for no, procedure in enumerate(PROCEDURES):
                came = 12 + (place * 7 + no * 5 + back * 3) % 40
                bad = place % 9 == 4
                late = came // 4 if bad else (place + back) % 3
                ended = came - (came // 5 if back == 0 else 2)
                row: dict[str, Any] = {
                    "day": day,
                    "agency": agency.code,
                    "procedure": procedure,
                    "online": came * (55 + (MONTHS - back) * 2) // 100,
                    "refused": 1,
                    "late": late,
                    "early": ended // 5,
                    "overdue": 1 if bad else 0,
                }
                row["in_person"] = came - row["online"]
                row["on_time"] = ended - row["early"] - late - 1
                row["met"], row["missed"] = ended - late, late
                dossiers.append(row)
                worked = 3600 * (4 + place % 13 + (20 if bad else 0))
                turns.append(
                    {
                        "day": day,
                        "agency": agency.code,
                        "procedure": procedure,
                        "bucket": 4 + place % 3,
                        "turns": ended,
                        "late": late,
                        "worked": worked * ended,
                        "elapsed": worked * ended * (4 + place % 4),
                        "used": (95 if bad else 40 + place % 40) * ended,
                    }
                )
    async with connection.cursor() as cursor:
        await cursor.executemany(_DOSSIERS, dossiers)
        await cursor.executemany(_TURNS, turns)
    await connection.execute("UPDATE book_cursor SET booked_until = %s", (now,))
