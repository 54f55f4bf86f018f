UPDATE outages o
SET ends_at = %(at)s,
    ended_by = %(by)s,
    changed_at = now()
WHERE o.id = %(id)s
