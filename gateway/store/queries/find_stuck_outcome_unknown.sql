-- Deliveries that may have arrived, nobody can say, and that must not be sent again on a guess (deliveries_held).
SELECT d.held_at AS since, t.deadline_at AS due_at, d.transfer_id, d.step, d.round,
    d.agency, d.agency AS within, t.issuer, t.code, t.procedure,
    d.id AS delivery_id, NULL::uuid AS inbox_id, d.failure_code AS failure, d.failure_code AS detail,
    NULL::timestamptz AS key_at, d.id AS key_id, '' AS key_step, 0 AS key_round
FROM deliveries d
LEFT JOIN transfers t ON t.id = d.transfer_id
WHERE d.held_at IS NOT NULL
  AND d.state = 'pending'
  AND d.id > %(id)s::uuid
  AND NOT EXISTS (SELECT FROM transfers a WHERE a.id = d.transfer_id AND a.archived)
