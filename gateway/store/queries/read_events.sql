-- The feed: ledger rows in commit order, never past the oldest transaction that still runs, so that
-- nothing can appear behind a cursor. At most %(scan)s rows are looked at per call (ledger_feed);
-- the edge says how far that was, even if none of them concerns the caller.
WITH scanned AS MATERIALIZED (
    SELECT l.xid, l.transfer_id, l.seq, l.recorded_at, l.legal_at, l.act, l.actor, l.step, l.round, l.cause, l.body
    FROM ledger l
    WHERE (l.xid, l.transfer_id, l.seq) > (%(xid)s::xid8, %(transfer)s::uuid, %(seq)s::integer)
      AND l.xid < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY l.xid, l.transfer_id, l.seq
    LIMIT %(scan)s
),
edge AS (
    SELECT s.xid, s.transfer_id, s.seq, count(*) OVER () AS looked_at
    FROM scanned s
    ORDER BY s.xid DESC, s.transfer_id DESC, s.seq DESC
    LIMIT 1
)
SELECT e.xid::text, e.transfer_id, e.seq, e.looked_at,
    f.xid::text, f.transfer_id, f.seq, f.issuer, f.code, f.recorded_at, f.legal_at, f.act, f.actor, f.step, f.round, f.body,
    f.message_id
FROM edge e
LEFT JOIN LATERAL (
    SELECT s.xid, s.transfer_id, s.seq, t.issuer, t.code, s.recorded_at, s.legal_at, s.act, s.actor, s.step,
        s.round, s.body, i.message_id
    FROM scanned s
    JOIN transfers t ON t.id = s.transfer_id
    LEFT JOIN inbox i ON i.id = s.cause
    WHERE t.originator = %(agency)s
       OR EXISTS (
           SELECT FROM hops h
           WHERE h.transfer_id = s.transfer_id
             AND h.agency = %(agency)s
             AND h.state <> 'planned'
             AND h.document ->> 'offered_at' IS NOT NULL
       )
    ORDER BY s.xid, s.transfer_id, s.seq
    LIMIT %(limit)s
) f ON true
ORDER BY f.xid, f.transfer_id, f.seq
