-- A test message; of one that nobody has taken yet the last failure is told.
SELECT d.id, d.state, d.created_at, d.settled_at, d.attempts, d.evidence,
    coalesce(d.failure_code, last.code) AS failure, coalesce(d.latency_ms, last.latency_ms) AS latency_ms
FROM deliveries d
LEFT JOIN LATERAL (
    SELECT a.code, a.latency_ms
    FROM attempts a
    WHERE a.delivery_id = d.id AND a.outcome <> 'delivered'
    ORDER BY a.lease_no DESC
    LIMIT 1
) last ON true
WHERE d.id = %(id)s
