-- The same delivery again, now, under the same id: what its agency has it knows again. Claiming it
-- raises the lease number, so the outcome of an attempt that is still under way comes too late.
UPDATE deliveries
SET state = 'pending',
    next_attempt_at = clock_timestamp(),
    settled_at = NULL,
    failure_code = NULL,
    archived_at = NULL
WHERE id = %s
  AND state IN ('pending', 'failed')
