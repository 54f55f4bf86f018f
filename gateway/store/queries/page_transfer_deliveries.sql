-- What is owed to anyone for a transfer, newest first, without its contents (deliveries_by_transfer).
SELECT d.id, d.agency, d.kind, d.step, d.round, d.state, d.parked, d.created_at, d.next_attempt_at, d.lease_no, d.attempts,
    d.settled_at, d.evidence, d.latency_ms, d.failure_code, d.archived_at
FROM deliveries d
WHERE d.transfer_id = %(transfer)s
  AND d.id < %(before)s
ORDER BY d.id DESC
LIMIT %(limit)s
