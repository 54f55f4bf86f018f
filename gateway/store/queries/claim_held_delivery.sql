-- A held delivery under a lease, for a person who knows what became of it.
UPDATE deliveries d
SET lease_no = d.lease_no + 1
WHERE d.id = %s
  AND d.held_at IS NOT NULL
  AND d.state = 'pending'
RETURNING d.id, d.agency, d.kind, d.transfer_id, d.step, d.round, d.subject, d.data, d.splice, d.cause,
    d.correlation, d.traceparent, d.lease_no, d.attempts, d.created_at, d.in_doubt, d.unused_leases
