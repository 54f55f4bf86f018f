-- Note how far a reconciliation has come under its lease; with its last page, what the whole came to.
UPDATE reconciliations r
SET after = %(after)s,
    counts = %(counts)s,
    due_at = clock_timestamp() + %(wait)s * interval '1 second',
    leased_until = '-infinity',
    last = coalesce(%(whole)s::jsonb, r.last),
    finished_at = CASE WHEN %(whole)s::jsonb IS NULL THEN r.finished_at ELSE clock_timestamp() END
WHERE r.agency = %(agency)s
  AND r.lease_no = %(lease_no)s
RETURNING r.agency
