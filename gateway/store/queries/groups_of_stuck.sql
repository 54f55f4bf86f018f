-- Alike failures at one agency; of so many at most, the longest stuck first.
SELECT w.agency, w.failure, count(*) AS count, min(w.since) AS oldest, min(w.due_at) AS most_urgent,
    min(w.procedure) AS first_procedure, max(w.procedure) AS last_procedure
FROM (
    SELECT x.agency, x.failure, x.since, x.due_at, x.procedure
    FROM wanted x
    ORDER BY x.key_at, x.key_id, x.key_step, x.key_round
    LIMIT %(limit)s
) w
GROUP BY w.agency, w.failure
