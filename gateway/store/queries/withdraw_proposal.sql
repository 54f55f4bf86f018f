UPDATE proposals
SET state = 'withdrawn', decided_at = clock_timestamp()
WHERE id = %(id)s
  AND proposed_by = %(person)s
  AND state = 'open'
RETURNING kind, subject
