"""No question of the operators reads a grown table from end to end."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from gateway.operations.causes import Cause
from gateway.operations.questions import count, freezing, groups, listing, page
from gateway.store.sql import statement

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
GROWN = (
    "hops",
    "transfers",
    "deliveries",
    "inbox",
    "ledger",
    "attempts",
    "operator_act_items",
    "letters",
)
ASKED: dict[str, Any] = {
    "now": NOW,
    "soon": NOW + timedelta(hours=4),
    "letter_from": NOW + timedelta(days=1),
    "letter_until": NOW + timedelta(days=2),
    "at": "-infinity",
    "id": UUID(int=0),
    "step": "",
    "round": 0,
    "agency": None,
    "transfer": None,
    "reach": None,
    "agencies": None,
    "nobodys": False,
    "procedure": None,
    "failure": None,
    "since_until": None,
    "due_until": None,
    "text": None,
    "in_failures": False,
    "person": None,
    "unassigned": False,
    "act": UUID(int=1),
    "limit": 100,
    "system": None,
    "code": "H31.101-260302-0001",
    "xid": "0",
    "seq": 0,
    "scan": 5000,
}
CLOCKS = {
    **ASKED,
    "at": None,
    "since": NOW,
    "until": NOW + timedelta(days=30),
    "agencies": None,
    "transfers": None,
}

OF_A_DOSSIER = (
    "find_transfer_within",
    "read_ledger_with_head",
    "page_transfer_deliveries",
    "list_runs_of_dossier",
    "find_desk_of_transfer",
    "find_dossiers_by_code",
    "page_newest_transfers",
)
WITHIN = ("list_runs_of_dossier", "find_dossiers_by_code", "page_newest_transfers")
DOSSIER = {
    "id": UUID(int=1),
    "transfer": UUID(int=1),
    "before": UUID(int=2**128 - 1),
    "issuer": "H31.101",
    "code": "H31.101-260302-0000",
    "beyond": "H31.101-260302-0000\U0010ffff",
    "reach": ["H31.101", "H31.102"],
    "scan": 500,
    "limit": 50,
}
HANDOVER = {"transfer": UUID(int=1), "step": "a", "round": 1, "asked_at": NOW}

GROW = """
INSERT INTO transfers (id, issuer, code, originator, state, procedure, procedure_version,
    submitted_at, deadline_at, itinerary_no, document, seq, head_hash)
SELECT md5('t' || n)::uuid, 'H31.101', 'H31.101-260302-' || lpad(n::text, 6, '0'), 'H31.101',
    CASE WHEN n % 20 = 0 THEN 'open' ELSE 'completed' END, '2.000987', 'v1', now(),
    CASE WHEN n % 3 > 0 THEN timestamptz '2026-03-02' + n * interval '1 minute' END, 1, '{}', 1, ''
FROM generate_series(1, 20000) n;
INSERT INTO itineraries (transfer_id, no, document) SELECT id, 1, '{}' FROM transfers;
INSERT INTO hops (transfer_id, step, round, no, agency, state, deadline_at, document)
SELECT md5('t' || n)::uuid, 'step-' || s, 1, s, 'H31.' || (100 + n % 100),
    CASE WHEN n % 20 > 0 THEN 'completed' WHEN s = 2 THEN 'received' ELSE 'planned' END,
    timestamptz '2026-03-02' + n * interval '1 minute', '{}'
FROM generate_series(1, 20000) n, generate_series(1, 3) s;
INSERT INTO deliveries (id, agency, kind, transfer_id, step, round, data, state, created_at,
    next_attempt_at)
SELECT md5('d' || n)::uuid, 'H31.' || (100 + n % 100), 'handover.offered', md5('t' || n)::uuid,
    'step-2', 1, '{}', 'delivered', now(), now()
FROM generate_series(1, 20000) n;
INSERT INTO attempts (delivery_id, lease_no, ended_at, outcome, code)
SELECT md5('d' || n)::uuid, 1, now(), 'unreachable', 'timeout'
FROM generate_series(1, 20000) n;
INSERT INTO inbox (id, recorded_at, road, agency, verdict, answer, size, digest)
SELECT md5('i' || n)::uuid, now(), 'http', 'H31.101', 'accepted', '{}', 2, ''
FROM generate_series(1, 20000) n;
INSERT INTO ledger (transfer_id, seq, recorded_at, legal_at, act, actor, body, prev_hash, hash)
SELECT md5('t' || n)::uuid, 1, now(), now(), 'transfer.submitted', 'gateway', '{}', '', ''
FROM generate_series(1, 20000) n;
INSERT INTO operator_act_items (act_id, no)
SELECT md5('a' || n % 50)::uuid, n
FROM generate_series(1, 20000) n;
INSERT INTO letters (id, issuer, code, transfer_id, seq, issued_at, issued_by, due_at, new_date,
    cause, party, form, digest, document)
