UPDATE operator_acts
SET leased_until = NULL
WHERE id = %(act)s
  AND lease_no = %(lease_no)s
