"""`python -m bench.reports`: how long does a report of a year of 2,000,000 transfers take?

Books are loaded as the bookkeeper would have left them: 3,400 receiving agencies, 20 procedures, 360
days. The year before carries dossiers over; of it only the rows of its year are loaded, since no
period of this year asks for others. Half of a year's dossiers come to a
tenth of the agencies. Every transfer has three turns, each step at a third of the agencies, in three
classes of working time; of turns only the rows of days that a period can ask for are loaded (January
and December), with every month and year.

Then the bookkeeper books a ledger made for it, 14 entries a transfer, and its pace is measured. The
last line on stdout is JSON. Exit code 1 when a report takes 2 seconds or more.
"""

# ruff: noqa: E501  SQL, one clause per line

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from datetime import date
from statistics import median
from typing import Final

import orjson
import psycopg
from psycopg import sql
from rich.console import Console
from rich.table import Table

from gateway.duties.bookkeeper import Bookkeeper
from gateway.reports.books import Choice, sum_dossiers
from gateway.reports.kstt import ii_06a
from gateway.reports.making import ReportName, make_report
from gateway.reports.period import Period
from gateway.reports.question import Answering, Question
from gateway.reports.recount import recount
from gateway.rulebook import Rulebook, load_rulebook
from gateway.servers import Instance
from gateway.store.migrate import upgrade
from gateway.store.pool import Pool, open_pool

MOST_SECONDS: Final = 2.0
TURNS: Final = 3
ENTRIES: Final = 14
_YEARS: Final = {2025: ["year"], 2026: ["day", "month", "year"]}
"""Which rows of a year are loaded."""
PERIODS: Final = {
    "year": Period(date(2026, 1, 1), date(2026, 12, 31)),
    "all but its edges": Period(date(2026, 1, 2), date(2026, 12, 30)),
    "month": Period(date(2026, 3, 1), date(2026, 3, 31)),
}

