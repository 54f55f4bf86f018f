UPDATE sessions
SET passed_at = clock_timestamp()
WHERE id = %s
