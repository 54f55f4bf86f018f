-- Deliveries that were refused for good (deliveries_failed).
SELECT d.settled_at AS since, t.deadline_at AS due_at, d.transfer_id, d.step, d.round,
    d.agency, d.agency AS within, t.issuer, t.code, t.procedure,
    d.id AS delivery_id, NULL::uuid AS inbox_id, d.failure_code AS failure, d.failure_code AS detail,
    NULL::timestamptz AS key_at, d.id AS key_id, '' AS key_step, 0 AS key_round
FROM deliveries d
LEFT JOIN transfers t ON t.id = d.transfer_id
WHERE d.state = 'failed'
  AND d.kind <> 'connection.tested'
  AND d.archived_at IS NULL
  AND d.id > %(id)s::uuid
  AND NOT EXISTS (SELECT FROM transfers a WHERE a.id = d.transfer_id AND a.archived)
