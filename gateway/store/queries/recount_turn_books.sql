-- As recount_dossier_books, for the turns.
WITH counted AS (
    SELECT g.grain, g.starts, e.agency, e.procedure, e.step, e.bucket, count(*) AS turns, sum(e.late) AS late,
        sum(e.elapsed) AS elapsed, sum(e.measured) AS measured, sum(e.worked) AS worked,
        sum(e.budgeted) AS budgeted, sum(e.used) AS used
    FROM book_cursor c
    JOIN turn_entries e ON (e.xid, e.transfer_id, e.seq) <= (c.xid, c.transfer_id, c.seq)
    CROSS JOIN LATERAL (
        VALUES ('day', e.day), ('month', date_trunc('month', e.day)::date), ('year', date_trunc('year', e.day)::date)
    ) AS g (grain, starts)
    WHERE e.originator <> ALL (%(left_out)s::text[])
    GROUP BY g.grain, g.starts, e.agency, e.procedure, e.step, e.bucket
)
SELECT to_jsonb(b), to_jsonb(c)
FROM turn_books b
FULL JOIN counted c USING (grain, starts, agency, procedure, step, bucket)
WHERE to_jsonb(b) IS DISTINCT FROM to_jsonb(c)
ORDER BY grain, starts, agency, procedure, step, bucket
