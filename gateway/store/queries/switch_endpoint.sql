UPDATE endpoints
SET enabled = %s,
    changed_at = clock_timestamp()
WHERE agency = %s
