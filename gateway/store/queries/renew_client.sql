-- Another secret; the one before it stays good for a while, but never longer than it was.
UPDATE clients
SET previous_hash = secret_hash,
    previous_until = least(clock_timestamp() + %(overlap)s, expires_at),
    secret_hash = %(hash)s,
    expires_at = clock_timestamp() + %(good_for)s
WHERE client_id = %(name)s
  AND agency = %(agency)s
  AND disabled_at IS NULL
RETURNING expires_at, previous_until
