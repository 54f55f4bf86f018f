-- Deadlines that come within half a working day (hops_limits).
SELECT h.deadline_at AS since, h.deadline_at AS due_at, h.transfer_id, h.step, h.round,
    h.agency, h.agency AS within, t.issuer, t.code, t.procedure,
    NULL::uuid AS delivery_id, NULL::uuid AS inbox_id, h.step AS failure, h.state AS detail,
    h.next_limit_at AS key_at, h.transfer_id AS key_id, h.step AS key_step, h.round AS key_round
FROM hops h
LEFT JOIN transfers t ON t.id = h.transfer_id
WHERE h.next_limit_at <= %(soon)s
  AND (h.next_limit_at, h.transfer_id, h.step, h.round) > (%(at)s::timestamptz, %(id)s::uuid, %(step)s::text, %(round)s::integer)
  AND h.deadline_at BETWEEN %(now)s AND %(soon)s
  AND NOT EXISTS (SELECT FROM transfers a WHERE a.id = h.transfer_id AND a.archived)
