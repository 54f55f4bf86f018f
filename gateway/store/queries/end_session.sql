UPDATE sessions
SET ended_at = clock_timestamp(), ended_by = %(why)s
WHERE token_hash = %(token_hash)s
  AND ended_at IS NULL
