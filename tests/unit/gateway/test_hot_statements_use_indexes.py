"""What every message and every second asks reads no grown table from end to end.

Asked of generic plans, which is what prepared statements come to, on tables with tens of thousands
of rows of which few are due: the planner chooses freely.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from psycopg._queries import PostgresQuery

from gateway.store.sql import statement

GROWN = frozenset(
    {"deliveries", "transfers", "message_keys", "inbox", "hops", "payloads", "ledger"}
    | {"documents", "document_holders", "document_references", "document_uploads"}
    | {"document_fetches", "document_accesses"}
    | {"sessions", "sign_in_tries", "spent_rounds"}
)
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SOME = [UUID(int=number) for number in range(50)]

GROW = """
INSERT INTO endpoints (agency, connector)
SELECT 'H31.' || (100 + n), 'amqp' FROM generate_series(1, 100) n;
INSERT INTO transfers (id, issuer, code, originator, state, procedure, procedure_version,
    submitted_at, next_timer_at, itinerary_no, document, seq, head_hash)
SELECT md5('t' || n)::uuid, 'H31.101', 'H31.101-260302-' || lpad(n::text, 6, '0'), 'H31.101',
    CASE WHEN n % 10 = 0 THEN 'open' ELSE 'completed' END, '2.000987', 'v1', now(),
    CASE WHEN n % 10 = 0 THEN timestamptz '2026-03-02' + n * interval '1 minute' END, 1, '{}', 1, ''
FROM generate_series(1, 20000) n;
INSERT INTO itineraries (transfer_id, no, document) SELECT id, 1, '{}' FROM transfers;
INSERT INTO hops (transfer_id, step, round, no, agency, state, document)
SELECT md5('t' || n)::uuid, 'step', 1, 1, 'H31.' || (100 + n % 100), 'completed', '{}'
FROM generate_series(1, 20000) n;
INSERT INTO deliveries (id, agency, kind, transfer_id, step, round, data, state, created_at,
    next_attempt_at)
SELECT md5('d' || n)::uuid, 'H31.' || (100 + n % 100), 'handover.offered', md5('t' || n)::uuid,
    'step', 1, '{}', CASE WHEN n % 50 = 0 THEN 'pending' ELSE 'delivered' END, now(), now()
FROM generate_series(1, 20000) n;
INSERT INTO inbox (id, recorded_at, road, agency, message_id, verdict, answer, size, digest)
SELECT md5('i' || n)::uuid, now(), 'http', 'H31.101', 'm' || n, 'accepted', '{}', 2, ''
FROM generate_series(1, 20000) n;
INSERT INTO payloads (id, digest, media, body)
SELECT md5('i' || n)::uuid, '', 'application/json', '' FROM generate_series(1, 20000) n;
INSERT INTO message_keys (agency, message_id, digest, inbox_id)
SELECT 'H31.101', 'm' || n, '', md5('i' || n)::uuid FROM generate_series(1, 20000) n;
INSERT INTO ledger (transfer_id, seq, recorded_at, legal_at, act, actor, body, prev_hash, hash, xid)
SELECT md5('t' || n)::uuid, k, now(), now(),
    (ARRAY['transfer.submitted', 'hop.dispatched', 'hop.completed', 'transfer.completed'])[k],
    'gateway', '{"facts": {}}', '', '', ((n * 4 + k) / 500)::text::xid8
FROM generate_series(1, 20000) n, generate_series(1, 4) k;
INSERT INTO documents (sha256, blob, size, media_type, state, sealed_key, stored_at, touched_at)
SELECT sha256(n::text::bytea), md5('b' || n)::uuid, 1, 'application/pdf', 'kept', '', now(), now()
FROM generate_series(1, 20000) n;
INSERT INTO document_holders (sha256, agency, since)
SELECT sha256(n::text::bytea), 'H31.' || (100 + n % 100), now() FROM generate_series(1, 20000) n;
INSERT INTO document_references (transfer_id, sha256, agency, cause, size, since)
SELECT md5('t' || n)::uuid, sha256(n::text::bytea), 'H31.101', md5('i' || n)::uuid, 1, now()
FROM generate_series(1, 20000) n;
INSERT INTO document_fetches (agency, sha256, reached, fetched_at)
SELECT 'H31.' || (100 + n % 100), sha256(n::text::bytea), 1, now() FROM generate_series(1, 20000) n;
INSERT INTO document_uploads (id, agency, sha256, size, media_type, received, key_id, state,
    created_at, expires_at, ended_at, tidied_at)
