-- What the agency itself posted that a delivery to it goes back to: what began the transfer, and the cause.
SELECT f.message_id, f.kind, c.message_id, c.kind
FROM deliveries d
JOIN transfers t ON t.id = d.transfer_id
LEFT JOIN inbox f ON f.id = (t.document ->> 'submission_ref')::uuid AND f.agency = d.agency
LEFT JOIN inbox c ON c.id = d.cause AND c.agency = d.agency
WHERE d.id = %(delivery)s
  AND d.agency = %(agency)s
