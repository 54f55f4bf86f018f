-- Hops whose hand-over limit has passed (hops_limits serves the range and the order). They failed as their hand-over
-- did last time; one that was never tried, not at all. What is behind an endpoint that is left alone fails alike,
-- whether it was tried or not; which those are is read once (a join would read endpoints once per hop).
SELECT h.deliver_by AS since, coalesce(h.deadline_at, t.deadline_at) AS due_at, h.transfer_id, h.step, h.round,
    h.agency, h.agency AS within, t.issuer, t.code, t.procedure,
    NULL::uuid AS delivery_id, NULL::uuid AS inbox_id,
    CASE
        WHEN h.agency IN (SELECT e.agency FROM endpoints e WHERE e.breaker <> 'closed') THEN 'breaker-open'
        ELSE (
            SELECT max(d.failure_code)
            FROM deliveries d
            WHERE d.transfer_id = h.transfer_id
              AND d.step = h.step
              AND d.round = h.round
              AND d.kind = 'handover.offered'
              AND d.state IN ('pending', 'failed')
        )
    END AS failure,
    h.state AS detail, h.next_limit_at AS key_at, h.transfer_id AS key_id, h.step AS key_step, h.round AS key_round
FROM hops h
LEFT JOIN transfers t ON t.id = h.transfer_id
WHERE h.next_limit_at < %(now)s
  AND (h.next_limit_at, h.transfer_id, h.step, h.round) > (%(at)s::timestamptz, %(id)s::uuid, %(step)s::text, %(round)s::integer)
  AND (h.state = 'dispatching' OR h.state = 'paused' AND h.document ->> 'delivered_at' IS NULL)
  AND h.deliver_by < %(now)s
  AND NOT EXISTS (SELECT FROM transfers a WHERE a.id = h.transfer_id AND a.archived)
