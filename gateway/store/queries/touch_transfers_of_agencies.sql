-- Makes the timers of agencies' open hops due now (hops_open). Lock order: transfers by id.
WITH found AS MATERIALIZED (
    SELECT DISTINCT h.transfer_id AS id
    FROM hops h
    WHERE h.agency = ANY (%(agencies)s::text[])
      AND h.state IN ('dispatching', 'delivered', 'received', 'paused')
      AND h.transfer_id > %(after)s
    ORDER BY h.transfer_id
    LIMIT %(limit)s
),
locked AS MATERIALIZED (
    SELECT t.id
    FROM transfers t
    JOIN found f ON f.id = t.id
    WHERE t.state = 'open'
    ORDER BY t.id
    FOR UPDATE OF t
),
touched AS (
    UPDATE transfers t
    SET next_timer_at = least(t.next_timer_at, %(now)s)
    FROM locked l
    WHERE t.id = l.id
)
SELECT f.id
FROM found f
ORDER BY f.id
