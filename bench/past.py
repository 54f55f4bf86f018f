"""A past to measure in: many finished transfers, in a reduced shape, loaded by COPY.

Per transfer, as the store keeps it when all is over: 1 dossier, 1 transfer, 1 itinerary, 3 hops,
6 ledger entries, 3 deliveries, and 7 messages, each with its key, its inbox row and its payload.
Reduced: documents, answers and payloads are a few bytes, hashes are counters, and of the
gateway's 11 deliveries and 14 ledger entries 3 and 6 are kept. What queries look at is as it would
be: ids in the order of their time, random message ids, states, instants, every index.

The database itself makes the rows; they pass through this process from one connection's COPY
into another's. Each table is loaded without its indexes, frozen, and indexed afterwards.
"""

import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

FREE_GB: Final = 30
_CHUNK: Final = 100_000

_AGENCY: Final = "'H31.' || (101 + n %% 104)"
_CODE: Final = f"{_AGENCY} || '-25' || lpad((n %% 10000)::text, 4, '0') || '-' || n"
# One transfer every 20 s up to yesterday: its id begins with its milliseconds.
_AT: Final = "to_timestamp(%(until)d - (%(total)d - n) * 20::bigint)"
_ID: Final = (
    "(lpad(to_hex((extract(epoch FROM {at}) * 1000)::bigint), 12, '0') || '70008'"
    " || lpad(to_hex(n * 16::bigint + {k}), 15, '0'))::uuid"
)
_TRANSFER: Final = _ID.format(at=_AT, k="0")
_EACH: Final = _ID.format(at=_AT, k="k")
_HASH: Final = "decode(lpad(to_hex(n * 16::bigint + k), 64, '0'), 'hex')"
_STEP: Final = "(ARRAY['commune-review', 'province-appraisal', 'facility'])[k]"


class DiskTooSmall(Exception):
    """There is not enough room to load a past."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table's columns, how many rows a transfer has in it, and how each column is made."""

    name: str
    rows: int
    columns: dict[str, str]


_TABLES: Final = (
    Table(
        "inbox",
        7,
        {
            "id": _EACH,
            "recorded_at": _AT,
            "road": "'amqp'",
            "agency": _AGENCY,
            "message_id": "md5(n || '-' || k)::uuid::text",
            "kind": "'hop.received'",
            "transfer_id": _TRANSFER,
            "verdict": "'accepted'",
            "answer": """'{"verdict":"accepted"}'""",
            "size": "2048",
            "digest": _HASH,
        },
    ),
    Table(
        "message_keys",
        7,
        {
            "agency": _AGENCY,
            "message_id": "md5(n || '-' || k)::uuid::text",
            "digest": _HASH,
            "inbox_id": _EACH,
        },
    ),
    Table(
        "ledger",
        6,
        {
            "transfer_id": _TRANSFER,
            "seq": "k",
            "recorded_at": _AT,
            "legal_at": _AT,
            "act": "'hop.received'",
            "actor": "'gateway'",
            "step": "'facility'",
            "round": "1",
            "body": "'{}'",
            "prev_hash": "''::bytea",
            "hash": _HASH,
        },
    ),
    Table(
        "payloads",
        7,
        {
            "id": _EACH,
            "digest": "''::bytea",
            "media": "'application/cloudevents+json'",
            "body": "'{}'::bytea",
        },
    ),
    Table(
        "deliveries",
        3,
        {
            "id": _EACH,
            "agency": _AGENCY,
            "kind": "'handover.offered'",
            "transfer_id": _TRANSFER,
            "step": _STEP,
            "round": "1",
            "subject": _CODE,
            "data": "'{}'",
            "state": "'delivered'",
            "created_at": _AT,
            "next_attempt_at": _AT,
            "lease_no": "1",
            "attempts": "1",
            "settled_at": _AT,
            "evidence": "'broker confirm'",
            "latency_ms": "5",
        },
    ),
    Table(
        "hops",
        3,
        {
            "transfer_id": _TRANSFER,
            "step": _STEP,
            "round": "1",
            "no": "k",
            "agency": _AGENCY,
            "state": "'completed'",
            "deliver_by": _AT,
            "receive_by": _AT,
            "deadline_at": _AT,
            "document": "'{}'::json",
        },
    ),
    Table(
        "transfers",
        1,
        {
            "id": _TRANSFER,
            "issuer": _AGENCY,
            "code": _CODE,
            "originator": _AGENCY,
            "state": "'completed'",
            "procedure": "'9.000010'",
            "procedure_version": "'2025-07-01'",
            "submitted_at": _AT,
            "ended_at": _AT,
            "deadline_at": _AT,
            "itinerary_no": "1",
            "document": "'{}'::json",
            "seq": "14",
            "head_hash": _HASH,
        },
    ),
    Table("itineraries", 1, {"transfer_id": _TRANSFER, "no": "1", "document": "'{}'::json"}),
    Table("dossiers", 1, {"issuer": _AGENCY, "code": _CODE, "first_seen": _AT}),
)


def check_disk(folder: Path) -> None:
    """Raise DiskTooSmall under 30 GB free: the load needs 10 GB, its log and sorting as much."""
    free = shutil.disk_usage(folder).free / 1e9
    if free < FREE_GB:
        raise DiskTooSmall(f"{free:.0f} GB are free in {folder}; a past needs {FREE_GB} GB")


