-- A round is over after ten minutes: its state can come back, and is refused without this.
DELETE FROM spent_rounds
WHERE state_hash = ANY(ARRAY(
    SELECT r.state_hash
    FROM spent_rounds r
    WHERE r.spent_at < clock_timestamp() - interval '1 hour'
    ORDER BY r.spent_at
    LIMIT %(limit)s
    FOR UPDATE OF r SKIP LOCKED
))
