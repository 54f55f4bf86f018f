-- What nobody tried for a day counts no more.
DELETE FROM sign_in_tries
WHERE key = ANY(ARRAY(
    SELECT t.key
    FROM sign_in_tries t
    WHERE t.tried_at < clock_timestamp() - interval '1 day'
    ORDER BY t.tried_at
    LIMIT %(limit)s
    FOR UPDATE OF t SKIP LOCKED
))