def load_past(database_url: str, transfers: int, *, on_rows: Callable[[int], None]) -> int:
    """Replace all transfers by `transfers` finished ones, two tables at a time; return the rows.

    `on_rows` is called, from threads, with the number of rows that have come to be.
    """
    until = int(time.time()) - 86_400
    with ThreadPoolExecutor(2) as pool:
        tables = [
            pool.submit(load_table, database_url, one, transfers, until, on_rows) for one in _TABLES
        ]
    loaded = sum(table.result() for table in tables)
    _book_past(database_url)
    return loaded


def _book_past(database_url: str) -> None:
    """Let the reports' books stand at the end of the ledger: a past was booked as it happened."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            """
            UPDATE book_cursor c
            SET xid = last.xid, transfer_id = last.transfer_id, seq = last.seq
            FROM (
                SELECT xid, transfer_id, seq
                FROM ledger
                ORDER BY xid DESC, transfer_id DESC, seq DESC
                LIMIT 1
            ) last
            """
        )


def rows_of(transfers: int) -> int:
    """How many rows so many transfers come to."""
    return transfers * sum(table.rows for table in _TABLES)


def table_sizes(connection: psycopg.Connection[tuple[Any, ...]]) -> dict[str, float]:
    """Return each table's size with its indexes, in MB, largest first."""
    rows = connection.execute(
        "SELECT relname::text, pg_total_relation_size(relid) / 1e6 FROM pg_stat_user_tables"
        " WHERE pg_total_relation_size(relid) > 1e6 ORDER BY 2 DESC"
    ).fetchall()
    return {name: round(float(size), 1) for name, size in rows}


def load_table(
    database_url: str,
    table: Table,
    transfers: int,
    until: int,
    on_rows: Callable[[int], None],
    *,
    fresh: bool = True,
) -> int:
    """Load a table's rows for so many transfers; `fresh` replaces what is there."""
    options = "-c statement_timeout=0 -c timezone=UTC -c maintenance_work_mem=512MB"
    with (
        psycopg.connect(database_url, options=options, autocommit=True) as source,
        psycopg.connect(database_url, options=options) as target,
    ):
        indexes = _drop_indexes(target, table.name) if fresh else ()
        if fresh:
            target.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier(table.name)))
        loaded = 0
        into = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary, FREEZE {})").format(
            sql.Identifier(table.name),
            sql.SQL(", ").join(map(sql.Identifier, table.columns)),
            sql.SQL("true" if fresh else "false"),
        )
        query = _rows_of(table, target)
        with target.cursor().copy(into) as copy:
            for first in range(1, transfers + 1, _CHUNK):
                last = min(first + _CHUNK - 1, transfers)
                bounds = {"first": first, "last": last, "total": transfers, "until": until}
                _pour(source, query, bounds, copy, is_first=first == 1)
                loaded += (last - first + 1) * table.rows
                on_rows((last - first + 1) * table.rows)
            copy.write(_TRAILER)
        for index in indexes:
            target.execute(index.encode())
        target.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table.name)))
    return loaded


_SIGNATURE: Final = b"PGCOPY\n\xff\r\n\0"
_HEADER_LENGTH: Final = 19
_TRAILER: Final = b"\xff\xff"


def _pour(
    source: psycopg.Connection[Any],
    query: str,
    bounds: dict[str, int],
    copy: psycopg.Copy,
    *,
    is_first: bool,
) -> None:
    """Pass one chunk on; of the chunks' headers only the first one's, of the trailers none."""
    # COPY takes no parameters; these are our own integers.
    statement = f"COPY ({query % bounds}) TO STDOUT (FORMAT binary)"
    with source.cursor().copy(statement.encode()) as rows:
        for no, row in enumerate(rows):
            block = bytes(row)
            if no == 0:
                assert block.startswith(_SIGNATURE)
                if not is_first:
                    block = block[_HEADER_LENGTH:]
            if block != _TRAILER:
                copy.write(block)


def _rows_of(table: Table, target: psycopg.Connection[Any]) -> str:
    types: dict[str, str] = dict(
        target.execute(
            "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0",
            (table.name,),
        ).fetchall()
    )
    # Binary COPY converts nothing: every column has to have its very type.
    columns = ", ".join(f"({made})::{types[name]}" for name, made in table.columns.items())
    return (
        f"SELECT {columns} FROM generate_series(%(first)d, %(last)d) AS n"
        f" CROSS JOIN generate_series(1, {table.rows}) AS k"
    )


def _drop_indexes(target: psycopg.Connection[Any], table: str) -> Sequence[str]:
    """Drop a table's indexes and keys; return the statements that make them again."""
    keys = target.execute(
        "SELECT conname::text, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND contype IN ('p', 'u')",
        (table,),
    ).fetchall()
    names = [name for name, _ in keys]
    indexes = target.execute(
        "SELECT indexname::text, indexdef FROM pg_indexes"
        " WHERE tablename = %s AND NOT indexname = ANY(%s)",
        (table, names),
    ).fetchall()
    for name, _ in indexes:
        target.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    for name in names:
        target.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                sql.Identifier(table), sql.Identifier(name)
            )
        )
    again = [f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {what}' for name, what in keys]
    return [*again, *(definition for _, definition in indexes)]
