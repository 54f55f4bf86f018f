UPDATE examinations e
SET finished_at = %(now)s,
    outcome = %(outcome)s,
    faults = %(faults)s
WHERE e.id = %(id)s
  AND e.lease_no = %(lease_no)s
  AND e.finished_at IS NULL
