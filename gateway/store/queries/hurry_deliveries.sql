-- The partner is back: its next tries are due now. A lease lies at most its own length ahead, so what
-- lies further ahead is a retry; one within that length comes by itself as soon as a lease would.
WITH waiting AS (
    SELECT d.id
    FROM deliveries d
    WHERE d.agency = %s
      AND d.state = 'pending'
      AND NOT d.parked
      AND d.held_at IS NULL
      AND d.next_attempt_at > clock_timestamp() + %s * interval '1 second'
    FOR UPDATE SKIP LOCKED
)
UPDATE deliveries d
SET next_attempt_at = clock_timestamp()
FROM waiting w
WHERE d.id = w.id