SELECT md5('l' || n)::uuid, 'H31.101', 'H31.101-260302-' || lpad(n::text, 6, '0'),
    md5('t' || n)::uuid, 1, now(), 'x', now(), now() + interval '1 day', 'plan',
    'law', '04', '', '{}'
FROM generate_series(1, 20000) n
WHERE n % 2 = 0;
ANALYZE;
"""


@pytest.fixture
def grown(database_url: str) -> Any:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(GROW)
        yield connection


def _scanned(node: dict[str, Any]) -> set[str]:
    """Every table that a plan reads from end to end."""
    found = {node["Relation Name"]} if node["Node Type"] == "Seq Scan" else set()
    for below in node.get("Plans", ()):
        found |= _scanned(below)
    return found


def _plan(connection: psycopg.Connection, query: bytes, asked: Any) -> dict[str, Any]:
    row = connection.execute(b"EXPLAIN (FORMAT JSON) " + query, asked).fetchone()
    assert row is not None
    plan: dict[str, Any] = row[0][0]["Plan"]
    return plan


FILTERS: tuple[dict[str, Any], ...] = (
    {},
    {"text": "%260302-00%", "since_until": NOW, "due_until": NOW},
    {"agencies": ["H31.101", "H31.102"], "reach": ["H31.101"], "procedure": "2.000987"},
    {"failure": "timeout", "person": "lan"},
    {"unassigned": True},
)


def test_no_question_of_what_is_stuck_reads_a_whole_table(grown: psycopg.Connection) -> None:
    for cause in Cause:
        for ask, limit in ((page, 100), (count, 10_001), (groups, 100_000)):
            for wanted in FILTERS:
                plan = _plan(grown, ask(cause), {**ASKED, **wanted, "limit": limit})

                assert _scanned(plan).isdisjoint(GROWN), (cause, ask.__name__, wanted)


def test_asking_what_holds_one_transfer_reads_no_whole_table(grown: psycopg.Connection) -> None:
    plan = _plan(grown, listing(Cause), {**ASKED, "transfer": UUID(int=1), "reach": ["H31.101"]})

    assert _scanned(plan).isdisjoint(GROWN)


def test_freezing_what_is_stuck_reads_no_whole_table(grown: psycopg.Connection) -> None:
    plan = _plan(grown, freezing(Cause), {**ASKED, "limit": 10_000})

    assert _scanned(plan).isdisjoint(GROWN)


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("list_transfer_deliveries", (UUID(int=1),)),
        ("list_transfer_ledger", (UUID(int=1),)),
        ("list_hops", (UUID(int=1),)),
        ("list_attempts", ([UUID(int=1)],)),
        ("find_transfer", {**ASKED, "agency": "H31.101"}),
        ("list_transfers_of_dossier", {**ASKED, "agency": "H31.101"}),
        ("read_events", {**ASKED, "agency": "H31.101", "transfer": UUID(int=0)}),
        ("find_mailbox_delivery", {**ASKED, "agency": "H31.101"}),
        ("claim_mailbox_deliveries", {"agency": "H31.101", "limit": 10, "lease": 30, "live": True}),
        ("find_ready_mailboxes", (["H31.101", "H31.102"],)),
        ("retry_handover", HANDOVER),
        ("find_handover_delivered_since", HANDOVER),
        ("list_act_items", {"act": UUID(int=1), "after": 0, "limit": 100, "outcome": None}),
        ("list_agencies_of_act", {"act": UUID(int=1), "of_messages": True}),
        ("find_operator_act", (UUID(int=1),)),
        ("find_letter", {"issuer": "H31.101", "code": "H31.101-260302-0001"}),
        ("find_latest_deadline", None),
        ("list_clocks_of_hops", CLOCKS),
        ("list_clocks_of_transfers", CLOCKS),
        ("wake_for_calendar", {"now": NOW}),
        ("list_letters", {"before": UUID(int=2**128 - 1), "limit": 100}),
        *((name, DOSSIER) for name in OF_A_DOSSIER),
        *((name, {**DOSSIER, "reach": None}) for name in WITHIN),
    ],
)
def test_no_other_question_does_either(grown: psycopg.Connection, name: str, asked: Any) -> None:
    scanned = _scanned(_plan(grown, statement(name), asked))

    assert scanned.isdisjoint(GROWN), scanned
