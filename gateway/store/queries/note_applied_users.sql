UPDATE broker_credentials
SET applied_at = clock_timestamp()
WHERE user_name = ANY(%(names)s)
  AND applied_at IS NULL
