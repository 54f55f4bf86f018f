-- Once a minute is enough to know whether a screen is on.
UPDATE boards
SET seen_at = clock_timestamp()
WHERE id = %s
  AND (seen_at IS NULL OR seen_at < clock_timestamp() - interval '1 minute')
