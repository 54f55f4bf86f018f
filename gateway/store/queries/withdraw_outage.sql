UPDATE outages o
SET withdrawn_at = %(at)s,
    withdrawn_by = %(by)s,
    changed_at = now()
WHERE o.id = %(id)s
