-- The row lock is the claim: a process that dies gives it back where it came to.
SELECT s.id, o.id, o.covers, s.swept_to
FROM outage_sweeps s
JOIN outages o ON o.id = s.outage_id
WHERE s.done_at IS NULL
  AND s.due_at <= %(now)s
  AND s.not_before <= now()
ORDER BY s.due_at, s.id
LIMIT 1
FOR UPDATE OF s SKIP LOCKED
