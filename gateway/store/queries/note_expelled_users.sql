UPDATE broker_credentials
SET applied_at = NULL
WHERE user_name = ANY(%(names)s)
  AND applied_at IS NOT NULL
