-- Hops to be handed over to an agency that no endpoint says how to reach, or that is not live yet (hops_limits
-- serves the order; endpoints and members are small tables).
SELECT (h.document ->> 'offered_at')::timestamptz AS since, h.transfer_id, h.step, h.round, h.agency, t.issuer, t.code,
    NULL::uuid AS delivery_id, NULL::uuid AS inbox_id, coalesce(m.state, h.state) AS detail,
    h.next_limit_at AS key_at, h.transfer_id AS key_id, h.step AS key_step, h.round AS key_round
FROM hops h
JOIN transfers t ON t.id = h.transfer_id AND t.state = 'open' AND NOT t.archived
LEFT JOIN members m ON m.agency = h.agency AND m.state <> 'live'
WHERE h.next_limit_at IS NOT NULL
  AND (h.next_limit_at, h.transfer_id, h.step, h.round) > (%(at)s::timestamptz, %(id)s::uuid, %(step)s::text, %(round)s::integer)
  AND h.state = 'dispatching'
  AND NOT EXISTS (SELECT FROM endpoints e WHERE e.agency = h.agency AND e.traffic = 'all')
  AND m.state IS DISTINCT FROM 'suspended'
  AND m.state IS DISTINCT FROM 'removed'
  AND (%(agency)s::text IS NULL OR h.agency = %(agency)s)
  AND (%(transfer)s::uuid IS NULL OR h.transfer_id = %(transfer)s)
ORDER BY h.next_limit_at, h.transfer_id, h.step, h.round
LIMIT %(limit)s
