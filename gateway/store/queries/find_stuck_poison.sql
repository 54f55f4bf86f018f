-- Messages that our own code could not judge, not yet settled by anyone (inbox_poison).
SELECT i.recorded_at AS since, NULL::timestamptz AS due_at, i.transfer_id, NULL::text AS step, NULL::integer AS round,
    i.agency, i.agency AS within, NULL::text AS issuer, NULL::text AS code, NULL::text AS procedure,
    NULL::uuid AS delivery_id, i.id AS inbox_id, i.kind AS failure, i.kind AS detail,
    NULL::timestamptz AS key_at, i.id AS key_id, '' AS key_step, 0 AS key_round
FROM inbox i
WHERE i.verdict = 'poison'
  AND i.settled_at IS NULL
  AND i.id > %(id)s::uuid
