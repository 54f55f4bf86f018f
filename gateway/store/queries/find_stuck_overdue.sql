-- Hops past their deadline (hops_limits). What was sent back for correction is asked for separately.
SELECT h.deadline_at AS since, h.deadline_at AS due_at, h.transfer_id, h.step, h.round,
    h.agency, h.agency AS within, t.issuer, t.code, t.procedure,
    NULL::uuid AS delivery_id, NULL::uuid AS inbox_id, h.step AS failure, h.state AS detail,
    h.next_limit_at AS key_at, h.transfer_id AS key_id, h.step AS key_step, h.round AS key_round
FROM hops h
LEFT JOIN transfers t ON t.id = h.transfer_id
WHERE h.next_limit_at < %(now)s
  AND (h.next_limit_at, h.transfer_id, h.step, h.round) > (%(at)s::timestamptz, %(id)s::uuid, %(step)s::text, %(round)s::integer)
  AND h.deadline_at < %(now)s
  AND h.document #>> '{clock,rule}' IS DISTINCT FROM 'notice-day'
  AND NOT EXISTS (SELECT FROM transfers a WHERE a.id = h.transfer_id AND a.archived)