# Numbers that look drawn, and are the same every time: a hash of the dossier's number and a salt.
_DRAWN = """
CREATE FUNCTION drawn(n bigint, salt bigint, below bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (hashint8extended(n, salt) & 9223372036854775807) % below
"""
_DOSSIERS = """
CREATE UNLOGGED TABLE drawn_dossiers AS
SELECT n,
    'N' || lpad((CASE WHEN drawn(n, 1, 2) = 0 THEN drawn(n, 2, %(agencies)s / 10)
        ELSE drawn(n, 2, %(agencies)s) END)::text, 4, '0') AS agency,
    '1.' || lpad(drawn(n, 3, 20)::text, 6, '0') AS procedure,
    d.received_on,
    LEAST(d.received_on + drawn(n, 4, 14)::integer, make_date(%(year)s, 12, 31)) AS ended_on,
    drawn(n, 5, 10) AS channel,
    drawn(n, 6, 1000) AS fate
FROM generate_series(1, %(transfers)s) AS n
CROSS JOIN LATERAL (
    SELECT make_date(%(year)s, 1, 1) + drawn(n, 7, 360)::integer AS received_on
) d
"""
_GRAINS = """
CROSS JOIN LATERAL (
    VALUES ('day', e.day), ('month', date_trunc('month', e.day)::date), ('year', date_trunc('year', e.day)::date)
) AS g (grain, starts)
"""
_BOOK_DOSSIERS = (
    """
INSERT INTO dossier_books (grain, starts, agency, procedure, online, in_person, early, on_time, late, refused, met, missed)
SELECT g.grain, g.starts, e.agency, e.procedure, sum(e.online), sum(e.in_person), sum(e.early), sum(e.on_time),
    sum(e.late), sum(e.refused), sum(e.early + e.on_time + e.refused), sum(e.late)
FROM (
    SELECT received_on AS day, agency, procedure, (channel > 2)::integer AS online, (channel <= 2)::integer AS in_person,
        0 AS early, 0 AS on_time, 0 AS late, 0 AS refused
    FROM drawn_dossiers
    UNION ALL
    SELECT ended_on, agency, procedure, 0, 0, (fate < 600)::integer, (fate BETWEEN 600 AND 979)::integer,
        (fate BETWEEN 980 AND 989)::integer, (fate BETWEEN 990 AND 994)::integer
    FROM drawn_dossiers
    WHERE fate < 995
) e"""
    + _GRAINS
    + "WHERE g.grain = ANY (%(grains)s) GROUP BY g.grain, g.starts, e.agency, e.procedure"
)
_BOOK_TURNS = (
    """
INSERT INTO turn_books (grain, starts, agency, procedure, step, bucket, turns, late, elapsed, measured, worked, budgeted, used)
SELECT g.grain, g.starts, e.agency, e.procedure, e.step, e.bucket, count(*), sum(e.late), sum(e.worked * 3), count(*),
    sum(e.worked), count(*), sum(e.used)
FROM (
    SELECT d.ended_on AS day, d.procedure, 'step-' || k AS step,
        (hashtext(d.procedure) & 3) + (drawn(d.n, 20 + k, 10) / 4)::smallint AS bucket,
        'N' || lpad((drawn(d.n, 30 + k, %(agencies)s / 3) * 3 + k - 1)::text, 4, '0') AS agency, (drawn(d.n, 40 + k, 50) = 0)::integer AS late,
        drawn(d.n, 50 + k, 100000) AS worked, drawn(d.n, 60 + k, 110) AS used
    FROM drawn_dossiers d
    CROSS JOIN generate_series(1, %(turns)s) AS k
) e"""
    + _GRAINS
    + """
WHERE g.grain = ANY (%(grains)s) AND (g.grain <> 'day' OR extract(month FROM g.starts) IN (1, 12))
GROUP BY g.grain, g.starts, e.agency, e.procedure, e.step, e.bucket"""
)
_LEDGER_TRANSFERS = """
INSERT INTO transfers (id, issuer, code, originator, state, procedure, procedure_version, submitted_at, itinerary_no,
    document, seq, head_hash)
SELECT md5('t' || n)::uuid, 'H31.101', n::text, 'H31.' || (101 + n %% 104), 'completed', '1.001776', 'v', now(), 1,
    '{}', %(entries)s, ''
FROM generate_series(1, %(transfers)s) AS n
"""
_LEDGER = """
INSERT INTO ledger (transfer_id, seq, recorded_at, legal_at, act, actor, step, round, body, prev_hash, hash)
SELECT md5('t' || n)::uuid, k, a.at, a.at, a.act, 'agency:H31.' || (101 + (n + k) %% 104), 'decision', 1,
    json_build_object('transfer', md5('t' || n), 'seq', k, 'recorded_at', a.at, 'legal_at', a.at, 'act', a.act,
        'reason', NULL, 'legal_basis', 'TTHC 1.001776', 'cause', md5('c' || n || k), 'facts', a.facts,
        'versions', json_build_object('directory', 'thai-binh-hung-yen-2026-11-25', 'units', '2026-11-22',
            'calendar', 'vn@2026-11-22', 'policies', '2026-11-25', 'procedure', '2025-07-01'))::text,
    sha256(n::text::bytea), sha256(k::text::bytea)
FROM generate_series(1, %(transfers)s) AS n
CROSS JOIN generate_series(1, %(entries)s) AS k
CROSS JOIN LATERAL (
    SELECT timestamptz '2026-03-02 01:00+00' + (n %% 200 * 5 + k) * interval '1 hour' AS at,
        CASE WHEN k = 1 THEN 'transfer.submitted' WHEN k = %(entries)s THEN 'transfer.completed'
            WHEN k IN (5, 9, 13) THEN 'hop.completed' WHEN k IN (2, 6, 10) THEN 'hop.dispatched'
            WHEN k IN (3, 7, 11) THEN 'hop.delivered' ELSE 'hop.received' END AS act,
        CASE WHEN k = 1 THEN json_build_object('channel', 'online', 'received_at', '2026-03-02T01:00:00Z')
            WHEN k = %(entries)s THEN json_build_object('due_at', '2026-03-16T10:30:00Z', 'outcome', 'approved')
            WHEN k IN (5, 9, 13) THEN json_build_object('elapsed', 7200, 'worked', n %% 90000, 'used', n %% 110)
            ELSE json_build_object('agency', 'H31.101', 'arrived_at', '2026-03-02T01:00:00Z') END AS facts
) a
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Load, measure, show, print the JSON line."""
    parser = argparse.ArgumentParser(description="Reports from a year of books.")
    parser.add_argument("--transfers", type=int, default=2_000_000)
    parser.add_argument("--agencies", type=int, default=3400)
    parser.add_argument("--booked", type=int, default=20_000, help="transfers of the ledger")
    read = parser.parse_args(arguments)
    console = Console(stderr=True)
    with Instance.temporary() as servers:
        postgres = servers.postgres
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE books")
        url = postgres.url_of("books")
        upgrade(url)
        rows = _load(url, read.transfers, read.agencies, console)
        seconds = asyncio.run(_time_reports(url))
        _show(seconds, console)
        pace, differences = asyncio.run(_time_booking(url, read.booked, console))
    told = {
        "transfers": read.transfers,
        "agencies": read.agencies,
        "rows": rows,
        "seconds": seconds,
        "slowest": max(seconds.values()),
        "entries_booked_per_s": round(pace),
        "differences": differences,
    }
    print(orjson.dumps(told).decode(), flush=True)
    if max(seconds.values()) >= MOST_SECONDS or differences:
        sys.exit(1)


