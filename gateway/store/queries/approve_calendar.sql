UPDATE calendar_versions
SET approved_by = %(actor)s,
    approved_at = now()
WHERE name = %(name)s
  AND version = %(version)s
  AND approved_at IS NULL
