UPDATE examinations e
SET leased_until = clock_timestamp()
WHERE e.id = %(id)s
  AND e.lease_no = %(lease_no)s
