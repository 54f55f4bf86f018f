-- Whether what was approved could be done; either way the approval is used up.
UPDATE proposals
SET outcome = %(outcome)s,
    carried_out_at = coalesce(carried_out_at, clock_timestamp())
WHERE id = %(id)s
  AND state = 'approved'
