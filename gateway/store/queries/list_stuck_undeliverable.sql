-- Deliveries that were refused for good (deliveries_failed).
SELECT d.settled_at AS since, d.transfer_id, d.step, d.round, d.agency, t.issuer, t.code,
    d.id AS delivery_id, NULL::uuid AS inbox_id, d.failure_code AS detail,
    NULL::timestamptz AS key_at, d.id AS key_id, '' AS key_step, 0 AS key_round
FROM deliveries d
LEFT JOIN transfers t ON t.id = d.transfer_id
WHERE d.state = 'failed'
  AND d.kind <> 'connection.tested'
  AND d.archived_at IS NULL
  AND d.id > %(id)s::uuid
  AND t.archived IS NOT TRUE
  AND (%(agency)s::text IS NULL OR d.agency = %(agency)s)
  AND (%(transfer)s::uuid IS NULL OR d.transfer_id = %(transfer)s)
ORDER BY d.id
LIMIT %(limit)s
