"""Whatever is asked of the audit, no table of it is read from end to end.

The statements are planned for what is asked (gateway/operations/trail.py), so they are explained
with it.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg

from gateway.store.sql import statement

GROWN = {"audit", "operator_acts", "operator_act_items", "document_accesses", "trail_agencies"}
GROW = """
INSERT INTO audit (id, actor, act, subject)
SELECT (lpad(to_hex(n), 8, '0') || '-0000-7000-8000-000000000000')::uuid, 'p' || n % 500,
    'a' || n % 500, 'H31.' || n % 500
FROM generate_series(1, 40000) n;
INSERT INTO operator_acts (id, actor, act, reason, total)
SELECT (lpad(to_hex(n), 8, '0') || '-0000-7000-8000-000000000001')::uuid, 'p' || n % 500,
    'a' || n % 500, 'why', 1
FROM generate_series(1, 40000) n;
INSERT INTO operator_act_items (act_id, no, transfer_id)
SELECT id, 1, md5(id::text)::uuid FROM operator_acts;
INSERT INTO document_accesses (id, at, act, actor, sha256)
SELECT md5('a' || n)::uuid, now(), CASE n % 500 WHEN 0 THEN 'shown' ELSE 'served' END, 'client', ''
FROM generate_series(1, 40000) n;
INSERT INTO trail_agencies (agency, id) SELECT subject, id FROM audit;
INSERT INTO trail_agencies (agency, id)
SELECT 'H31.' || row_number() OVER () % 500, id FROM operator_acts;
"""
ANYTHING: dict[str, Any] = {
    "before": UUID(int=2**128 - 1),
    "floor": UUID(int=0),
    "ceiling": UUID(int=2**128 - 1),
    "since": None,
    "until": None,
    "actor": None,
    "acts": None,
    "acts_on_dossiers": None,
    "shown": True,
    "subjects": None,
    "transfers": [],
    "agencies": None,
    "limit": 51,
}
DAY = datetime(2026, 3, 2, tzinfo=UTC)
ASKED: dict[str, dict[str, Any]] = {
    "everything": {},
    "a person": {"actor": "p7"},
    "an act": {"acts": ["a7"], "acts_on_dossiers": [], "shown": False},
    "an act on dossiers": {"acts": [], "acts_on_dossiers": ["a7"], "shown": False},
    "an agency": {"agencies": ["H31.7"]},
    "a district": {"agencies": [f"H31.{no}" for no in range(20)]},
    "a district's person": {"agencies": [f"H31.{no}" for no in range(20)], "actor": "p7"},
    "somebody": {"subjects": ["H31.7"]},
    "a dossier": {"subjects": ["x"], "transfers": [UUID(int=7)]},
    "a day": {
        "since": DAY,
        "floor": UUID(int=20000 << 96),
        "until": DAY,
        "ceiling": UUID(int=20100 << 96),
    },
}


def scans(plan: dict[str, Any]) -> Iterator[str]:
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for below in plan.get("Plans", ()):
        yield from scans(below)


def test_no_table_of_it_is_read_from_end_to_end(database_url: str) -> None:
    read: dict[str, str] = {}
    with psycopg.connect(database_url) as connection:
        connection.execute(GROW.encode())
        connection.execute("ANALYZE")
        cursor = psycopg.ClientCursor(connection)
        for name, some in ASKED.items():
            asked = {**ANYTHING, **some}
            query = statement("list_trail" if asked["agencies"] is None else "list_trail_within")
            cursor.execute(b"EXPLAIN (FORMAT JSON) " + query, asked)
            row = cursor.fetchone()
            assert row is not None
            plan = row[0][0]["Plan"]
            if set(scans(plan)) & GROWN:
                read[name] = json.dumps(plan, indent=1)

    assert read == {}