SELECT md5('b' || n)::uuid, 'H31.' || (100 + n % 100), sha256(n::text::bytea), 1, 'application/pdf',
    1, 'a', CASE WHEN n % 100 = 0 THEN 'open' ELSE 'complete' END, now(), now(),
    CASE WHEN n % 100 <> 0 THEN now() END, CASE WHEN n % 100 <> 0 THEN now() END
FROM generate_series(1, 20000) n;
INSERT INTO document_accesses (id, at, act, actor, sha256)
SELECT md5('a' || n)::uuid, now(), 'served', 'client', sha256(n::text::bytea)
FROM generate_series(1, 20000) n;
INSERT INTO people (id, name, display_name, must_change)
SELECT md5('p' || n)::uuid, 'p' || n, 'P', false FROM generate_series(1, 2000) n;
INSERT INTO sessions (id, token_hash, person_id, opened_at, seen_at, expires_at)
SELECT md5('s' || n)::uuid, sha256(n::text::bytea), md5('p' || (1 + n % 2000))::uuid, now(), now(),
    now() - n * interval '10 minutes'
FROM generate_series(1, 20000) n;
INSERT INTO sign_in_tries (key, failures, tried_at, free_at)
SELECT sha256(n::text::bytea), 1, now() - n * interval '10 seconds', now()
FROM generate_series(1, 20000) n;
INSERT INTO spent_rounds (state_hash, spent_at)
SELECT sha256(n::text::bytea), now() - n * interval '1 second' FROM generate_series(1, 20000) n;
ANALYZE;
"""

CLAIM = {"each": 250, "busy": [], "queue": True, "callers": ["webhook"], "most": 500, "lease": 30.0}
KEYS = [{"agency": "H31.101", "message_id": f"m{n}"} for n in range(50)]
OUTCOMES = [
    {"id": str(id_), "lease_no": 1, "state": state, "wait": 1.0}
    for id_, state in zip(SOME, ["delivered", "pending"] * 25, strict=True)
]
TOUCH = {"agencies": ["H31.101", "H31.102"], "after": SOME[0], "limit": 500, "now": NOW}

DIGEST = sha256(b"1").digest()
ASKED = json.dumps([{"agency": "H31.101", "sha256": "\\x" + DIGEST.hex()}])
HELD = [{"no": 0, "agency": "H31.101", "sha256": "\\x" + DIGEST.hex(), "as_of": NOW.isoformat()}]
OWN = {"agency": "H31.101", "sha256": DIGEST}

BOOKED = {"xid": "150", "transfer": SOME[0], "seq": 1}
BOOKING = {
    **BOOKED,
    "to_xid": "155",
    "to_transfer": SOME[1],
    "to_seq": 2,
    "left_out": ["Z99"],
}

BOARD = {"agency": "H31.101", "now": NOW, "since": NOW, "reasons": [], "open": 120, "ended": 60}

HOT: dict[str, Any] = {
    "claim_due_deliveries": CLAIM,
    "settle_deliveries": (json.dumps(OUTCOMES),),
    "claim_due_transfers": (NOW, 100),
    "lock_transfers": (SOME,),
    "load_transfers": (SOME,),
    "find_message_keys": (json.dumps(KEYS),),
    "find_open_transfers": (json.dumps([{"issuer": "H31.101", "code": "x"}] * 50),),
    "load_payloads": (SOME,),
    "find_posts_behind": {"delivery": SOME[0], "agency": "H31.101"},
    "withdraw_deliveries": (
        json.dumps([{"transfer_id": str(SOME[0]), "step": "step", "round": 1}]),
    ),
    "look_for_stillness": (),
    "claim_outage_sweep": {"now": NOW},
    "touch_transfers_of_agencies": TOUCH,
    "touch_open_transfers": TOUCH,
    "find_book_edge": {**BOOKED, "scan": 5000},
    "read_book_cursor": (),
    "find_documents": {"asked": ASKED, "since": NOW},
    "share_documents": ([DIGEST],),
    "list_document_references": (SOME,),
    "list_held_documents": (json.dumps(HELD),),
    "find_held_upload": OWN,
    "sum_document_holdings": OWN,
    "expire_document_uploads": {"now": NOW, "limit": 200},
    "list_untidy_uploads": {"limit": 200},
    "lock_old_documents": {"after": b"", "untouched_since": NOW, "limit": 200},
    "list_purging_documents": {"limit": 200},
    "claim_quarantined_document": {"lease": 900.0},
    "take_census": {"most": 1001},
    "show_work_of_agency": {"agency": "H31.101", "now": NOW, "most": 5001, "listed": 8},
    "count_turns_of_agencies": {"agencies": ["H31.101", "H31.102"], "most": 1001},
    "list_board_rows": BOARD,
    "prune_sessions": {"kept": timedelta(days=90), "limit": 500},
    "prune_sign_in_tries": {"limit": 500},
    "prune_spent_rounds": {"limit": 500},
    "prune_document_uploads": {"before": NOW - timedelta(days=90), "limit": 500},
}


@pytest.fixture
def grown(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(GROW)
        connection.execute("SET plan_cache_mode = force_generic_plan")
        connection.execute("SET jit = off")
        yield connection


def plan_of(connection: psycopg.Connection, name: str, asked: Any) -> dict[str, Any]:
    """Return the plan of a statement (a generic one, unless told), as EXPLAIN tells it."""
    query = statement(name)
    converted = PostgresQuery(psycopg.adapt.Transformer(connection))
    converted.convert(query, asked or None)
    values = (
        [asked[one] for one in dict.fromkeys(re.findall(r"%\((\w+)\)s", query.decode()))]
        if isinstance(asked, dict)
        else list(asked)
    )
    connection.execute(b"PREPARE hot AS " + converted.query)
    called = (
        sql.SQL("EXECUTE hot ({})").format(sql.SQL(", ").join(map(sql.Literal, values)))
        if values
        else sql.SQL("EXECUTE hot")
    )
    row = connection.execute(sql.SQL("EXPLAIN (FORMAT JSON) ") + called).fetchone()
    connection.execute("DEALLOCATE hot")
    assert row is not None
    plan: dict[str, Any] = row[0][0]["Plan"]
    return plan


def read_whole(node: dict[str, Any]) -> set[str]:
    """Every table that a plan reads from end to end."""
    found = {node["Relation Name"]} if node["Node Type"] == "Seq Scan" else set()
    for below in node.get("Plans", ()):
        found |= read_whole(below)
    return found


def test_no_hot_statement_reads_a_grown_table_from_end_to_end(grown: psycopg.Connection) -> None:
    whole = {name: read_whole(plan_of(grown, name, asked)) & GROWN for name, asked in HOT.items()}
    assert {name: tables for name, tables in whole.items() if tables} == {}

    grown.execute("UPDATE deliveries SET state = 'pending'")  # a backlog of everything
    grown.execute("ANALYZE deliveries")

    for name in ("claim_due_deliveries", "settle_deliveries"):
        assert not read_whole(plan_of(grown, name, HOT[name])) & GROWN, name


@pytest.mark.parametrize("name", ["book_dossiers", "book_turns", "book_traffic"])
def test_booking_reads_no_more_of_the_ledger_than_it_books(
    name: str, grown: psycopg.Connection
) -> None:
    grown.execute("SET plan_cache_mode = force_custom_plan")  # as the pool does

    assert "ledger" not in read_whole(plan_of(grown, name, BOOKING))