def _load(url: str, transfers: int, agencies: int, console: Console) -> dict[str, int]:
    options = "-c statement_timeout=0 -c work_mem=256MB -c timezone=UTC"
    with psycopg.connect(url, autocommit=True, options=options) as connection:
        connection.execute(_DRAWN)
        for year, grains in _YEARS.items():
            began = time.monotonic()
            asked = {"year": year, "grains": grains, "transfers": transfers}
            asked |= {"agencies": agencies, "turns": TURNS}
            with psycopg.ClientCursor(connection) as cursor:
                for query in (
                    _DOSSIERS,
                    _BOOK_DOSSIERS,
                    *([_BOOK_TURNS] if "day" in grains else ()),
                ):
                    cursor.execute(query, asked)
                cursor.execute("DROP TABLE drawn_dossiers")
            console.print(f"loaded {year} in {time.monotonic() - began:.0f} s")
        connection.execute("VACUUM ANALYZE dossier_books, turn_books")
        counts: dict[str, int] = {}
        for table in ("dossier_books", "turn_books"):
            found = connection.execute(
                sql.SQL("SELECT grain, count(*) FROM {} GROUP BY grain").format(
                    sql.Identifier(table)
                )
            )
            counts |= {f"{table}.{grain}": number for grain, number in found}
        return counts


async def _time_reports(url: str) -> dict[str, float]:
    """Return the median of three askings of every report, in seconds, as a caller waits for it."""
    rulebook = load_rulebook("thai-binh-hung-yen", "vn")
    seconds: dict[str, float] = {}
    async with open_pool(url, size=2) as pool:
        for name in ReportName:
            for title, period in PERIODS.items():
                taken = []
                for _ in range(3):
                    began = time.monotonic()
                    await _ask(pool, rulebook, name, Question(period))
                    taken.append(time.monotonic() - began)
                seconds[f"{name}, {title}"] = round(median(taken), 3)
    return seconds


async def _ask(pool: Pool, rulebook: Rulebook, name: ReportName, question: Question) -> None:
    if name is not ReportName.II_06A:
        (await make_report(pool, rulebook, name, question)).view()
        return
    # By itself it asks for one centre only; here for every agency, which is the most it can be.
    async with pool.connection() as connection:
        tallies = await sum_dossiers(connection, question.period, "procedure", Choice())
    ii_06a(Answering(rulebook, question), tallies).view()


async def _time_booking(url: str, transfers: int, console: Console) -> tuple[float, int]:
    options = "-c statement_timeout=0 -c timezone=UTC"
    asked = {"transfers": transfers, "entries": ENTRIES}
    with psycopg.connect(url, autocommit=True, options=options) as connection:
        connection.execute("TRUNCATE dossier_books, turn_books")
        with psycopg.ClientCursor(connection) as cursor:
            cursor.execute(_LEDGER_TRANSFERS, asked)
            cursor.execute(_LEDGER, asked)
        connection.execute("VACUUM ANALYZE ledger, transfers")
    async with open_pool(url, size=2) as pool:
        return await _book(pool, console)


async def _book(pool: Pool, console: Console) -> tuple[float, int]:
    bookkeeper = Bookkeeper(pool)
    began = time.monotonic()
    while await bookkeeper.book():
        pass
    taken = time.monotonic() - began
    console.print(f"booked {bookkeeper.booked:,} entries in {taken:.1f} s")
    return bookkeeper.booked / taken, len(await recount(pool))


def _show(seconds: dict[str, float], console: Console) -> None:
    table = Table("report", "seconds")
    for name, taken in seconds.items():
        table.add_row(name, f"{taken:.3f}")
    console.print(table)


if __name__ == "__main__":
    main()
