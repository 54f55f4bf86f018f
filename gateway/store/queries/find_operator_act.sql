-- An act with its progress: how many items came to which outcome.
SELECT a.id, a.at, a.actor, a.act, a.reason, a.question, a.details, a.state, a.total, a.finished_at,
    (
        SELECT coalesce(jsonb_object_agg(o.outcome, o.count), '{}')
        FROM (
            SELECT coalesce(i.outcome, 'open') AS outcome, count(*) AS count
            FROM operator_act_items i
            WHERE i.act_id = a.id
            GROUP BY 1
        ) o
    ) AS outcomes
FROM operator_acts a
WHERE a.id = %s
