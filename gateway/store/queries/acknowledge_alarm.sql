-- The first who takes note of it stands; one that is over needs nobody.
UPDATE alarms a
SET acknowledged_at = coalesce(a.acknowledged_at, now()),
    acknowledged_by = coalesce(a.acknowledged_by, %(by)s)
WHERE a.id = %(id)s
  AND a.cleared_at IS NULL
RETURNING a.id, a.kind, a.subject, a.detail, a.first_raised_at, a.last_seen_at, a.count, a.acknowledged_at, a.acknowledged_by,
    a.cleared_at
