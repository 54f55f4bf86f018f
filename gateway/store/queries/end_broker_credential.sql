-- It stays good for a while, but never longer than it was.
UPDATE broker_credentials
SET expires_at = least(clock_timestamp() + %(overlap)s, expires_at)
WHERE user_name = %(name)s
  AND agency = %(agency)s
  AND revoked_at IS NULL
RETURNING expires_at
