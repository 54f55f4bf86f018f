-- Hops whose turn it is at an agency that was suspended, or has left (hops_limits serves the order; members_not_live).
SELECT m.since, h.transfer_id, h.step, h.round, h.agency, t.issuer, t.code,
    NULL::uuid AS delivery_id, NULL::uuid AS inbox_id, m.state AS detail,
    h.next_limit_at AS key_at, h.transfer_id AS key_id, h.step AS key_step, h.round AS key_round
FROM hops h
JOIN transfers t ON t.id = h.transfer_id AND t.state = 'open' AND NOT t.archived
JOIN members m ON m.agency = h.agency AND m.state IN ('suspended', 'removed')
WHERE h.next_limit_at IS NOT NULL
  AND (h.next_limit_at, h.transfer_id, h.step, h.round) > (%(at)s::timestamptz, %(id)s::uuid, %(step)s::text, %(round)s::integer)
  AND (%(agency)s::text IS NULL OR h.agency = %(agency)s)
  AND (%(transfer)s::uuid IS NULL OR h.transfer_id = %(transfer)s)
ORDER BY h.next_limit_at, h.transfer_id, h.step, h.round
LIMIT %(limit)s
