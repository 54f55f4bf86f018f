-- Endpoints that are left alone after failing again and again (a small table, one row per agency).
SELECT NULL::timestamptz AS since, NULL::uuid AS transfer_id, NULL::text AS step, NULL::integer AS round, e.agency,
    NULL::text AS issuer, NULL::text AS code, NULL::uuid AS delivery_id, NULL::uuid AS inbox_id, e.breaker AS detail,
    NULL::timestamptz AS key_at, NULL::uuid AS key_id, e.agency AS key_step, 0 AS key_round
FROM endpoints e
WHERE e.breaker <> 'closed'
  AND e.agency > %(step)s::text
  AND (%(agency)s::text IS NULL OR e.agency = %(agency)s)
  AND %(transfer)s::uuid IS NULL
ORDER BY e.agency
LIMIT %(limit)s
