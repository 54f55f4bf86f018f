-- The content that has waited longest for the scanner, under a lease with a raised number.
WITH waiting AS (
    SELECT d.sha256
    FROM documents d
    WHERE d.state = 'quarantined'
      AND d.leased_until < clock_timestamp()
    ORDER BY d.leased_until, d.stored_at
    LIMIT 1
    FOR UPDATE SKIP LOCKED
)
UPDATE documents d
SET lease_no = d.lease_no + 1,
    leased_until = clock_timestamp() + %(lease)s * interval '1 second'
FROM waiting
WHERE d.sha256 = waiting.sha256
RETURNING d.sha256, d.blob, d.size, d.key_id, d.sealed_key, d.lease_no
