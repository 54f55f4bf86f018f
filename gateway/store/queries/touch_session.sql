-- Once a minute is enough to know whether somebody is there.
UPDATE sessions
SET seen_at = clock_timestamp()
WHERE id = %s
  AND seen_at < clock_timestamp() - interval '1 minute'
