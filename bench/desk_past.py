"""What lies in a grown store beside what is open: finished transfers, and the trails of years.

Per finished transfer ten rows in every table that grows with the traffic and that some list of the
console reads: hops, deliveries, attempts, ledger, inbox, and what bulk acts were on; as many
entries in the audit. Documents and bodies are a few bytes; ids, states, instants and every index
are as they would be. Loaded by COPY, two tables at a time, on a server that writes no log
meanwhile.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final

import psycopg

from bench.past import Table, load_table
from bench.stage import Stage

EACH: Final = 10
"""Rows of a finished transfer in each table that grows with the traffic."""
_ACTS: Final = 100
"""Items of one bulk act."""

_ID: Final = "(lpad(to_hex(n), 12, '0') || '70008' || lpad(to_hex(0 + {k}), 15, '0'))::uuid"
_AGENCY: Final = "'H31.' || (101 + n %% 104)"
_TURN: Final = "'H31.' || (101 + (n + k) %% 104)"
_CODE: Final = (
    f"{_AGENCY} || '-26' || lpad((n %% 10000)::text, 4, '0') || '-' || lpad(n::text, 8, '0')"
)
_AT: Final = "to_timestamp(%(until)d - (%(total)d - n) * 20::bigint)"
_TRANSFER: Final = _ID.format(k="0")
_EVERY: Final = _ID.format(k="k")
_HASH: Final = "decode(lpad(to_hex(n * 16::bigint + k), 64, '0'), 'hex')"
_ACT: Final = (
    "(ARRAY['hop.dispatched', 'hop.delivered', 'hop.received', 'hop.completed'])[1 + k %% 4]"
)

_PER_TRANSFER: Final = (
    Table(
        "deliveries",
        EACH,
        {
            "id": _EVERY,
            "agency": _TURN,
            "kind": "'handover.offered'",
            "transfer_id": _TRANSFER,
            "step": "'step-' || k",
            "round": "1",
            "subject": _CODE,
            "data": "'{}'",
            "state": "'delivered'",
            "created_at": _AT,
            "next_attempt_at": _AT,
            "lease_no": "1",
            "attempts": "1",
            "settled_at": _AT,
        },
    ),
    Table(
        "ledger",
        EACH,
        {
            "transfer_id": _TRANSFER,
            "seq": "k",
            "recorded_at": _AT,
            "legal_at": _AT,
            "act": _ACT,
            "actor": f"'agency:' || {_TURN}",
            "step": "'step-' || k",
            "round": "1",
            "body": "'{}'",
            "prev_hash": "''::bytea",
            "hash": _HASH,
        },
    ),
    Table(
        "hops",
        EACH,
        {
            "transfer_id": _TRANSFER,
            "step": "'step-' || k",
            "round": "1",
            "no": "k",
            "agency": _TURN,
            "state": "'completed'",
            "deliver_by": _AT,
            "receive_by": _AT,
            "deadline_at": _AT,
            "document": "'{}'::json",
        },
    ),
    Table(
        "inbox",
        EACH,
        {
            "id": _EVERY,
            "recorded_at": _AT,
            "road": "'amqp'",
            "agency": _TURN,
            "message_id": "md5(n || '-' || k)::uuid::text",
            "kind": "'hop.received'",
            "transfer_id": _TRANSFER,
            "verdict": "'accepted'",
            "answer": "'{}'",
            "size": "2048",
            "digest": _HASH,
        },
    ),
    Table(
        "audit",
        EACH,
        {
            "id": _EVERY,
            "at": _AT,
            "actor": "'operator:person:person-' || lpad(((n + k) %% 2000)::text, 5, '0')",
            "act": "(ARRAY['endpoint.changed', 'person.role-given', 'client.renewed'])[1 + k %% 3]",
            "subject": _TURN,
            "reason": "'as agreed'",
        },
    ),
    Table(
        "attempts",
        EACH,
        {
            "delivery_id": _EVERY,
            "lease_no": "1",
            "ended_at": _AT,
            "outcome": "'delivered'",
            "code": "'confirmed'",
            "latency_ms": "5",
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
            "procedure": "'2.000987'",
            "procedure_version": "'2025-07-01'",
            "submitted_at": _AT,
            "ended_at": _AT,
            "deadline_at": _AT,
            "itinerary_no": "1",
            "document": "'{}'::json",
            "seq": "14",
            "head_hash": "''::bytea",
        },
    ),
)
_PER_ACT: Final = (
    Table(
        "operator_act_items",
        _ACTS,
        {
            "act_id": _TRANSFER,
            "no": "k",
            "transfer_id": "(lpad(to_hex(n * 100::bigint + k), 12, '0')"
            " || '70008000000000000000')::uuid",
            "step": "'step-1'",
            "round": "1",
            "outcome": "'done'",
            "detail": "'the same hand-over goes out again'",
        },
    ),
    Table(
        "operator_acts",
        1,
        {
            "id": _TRANSFER,
            "at": _AT,
            "actor": "'operator:person:person-' || lpad((n %% 2000)::text, 5, '0')",
            "act": "'retry'",
            "reason": "'it is back'",
            "state": "'done'",
            "total": str(_ACTS),
            "finished_at": _AT,
        },
    ),
)

_PEOPLE: Final = """
TRUNCATE people, alarms, dossier_books, turn_books, itineraries CASCADE;
INSERT INTO people (id, name, display_name, must_change)
SELECT md5('person' || n)::uuid, 'person-' || lpad(n::text, 5, '0'), 'Trần Văn Mẫu ' || n, false
FROM generate_series(0, 1999) n;
INSERT INTO person_roles (person_id, role, scope)
SELECT id, (ARRAY['viewer', 'operator', 'supervisor', 'auditor'])[1 + (hashtext(name) & 3)], 'H31.' || (101 + abs(hashtext(name) % 104))
FROM people WHERE name LIKE 'person-%';
INSERT INTO sessions (id, token_hash, person_id, opened_at, seen_at, expires_at, ended_at, ended_by)
SELECT md5('session' || n)::uuid, sha256(n::text::bytea), md5('person' || n % 2000)::uuid, a.at, a.at, a.at, a.at, 'signed-out'
FROM generate_series(1, {sessions}) n CROSS JOIN LATERAL (SELECT now() - n * interval '1 minute' AS at) a;
INSERT INTO proposals (id, kind, subject, agencies, reason, proposed_by, proposed_at, expires_at, state, decided_by, decided_at)
SELECT md5('proposal' || n)::uuid, 'stop-transfers', n::text, '{{}}', 'as agreed', md5('person' || n % 2000)::uuid, a.at, a.at, 'approved',
    md5('person' || (n + 1) % 2000)::uuid, a.at
