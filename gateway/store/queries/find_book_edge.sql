-- The next entries to book, in commit order (ledger_feed), never past the oldest transaction that
-- still runs: where the last of at most %(scan)s lies, and how many there are.
SELECT s.xid::text, s.transfer_id, s.seq, max(s.recorded_at) OVER (), count(*) OVER ()
FROM (
    SELECT l.xid, l.transfer_id, l.seq, l.recorded_at
    FROM ledger l
    WHERE (l.xid, l.transfer_id, l.seq) > (%(xid)s::xid8, %(transfer)s::uuid, %(seq)s::integer)
      AND l.xid < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY l.xid, l.transfer_id, l.seq
    LIMIT %(scan)s
) s
ORDER BY s.xid DESC, s.transfer_id DESC, s.seq DESC
LIMIT 1
