-- An agency that has closed is told no more events: who took over reads its own.
UPDATE endpoints e
SET events = false,
    changed_at = now()
WHERE e.agency = %s
  AND e.events
