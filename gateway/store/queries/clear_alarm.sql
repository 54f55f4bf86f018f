UPDATE alarms a
SET cleared_at = now()
WHERE a.kind = %(kind)s
  AND a.subject = %(subject)s
  AND a.cleared_at IS NULL
RETURNING a.id, a.count
