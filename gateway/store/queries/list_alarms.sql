-- Newest first. Open ones are few; history is read page by page.
SELECT a.id, a.kind, a.subject, a.detail, a.first_raised_at, a.last_seen_at, a.count, a.acknowledged_at, a.acknowledged_by,
    a.cleared_at
FROM alarms a
WHERE a.id < %(before)s
  AND (a.cleared_at IS NULL OR %(cleared)s)
  AND (%(kind)s::text IS NULL OR a.kind = %(kind)s)
ORDER BY a.id DESC
LIMIT %(limit)s
