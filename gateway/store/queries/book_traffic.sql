-- Add the traffic between two places of the ledger; only who holds the cursor does this. A hand-over is timed from the
-- decision before it; what was only lying in a mailbox was handed over then, and not again when it is fetched.
INSERT INTO traffic_books AS b (starts, submitted, ended, handed_quickly, handed_in_time, handed_late)
SELECT date_bin('15 minutes', l.recorded_at, '2000-01-01 00:00:00+00'),
    count(*) FILTER (WHERE l.act = 'transfer.submitted'),
    count(*) FILTER (WHERE l.act IN ('transfer.completed', 'transfer.refused', 'transfer.withdrawn', 'transfer.stopped')),
    count(*) FILTER (WHERE h.waited <= interval '10 seconds'),
    count(*) FILTER (WHERE h.waited > interval '10 seconds' AND h.waited <= interval '10 minutes'),
    count(*) FILTER (WHERE h.waited > interval '10 minutes')
FROM ledger l
JOIN transfers t ON t.id = l.transfer_id
LEFT JOIN LATERAL (
    SELECT CASE p.act WHEN 'hop.dispatched' THEN l.recorded_at - p.recorded_at END AS waited
    FROM ledger p
    WHERE l.act IN ('hop.delivered', 'hop.available')
      AND p.transfer_id = l.transfer_id
      AND p.seq < l.seq
      AND p.step = l.step
      AND p.round = l.round
      AND p.act IN ('hop.dispatched', 'hop.available')
    ORDER BY p.seq DESC
    LIMIT 1
) h ON true
WHERE (l.xid, l.transfer_id, l.seq) > (%(xid)s::xid8, %(transfer)s::uuid, %(seq)s::integer)
  AND (l.xid, l.transfer_id, l.seq) <= (%(to_xid)s::xid8, %(to_transfer)s::uuid, %(to_seq)s::integer)
  AND l.act IN ('transfer.submitted', 'transfer.completed', 'transfer.refused', 'transfer.withdrawn', 'transfer.stopped',
      'hop.delivered', 'hop.available')
  AND t.originator <> ALL (%(left_out)s::text[])
GROUP BY 1
ON CONFLICT (starts) DO UPDATE
SET submitted = b.submitted + excluded.submitted,
    ended = b.ended + excluded.ended,
    handed_quickly = b.handed_quickly + excluded.handed_quickly,
    handed_in_time = b.handed_in_time + excluded.handed_in_time,
    handed_late = b.handed_late + excluded.handed_late
