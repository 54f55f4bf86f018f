-- Hops whose turn it is at an agency that was suspended, or has left (members_not_live, then hops_open by agency).
SELECT m.since, coalesce(h.deadline_at, t.deadline_at) AS due_at, h.transfer_id, h.step, h.round,
    h.agency, h.agency AS within, t.issuer, t.code, t.procedure,
    NULL::uuid AS delivery_id, NULL::uuid AS inbox_id, m.state AS failure, m.state AS detail,
    h.next_limit_at AS key_at, h.transfer_id AS key_id, h.step AS key_step, h.round AS key_round
FROM members m
JOIN hops h ON h.agency = m.agency AND h.state IN ('dispatching', 'delivered', 'received', 'paused')
LEFT JOIN transfers t ON t.id = h.transfer_id
WHERE m.state IN ('suspended', 'removed')
  AND h.next_limit_at IS NOT NULL
  AND (h.next_limit_at, h.transfer_id, h.step, h.round) > (%(at)s::timestamptz, %(id)s::uuid, %(step)s::text, %(round)s::integer)
  AND NOT EXISTS (SELECT FROM transfers a WHERE a.id = h.transfer_id AND a.archived)
