-- How much is stuck within each agency's scope, what fails alike apart, and the oldest and most urgent of it; of so many
-- at most.
SELECT w.within, w.agency, w.failure, count(*) AS count, min(w.since) AS oldest, min(w.due_at) AS most_urgent,
    min(w.procedure) AS first_procedure, max(w.procedure) AS last_procedure
FROM (
    SELECT x.within, x.agency, x.failure, x.since, x.due_at, x.procedure
    FROM wanted x
    ORDER BY x.key_at, x.key_id, x.key_step, x.key_round
    LIMIT %(limit)s
) w
GROUP BY w.within, w.agency, w.failure
