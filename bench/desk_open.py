"""What is open in a grown store, and what of it is stuck: at 40 agencies, with eight failures.

Of ten that are stuck four are not handed over, two not received, two overdue, one undeliverable,
one refused or without an agency. Each is a transfer as the gateway itself writes one: opened,
handed over and received by the code that does so for everybody, then copied with its id, its code
and its agency put in. Its instants in columns are those that make it stuck; in documents they are
the template's. Nothing of it falls due by itself for a month, and nobody sends it: it stays stuck.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson
import psycopg

from bench.dossiers import Commune
from bench.plan import PROCEDURE
from gateway.commit.live import Live
from gateway.ids import new_id
from gateway.rulebook import Rulebook
from routing.lifecycle.fold import fold, open_transfer
from routing.lifecycle.model import Context, Delivered, Folded, Said, Transfer
from schemas.kinds import Kind
from schemas.registry import REGISTRY

_ID: Final = UUID("0195b0c4-7c00-7000-8000-0123456789ab")
_CODE: Final = "H00.00-000000-00000"

_MADE: Final = """
CREATE TEMP TABLE made AS
SELECT n, (lpad(to_hex(16 + n), 12, '0') || '70009' || lpad(to_hex(n), 15, '0'))::uuid AS id,
    'H31.' || (101 + n %% 104) || '-261125-' || lpad(n::text, 8, '0') AS code,
    CASE WHEN n > %(stuck)s THEN 'well'
        ELSE (ARRAY['undelivered', 'undelivered', 'undelivered', 'undelivered', 'no-receipt', 'no-receipt',
            'overdue', 'overdue', 'undeliverable', 'waiting'])[1 + n %% 10] END AS what,
    'H31.' || (101 + (n / 10) %% 40) AS agency,
    (ARRAY['timeout', 'http-503', 'connect-refused', 'tls', 'http-500', 'dns', 'cut', 'http-429'])[1 + (n / 400) %% 8] AS failure,
    now() - n * interval '2 seconds' AS at
FROM generate_series(1, %(open)s) n;
ALTER TABLE made ADD COLUMN stage text;
UPDATE made SET stage = CASE WHEN what IN ('undelivered', 'undeliverable', 'waiting') THEN 'dispatching'
    WHEN what = 'no-receipt' THEN 'delivered' ELSE 'received' END;
CREATE TEMP TABLE template (stage text, part text, no integer, step text, state text, agency text, document text);
"""  # noqa: E501
_FILLED: Final = """
replace(replace(replace(p.document, %(id)s, m.id::text), %(code)s, m.code), '"' || %(commune)s || '"', '"' || m.agency || '"')
"""  # noqa: E501
_OPEN: Final = """
INSERT INTO transfers (id, issuer, code, originator, state, procedure, procedure_version, submitted_at, deadline_at,
    next_timer_at, itinerary_no, document, seq, head_hash)
SELECT m.id, 'H31.' || (101 + n %% 104), m.code, m.agency, 'open', '2.00098' || n %% 10, '2025-07-01', at - interval '1 day',
    now() + interval '5 days', now() + interval '30 days', 1, FILLED::json, 5, ''
FROM made m JOIN template p ON p.stage = m.stage AND p.part = 'transfer';
INSERT INTO itineraries (transfer_id, no, document)
SELECT m.id, 1, FILLED::json
FROM made m JOIN template p ON p.stage = m.stage AND p.part = 'itinerary';
INSERT INTO hops (transfer_id, step, round, no, agency, state, deliver_by, receive_by, deadline_at, document)
SELECT m.id, p.step, 1, p.no,
    CASE WHEN p.no <> 1 THEN nullif(p.agency, %(commune)s) WHEN what = 'waiting' AND n %% 20 < 10 THEN NULL ELSE m.agency END,
    CASE WHEN p.no <> 1 OR what <> 'waiting' THEN p.state WHEN n %% 20 < 10 THEN 'planned' ELSE 'refused' END,
    CASE WHEN p.no = 1 AND what IN ('undelivered', 'undeliverable') THEN at END,
    CASE WHEN p.no = 1 AND what = 'no-receipt' THEN at END,
    CASE WHEN p.no = 1 THEN CASE what WHEN 'overdue' THEN at WHEN 'well' THEN now() + interval '3 days' END END,
    CASE WHEN p.no = 1 AND what = 'waiting' THEN ((FILLED)::jsonb || CASE WHEN n %% 20 < 10
            THEN '{"state": "planned", "stuck": true, "failure": {"kind": "ambiguous", "step": "commune-review"}}'
            ELSE '{"state": "refused", "refusal": {"reason": "incomplete", "at": "2026-11-24T02:00:00Z"}}' END::jsonb)::json
        ELSE FILLED::json END
FROM made m JOIN template p ON p.stage = m.stage AND p.part = 'hop';
INSERT INTO deliveries (id, agency, kind, transfer_id, step, round, data, state, created_at, next_attempt_at, lease_no,
    attempts, settled_at, failure_code)
