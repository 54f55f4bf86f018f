-- Makes the timers of all open transfers due now, in order of their id, which is the lock order.
WITH locked AS MATERIALIZED (
    SELECT t.id
    FROM transfers t
    WHERE t.state = 'open'
      AND t.id > %(after)s
    ORDER BY t.id
    LIMIT %(limit)s
    FOR UPDATE
),
touched AS (
    UPDATE transfers t
    SET next_timer_at = least(t.next_timer_at, %(now)s)
    FROM locked l
    WHERE t.id = l.id
)
SELECT l.id
FROM locked l
ORDER BY l.id
