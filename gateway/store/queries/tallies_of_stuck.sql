-- How much is stuck within each agency's scope, and the oldest and most urgent of it; of so many at most.
SELECT w.within, count(*) AS count, min(w.since) AS oldest, min(w.due_at) AS most_urgent
FROM (
    SELECT x.within, x.since, x.due_at
    FROM wanted x
    ORDER BY x.key_at, x.key_id, x.key_step, x.key_round
    LIMIT %(limit)s
) w
GROUP BY w.within