FROM generate_series(1, {proposals}) n CROSS JOIN LATERAL (SELECT now() - n * interval '10 minutes' AS at) a;
INSERT INTO alarms (id, kind, subject, cleared_at)
SELECT md5('alarm' || n)::uuid, 'endpoint-failing', 'H31.' || (101 + n % 104), now()
FROM generate_series(1, {alarms}) n;
INSERT INTO dossier_books (grain, starts, agency, procedure, online, in_person, early, on_time, late, met, missed)
SELECT g.grain, g.starts, 'H31.' || (101 + a), '2.0009' || lpad(p::text, 2, '0'), sum(2), sum(1), sum(1), sum(1), sum(d % 20 / 19),
    sum(2), sum(d % 20 / 19)
FROM generate_series(0, 103) a CROSS JOIN generate_series(0, 19) p CROSS JOIN generate_series(0, {days}) d
CROSS JOIN LATERAL (SELECT current_date - d AS day) e
CROSS JOIN LATERAL (VALUES ('day', e.day), ('month', date_trunc('month', e.day)::date), ('year', date_trunc('year', e.day)::date))
    AS g (grain, starts)
GROUP BY 1, 2, 3, 4;
INSERT INTO turn_books (grain, starts, agency, procedure, step, bucket, turns, late, elapsed, measured, worked, budgeted, used)
SELECT g.grain, g.starts, 'H31.' || (101 + a), '2.0009' || lpad(p::text, 2, '0'), 'step-' || k, 1, sum(3), sum(d % 20 / 19),
    sum(90000), sum(3), sum(30000), sum(3), sum(240)
FROM generate_series(0, 103) a CROSS JOIN generate_series(0, 19) p CROSS JOIN generate_series(1, 3) k CROSS JOIN generate_series(0, {days}) d
CROSS JOIN LATERAL (SELECT current_date - d AS day) e
CROSS JOIN LATERAL (VALUES ('day', e.day), ('month', date_trunc('month', e.day)::date), ('year', date_trunc('year', e.day)::date))
    AS g (grain, starts)
GROUP BY 1, 2, 3, 4, 5;
UPDATE book_cursor c SET xid = l.xid, transfer_id = l.transfer_id, seq = l.seq
FROM (SELECT xid, transfer_id, seq FROM ledger ORDER BY xid DESC, transfer_id DESC, seq DESC LIMIT 1) l;
"""  # noqa: E501


def rows_of_past(transfers: int) -> int:
    """How many rows so many finished transfers come to, people and books aside."""
    per_act = sum(table.rows for table in _PER_ACT)
    return transfers * sum(table.rows for table in _PER_TRANSFER) + _acts(transfers) * per_act


def _acts(transfers: int) -> int:
    return max(1, transfers * EACH // _ACTS)


async def load_past(stage: Stage, transfers: int, on_rows: Callable[[int], None]) -> None:
    """Load so many finished transfers and all that lies beside them."""
    until = int(time.time()) - 86_400
    url = stage.database_url
    with ThreadPoolExecutor(2) as pool:
        loading = [
            pool.submit(load_table, url, table, count, until, on_rows)
            for tables, count in ((_PER_TRANSFER, transfers), (_PER_ACT, _acts(transfers)))
            for table in tables
        ]
        await asyncio.gather(*map(asyncio.wrap_future, loading))
    await asyncio.to_thread(_load_people, stage, transfers)


def _load_people(stage: Stage, transfers: int) -> None:
    """Load the small ones: people, their sessions and proposals, past alarms, the books."""
    sizes = {
        "sessions": max(1, transfers // 5),
        "proposals": max(1, transfers // 20),
        "alarms": max(1, transfers // 5),
        "days": 365 if transfers >= 100_000 else 2,
    }
    with stage.connect() as connection, connection.transaction():
        connection.execute(_PEOPLE.format(**sizes).encode())


@contextmanager
def without_log(stage: Stage) -> Iterator[None]:
    """Let the server write no write-ahead log during the block: what fails is loaded anew."""
    for_now = {"wal_level": "minimal", "max_wal_senders": "0", "fsync": "off"}
    _alter(stage, [f"SET {name} = '{value}'" for name, value in for_now.items()])
    try:
        yield
    finally:
        _alter(stage, [f"RESET {name}" for name in for_now])


def _alter(stage: Stage, settings: list[str]) -> None:
    with psycopg.connect(stage.servers.postgres.url, autocommit=True) as connection:
        for one in settings:
            connection.execute(f"ALTER SYSTEM {one}".encode())
    stage.servers.postgres.restart()
