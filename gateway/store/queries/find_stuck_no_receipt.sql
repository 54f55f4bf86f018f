-- Handed over, or ready in the mailbox, and not confirmed within the receipt limit (hops_limits).
SELECT h.receive_by AS since, coalesce(h.deadline_at, t.deadline_at) AS due_at, h.transfer_id, h.step, h.round,
    h.agency, h.agency AS within, t.issuer, t.code, t.procedure,
    NULL::uuid AS delivery_id, NULL::uuid AS inbox_id, h.step AS failure, h.state AS detail,
    h.next_limit_at AS key_at, h.transfer_id AS key_id, h.step AS key_step, h.round AS key_round
FROM hops h
LEFT JOIN transfers t ON t.id = h.transfer_id
WHERE h.next_limit_at < %(now)s
  AND (h.next_limit_at, h.transfer_id, h.step, h.round) > (%(at)s::timestamptz, %(id)s::uuid, %(step)s::text, %(round)s::integer)
  AND h.receive_by < %(now)s
  AND (h.state = 'delivered'
      OR h.state = 'dispatching' AND h.document ->> 'available_at' IS NOT NULL
      OR h.state = 'paused' AND coalesce(h.document ->> 'delivered_at', h.document ->> 'available_at') IS NOT NULL)
  AND NOT EXISTS (SELECT FROM transfers a WHERE a.id = h.transfer_id AND a.archived)
