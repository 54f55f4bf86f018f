-- Everything owed to anyone for a transfer, without its contents.
SELECT d.id, d.agency, d.kind, d.step, d.round, d.state, d.parked, d.created_at, d.next_attempt_at, d.lease_no, d.attempts,
    d.settled_at, d.evidence, d.latency_ms, d.failure_code, d.archived_at
FROM deliveries d
WHERE d.transfer_id = %s
ORDER BY d.id
LIMIT 1000
