-- The same delivery again, now, under the same id: what its agency has it knows again. Claiming it
-- raises the lease number, so the outcome of an attempt that is still under way comes too late. One that was held
-- goes out again because a person said so: nobody is asked any more.
UPDATE deliveries
SET state = 'pending',
    next_attempt_at = clock_timestamp(),
    settled_at = NULL,
    failure_code = NULL,
    in_doubt = in_doubt AND held_at IS NULL,
    held_at = NULL,
    archived_at = NULL
WHERE id = %s
  AND state IN ('pending', 'failed')
