-- Count the ledger again up to where it is booked, and show every row of the books that differs.
WITH counted AS (
    SELECT g.grain, g.starts, e.agency, e.procedure, sum(e.online) AS online, sum(e.in_person) AS in_person,
        sum(e.postal) AS postal, sum(e.early) AS early, sum(e.on_time) AS on_time, sum(e.late) AS late,
        sum(e.undated) AS undated, sum(e.refused) AS refused, sum(e.withdrawn) AS withdrawn,
        sum(e.stopped) AS stopped, sum(e.overdue) AS overdue, sum(e.met) AS met, sum(e.missed) AS missed,
        sum(e.failing) AS failing
    FROM book_cursor c
    JOIN dossier_entries e ON (e.xid, e.transfer_id, e.seq) <= (c.xid, c.transfer_id, c.seq)
    CROSS JOIN LATERAL (
        VALUES ('day', e.day), ('month', date_trunc('month', e.day)::date), ('year', date_trunc('year', e.day)::date)
    ) AS g (grain, starts)
    WHERE e.agency <> ALL (%(left_out)s::text[])
    GROUP BY g.grain, g.starts, e.agency, e.procedure
)
SELECT to_jsonb(b), to_jsonb(c)
FROM dossier_books b
FULL JOIN counted c USING (grain, starts, agency, procedure)
WHERE to_jsonb(b) IS DISTINCT FROM to_jsonb(c)
ORDER BY grain, starts, agency, procedure
