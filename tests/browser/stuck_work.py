"""A store with stuck work in it, as screens show it: many agencies, several causes and failures."""

import psycopg

from tests.browser.stage import Town

_MADE = """
CREATE TEMP TABLE made AS
SELECT n, md5('t' || n)::uuid AS id, (ARRAY['H31.101', 'H31.102', 'H31.103', 'H31.15'])[1 + n %% 4] AS agency,
    (ARRAY['undelivered', 'undelivered', 'no-receipt', 'overdue', 'undeliverable'])[1 + n %% 5] AS what,
    (ARRAY['timeout', 'http-503', 'connect-refused'])[1 + n %% 3] AS failure,
    %(now)s::timestamptz - interval '20 minutes' - n * interval '11 minutes' AS at
FROM generate_series(1, 240) n;
INSERT INTO transfers (id, issuer, code, originator, state, procedure, procedure_version, submitted_at, deadline_at,
    itinerary_no, document, seq, head_hash)
SELECT id, 'H31.101', 'H31.101-261125-' || lpad(n::text, 4, '0'), 'H31.101', 'open', '2.000987', '2025-07-01',
    at - interval '1 day', %(now)s::timestamptz + (n - 60) * interval '3 hours', 1, '{}', 1, ''
FROM made;
INSERT INTO hops (transfer_id, step, round, no, agency, state, deliver_by, receive_by, deadline_at, document)
SELECT id, 'civil-status', 1, 1, agency,
    CASE what WHEN 'no-receipt' THEN 'delivered' WHEN 'overdue' THEN 'received' ELSE 'dispatching' END,
    CASE WHEN what LIKE 'undeliver%%' THEN at END, CASE what WHEN 'no-receipt' THEN at END,
    CASE what WHEN 'overdue' THEN at END, '{}'
FROM made;
INSERT INTO deliveries (id, agency, kind, transfer_id, step, round, data, state, created_at, next_attempt_at, lease_no,
    attempts, settled_at, failure_code)
SELECT md5('d' || n)::uuid, agency, 'handover.offered', id, 'civil-status', 1, '{}',
    CASE what WHEN 'undelivered' THEN 'pending' WHEN 'undeliverable' THEN 'failed' ELSE 'delivered' END,
    at, now() + interval '1 day', 3, 3, CASE WHEN what <> 'undelivered' THEN at END,
    CASE WHEN what LIKE 'undeliver%%' THEN failure END
FROM made;
INSERT INTO endpoints (agency, connector)
SELECT DISTINCT agency, 'mailbox' FROM made;
INSERT INTO assignments (subject, person, assigned_by)
SELECT id, 'lan', 'operator:person:lan' FROM made WHERE n %% 7 = 0;
"""  # noqa: E501


async def load_stuck_work(town: Town) -> None:
    """Put it into the store of a running gateway."""
    now = town.gateway.services.clock.now()
    async with town.gateway.services.pool.connection() as connection:
        for statement in _MADE.split(";\n"):
            if statement.strip():
                # Bound here: some of them take no parameter.
                cursor = psycopg.AsyncClientCursor(connection)
                await cursor.execute(statement.encode(), {"now": now})
