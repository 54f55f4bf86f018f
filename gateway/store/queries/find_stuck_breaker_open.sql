-- Endpoints that are left alone after failing again and again (a small table, one row per agency).
SELECT NULL::timestamptz AS since, NULL::timestamptz AS due_at, NULL::uuid AS transfer_id, NULL::text AS step, NULL::integer AS round,
    e.agency, e.agency AS within, NULL::text AS issuer, NULL::text AS code, NULL::text AS procedure,
    NULL::uuid AS delivery_id, NULL::uuid AS inbox_id, e.connector AS failure, e.breaker AS detail,
    NULL::timestamptz AS key_at, NULL::uuid AS key_id, e.agency AS key_step, 0 AS key_round
FROM endpoints e
WHERE e.breaker <> 'closed'
  AND e.agency > %(step)s::text
