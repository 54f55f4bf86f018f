-- One delivery of one agency, and whether its present lease was answered already.
SELECT d.id, d.agency, d.kind, d.transfer_id, d.step, d.round, d.subject, d.data, d.splice,
    d.correlation, d.traceparent, d.created_at, d.lease_no, d.attempts, d.state, d.failure_code,
    d.next_attempt_at,
    extract(epoch FROM clock_timestamp() - d.next_attempt_at)::float8 AS since_lease_end,
    EXISTS (SELECT FROM attempts a WHERE a.delivery_id = d.id AND a.lease_no = d.lease_no) AS answered
FROM deliveries d
WHERE d.id = %(id)s
  AND d.agency = %(agency)s
  AND (d.parked OR d.state <> 'pending')
