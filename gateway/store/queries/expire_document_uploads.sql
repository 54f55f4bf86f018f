-- What nobody has resumed in time; an upload that is being written is never among it.
WITH late AS (
    SELECT u.id
    FROM document_uploads u
    WHERE u.state = 'open'
      AND u.expires_at <= %(now)s
      AND (u.leased_until IS NULL OR u.leased_until < clock_timestamp())
    ORDER BY u.expires_at
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
UPDATE document_uploads u
SET state = 'expired',
    ended_at = %(now)s,
    sealed_key = NULL,
    leased_until = NULL
FROM late
WHERE u.id = late.id
RETURNING u.id
