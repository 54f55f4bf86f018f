-- Off the list, kept for ever: what failed is never deleted.
UPDATE deliveries
SET archived_at = clock_timestamp()
WHERE id = %s
  AND state = 'failed'
  AND archived_at IS NULL
