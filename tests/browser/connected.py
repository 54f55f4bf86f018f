# ruff: noqa: E501
"""A province that is connected: who takes part, how each connection goes, what waits for it."""

from datetime import datetime
from typing import Final

from gateway.rulebook import Rulebook
from gateway.store.pool import Connection

_MEMBERS: Final = """
INSERT INTO members (agency, state, resumes_as, contact, capabilities)
SELECT a.agency, CASE WHEN a.n %% 29 = 3 THEN 'suspended' WHEN a.n %% 13 = 5 THEN 'testing' ELSE 'live' END,
    CASE WHEN a.n %% 29 = 3 THEN 'live' END, 'Tổ vận hành hệ thống một cửa',
    '{"kinds": ["handover.offered", "receipt.issued"], "largest": 262144, "documents": true}'
FROM unnest(%(agencies)s::text[]) WITH ORDINALITY a (agency, n)
"""
_ENDPOINTS: Final = """
INSERT INTO endpoints (agency, connector, address, secret, enabled, breaker, breaker_since, breaker_until, traffic)
SELECT a.agency, (ARRAY['amqp', 'mailbox', 'webhook'])[1 + a.n %% 3],
    CASE WHEN a.n %% 3 = 2 THEN 'https://motcua.example/lienthong' END, CASE WHEN a.n %% 3 = 2 THEN 'whsec_x' END,
    a.n %% 41 <> 7, CASE WHEN a.n %% 23 = 2 THEN 'open' ELSE 'closed' END,
    CASE WHEN a.n %% 23 = 2 THEN now() - interval '47 minutes' END,
    CASE WHEN a.n %% 23 = 2 THEN now() + interval '40 seconds' END,
    CASE WHEN m.state = 'live' THEN 'all' WHEN m.state = 'suspended' THEN 'none' ELSE 'tests' END
FROM unnest(%(agencies)s::text[]) WITH ORDINALITY a (agency, n)
JOIN members m ON m.agency = a.agency
WHERE a.n %% 13 <> 5 OR a.n %% 2 = 0
"""
_SIGNS: Final = """
INSERT INTO agency_signs (agency, heard_at, taken_at, failed_at, failure, latency_ms)
SELECT a.agency, now() - CASE WHEN a.n %% 17 = 4 THEN 3000 ELSE a.n %% 55 END * interval '1 minute',
    now() - CASE WHEN a.n %% 17 = 4 THEN 3100 ELSE a.n %% 61 + 4 END * interval '1 minute',
    CASE WHEN a.n %% 19 = 6 OR a.n %% 23 = 2 THEN now() - interval '3 minutes' END,
    CASE WHEN a.n %% 23 = 2 THEN 'timeout' WHEN a.n %% 19 = 6 THEN 'http-503' END,
    CASE WHEN a.n %% 31 = 9 THEN 6400 ELSE 40 + a.n * 7 %% 300 END
FROM unnest(%(agencies)s::text[]) WITH ORDINALITY a (agency, n)
WHERE a.n %% 13 <> 5
"""
_CREDENTIALS: Final = """
INSERT INTO clients (client_id, agency, secret_hash, expires_at)
SELECT a.agency || '-1', a.agency, 'x', now() + CASE WHEN a.n %% 37 = 2 THEN 5 WHEN a.n %% 21 = 8 THEN 19
    ELSE 100 + a.n END * interval '1 day'
FROM unnest(%(agencies)s::text[]) WITH ORDINALITY a (agency, n)
"""
_WAITING: Final = """
INSERT INTO deliveries (id, agency, kind, data, state, parked, created_at, next_attempt_at)
SELECT gen_random_uuid(), e.agency, (ARRAY['handover.offered', 'receipt.issued', 'hop.changed'])[1 + k %% 3], '{}',
    'pending', e.connector = 'mailbox', %(now)s::timestamptz - k * interval '40 minutes', now() + interval '1 day'
FROM endpoints e
JOIN agency_signs s ON s.agency = e.agency
CROSS JOIN generate_series(1, 60) k
WHERE (e.breaker <> 'closed' OR s.heard_at < now() - interval '1 day' OR NOT e.enabled)
"""


async def write_connections(connection: Connection, rulebook: Rulebook, now: datetime) -> list[str]:
    """Let two of three agencies of the province take part; return them in order."""
    here = [one.code for one in rulebook.directory.in_force(now) if one.level != "national"]
    connected = [code for no, code in enumerate(here) if no % 3 != 1]
    asked = {"agencies": connected, "now": now}
    for statement in (_MEMBERS, _ENDPOINTS, _SIGNS, _CREDENTIALS, _WAITING):
        await connection.execute(statement.encode(), asked)
    return connected
