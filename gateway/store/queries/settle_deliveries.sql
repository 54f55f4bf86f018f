-- Outcomes count only for the lease they were made under; a late one returns no row.
UPDATE deliveries d
SET state = x.state,
    attempts = d.attempts + 1,
    next_attempt_at = CASE WHEN x.state = 'pending' THEN clock_timestamp() + x.wait * interval '1 second' ELSE d.next_attempt_at END,
    settled_at = CASE WHEN x.state = 'pending' THEN NULL ELSE clock_timestamp() END,
    evidence = x.evidence,
    latency_ms = x.latency_ms,
    failure_code = x.failure_code
FROM json_to_recordset(%s::json) AS x(id uuid, lease_no integer, state text, wait double precision,
    evidence text, latency_ms integer, failure_code text)
WHERE d.id = x.id
  AND d.lease_no = x.lease_no
  AND d.state = 'pending'
RETURNING d.id
