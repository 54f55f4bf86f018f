-- Outcomes count only for the lease they were made under; a late one returns no row.
-- What waits behind a settled delivery (same agency, same transfer, never tried) follows it: at once when
-- the way is free, else with the next try of the one that failed.
WITH settled AS (
    UPDATE deliveries d
    SET state = x.state,
        attempts = d.attempts + 1,
        next_attempt_at = CASE WHEN x.state = 'pending' THEN clock_timestamp() + x.wait * interval '1 second' ELSE d.next_attempt_at END,
        settled_at = CASE WHEN x.state = 'pending' THEN NULL ELSE clock_timestamp() END,
        evidence = x.evidence,
        latency_ms = x.latency_ms,
        failure_code = x.failure_code,
        in_doubt = coalesce(x.in_doubt, d.in_doubt),
        held_at = CASE WHEN x.held THEN clock_timestamp() END
    FROM json_to_recordset(%s::json) AS x(id uuid, lease_no integer, state text, wait double precision,
        evidence text, latency_ms integer, failure_code text, in_doubt boolean, held boolean)
    WHERE d.id = x.id
      AND d.lease_no = x.lease_no
      AND d.state = 'pending'
    RETURNING d.id, d.agency, d.transfer_id, d.state, d.next_attempt_at
),
followers AS (
    UPDATE deliveries f
    SET next_attempt_at = CASE WHEN s.state = 'pending'
            THEN s.next_attempt_at
            ELSE clock_timestamp() END
    FROM settled s
    WHERE f.transfer_id = s.transfer_id
      AND f.agency = s.agency
      AND f.state = 'pending'
      AND f.lease_no = f.unused_leases
      AND f.id <> ALL(ARRAY(SELECT o.id FROM settled o))
)
SELECT s.id
FROM settled s