SELECT (lpad(to_hex(16 + n), 12, '0') || '70009' || lpad(to_hex(n + (1::bigint << 40)), 15, '0'))::uuid, agency,
    'handover.offered', id, %(step)s, 1, '{}',
    CASE what WHEN 'undelivered' THEN 'pending' WHEN 'undeliverable' THEN 'failed' ELSE 'delivered' END,
    at, now() + interval '30 days', 3, 3, CASE WHEN what <> 'undelivered' THEN at END,
    CASE WHEN what LIKE 'undeliver%%' THEN failure END
FROM made
WHERE what <> 'waiting';
INSERT INTO ledger (transfer_id, seq, recorded_at, legal_at, act, actor, step, round, body, prev_hash, hash)
SELECT id, k, at, at, (ARRAY['transfer.submitted', 'hop.dispatched', 'hop.delivered', 'hop.received', 'clock.warned'])[k],
    'agency:' || agency, %(step)s, 1, '{}', '', sha256((n * 10 + k)::text::bytea)
FROM made CROSS JOIN generate_series(1, 5) k;
UPDATE endpoints SET breaker = 'open', breaker_until = now() + interval '30 days'
WHERE agency IN (SELECT agency FROM made WHERE n < 100);
UPDATE book_cursor c SET xid = l.xid, transfer_id = l.transfer_id, seq = l.seq
FROM (SELECT xid, transfer_id, seq FROM ledger ORDER BY xid DESC, transfer_id DESC, seq DESC LIMIT 1) l;
""".replace("FILLED", _FILLED)  # noqa: E501


@dataclass(frozen=True, slots=True)
class _Part:
    """A row that stands for all of its kind."""

    stage: str
    part: str
    no: int
    step: str | None
    state: str | None
    agency: str | None
    document: str


def load_open(
    connection: psycopg.Connection[Any],
    rulebook: Rulebook,
    commune: Commune,
    *,
    opened: int,
    stuck: int,
) -> None:
    """Load so many open transfers, of which so many are stuck."""
    asked = {"open": opened, "stuck": stuck, "id": str(_ID), "code": _CODE}
    asked |= {"commune": commune.code}
    stages = _stages(rulebook, commune)
    asked["step"] = stages["received"].itinerary.steps[0].id
    cursor = psycopg.ClientCursor(connection)
    with connection.transaction():
        cursor.execute(_MADE.encode(), asked)
        for name, transfer in stages.items():
            cursor.executemany(
                "INSERT INTO template VALUES (%s, %s, %s, %s, %s, %s, %s)",
                [
                    (one.stage, one.part, one.no, one.step, one.state, one.agency, one.document)
                    for one in _parts(name, transfer)
                ],
            )
        for statement in _OPEN.split(";\n"):
            if statement.strip():
                cursor.execute(statement.encode(), asked)
    connection.execute("VACUUM ANALYZE")
    connection.execute("CHECKPOINT")


def _parts(stage: str, transfer: Transfer) -> Sequence[_Part]:
    live = Live(transfer)
    plan = live.itinerary_row()
    assert plan is not None
    whole = [("transfer", live.transfer_row()), ("itinerary", plan)]
    parts = [_Part(stage, part, 0, None, None, None, _json(row)) for part, row in whole]
    return parts + [
        _Part(stage, "hop", row["no"], row["step"], row["state"], row["agency"], _json(row))
        for row in live.hop_rows()
    ]


def _stages(rulebook: Rulebook, commune: Commune) -> dict[str, Transfer]:
    """Take one transfer as far as its first agency's receipt; return it at each stage."""
    now = datetime.now(UTC) - timedelta(days=5)
    context = rulebook.at(now)
    submission = {
        "procedure": PROCEDURE,
        "received_at": now,
        "channel": "in_person",
        "applicant": {"kind": "citizen", "name": "Nguyễn Văn Mẫu"},
        "places": {"applicant": commune.unit},
    }
    said = _said(Kind.TRANSFER_SUBMITTED, commune.code, submission, now)
    opened = open_transfer(said, _ID, _CODE, context)
    assert isinstance(opened, Folded)
    step = opened.transfer.itinerary.steps[0].id
    arrived = Delivered(step, 1, now, "broker confirm")
    delivered = _folded(opened.transfer, arrived, context)
    receipt = {"transfer": str(_ID), "step": step, "round": 1}
    received = _folded(delivered, _said(Kind.HOP_RECEIVED, commune.code, receipt, now), context)
    return {"dispatching": opened.transfer, "delivered": delivered, "received": received}


def _said(kind: Kind, agency: str, data: dict[str, Any], now: datetime) -> Said:
    read = REGISTRY.read(kind.type, orjson.dumps(data))
    return Said(kind, agency, read, now, now, new_id())


def _folded(transfer: Transfer, event: Any, context: Context) -> Transfer:
    folded = fold(transfer, event, context)
    assert isinstance(folded, Folded)
    return folded.transfer


def _json(row: dict[str, Any]) -> str:
    return orjson.dumps(row["document"], option=orjson.OPT_UTC_Z).decode()
