-- At once, and once more behind every transaction that may have begun before this one ended.
INSERT INTO outage_sweeps (outage_id, due_at, not_before)
SELECT %(outage)s, x.due_at, now() + x.wait
FROM (
    SELECT d.due_at, w.wait
    FROM unnest(%(due)s::timestamptz[]) AS d(due_at)
    CROSS JOIN unnest(ARRAY[interval '0', interval '60 seconds']) AS w(wait)
) x
ORDER BY x.wait, x.due_at
