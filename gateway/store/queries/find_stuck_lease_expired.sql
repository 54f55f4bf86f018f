-- Deliveries that were taken at least three times without any outcome (deliveries_unsettled).
SELECT d.next_attempt_at AS since, t.deadline_at AS due_at, d.transfer_id, d.step, d.round,
    d.agency, d.agency AS within, t.issuer, t.code, t.procedure,
    d.id AS delivery_id, NULL::uuid AS inbox_id, CASE WHEN d.parked THEN 'mailbox' ELSE 'dispatch' END AS failure,
    CASE WHEN d.parked THEN 'mailbox' ELSE 'dispatch' END AS detail,
    NULL::timestamptz AS key_at, d.id AS key_id, '' AS key_step, 0 AS key_round
FROM deliveries d
LEFT JOIN transfers t ON t.id = d.transfer_id
WHERE d.state = 'pending'
  AND d.lease_no > d.attempts + d.unused_leases + 2
  AND d.id > %(id)s::uuid
  AND NOT EXISTS (SELECT FROM transfers a WHERE a.id = d.transfer_id AND a.archived)
