-- Everything of a kind that was on the page: what was raised since has been seen by nobody.
UPDATE alarms a
SET acknowledged_at = now(), acknowledged_by = %(by)s
WHERE a.kind = %(kind)s
  AND a.id <= %(newest)s
  AND a.cleared_at IS NULL
  AND a.acknowledged_at IS NULL
RETURNING a.subject
