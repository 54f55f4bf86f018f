-- Handed over, or ready in the mailbox, and not confirmed within the receipt limit (hops_limits).
SELECT h.receive_by AS since, h.transfer_id, h.step, h.round, h.agency, t.issuer, t.code,
    NULL::uuid AS delivery_id, NULL::uuid AS inbox_id, h.state AS detail,
    h.next_limit_at AS key_at, h.transfer_id AS key_id, h.step AS key_step, h.round AS key_round
FROM hops h
JOIN transfers t ON t.id = h.transfer_id AND t.state = 'open' AND NOT t.archived
WHERE h.next_limit_at < %(now)s
  AND (h.next_limit_at, h.transfer_id, h.step, h.round) > (%(at)s::timestamptz, %(id)s::uuid, %(step)s::text, %(round)s::integer)
  AND h.receive_by < %(now)s
  AND (h.state = 'delivered'
      OR h.state = 'dispatching' AND h.document ->> 'available_at' IS NOT NULL
      OR h.state = 'paused' AND coalesce(h.document ->> 'delivered_at', h.document ->> 'available_at') IS NOT NULL)
  AND (%(agency)s::text IS NULL OR h.agency = %(agency)s)
  AND (%(transfer)s::uuid IS NULL OR h.transfer_id = %(transfer)s)
ORDER BY h.next_limit_at, h.transfer_id, h.step, h.round
LIMIT %(limit)s
