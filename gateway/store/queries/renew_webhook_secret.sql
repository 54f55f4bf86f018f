-- The new key first; the former one signs beside it for a while. What was former before that is gone.
UPDATE endpoints
SET secret = %(secret)s || ' ' || split_part(secret, ' ', 1),
    former_until = clock_timestamp() + %(overlap)s,
    changed_at = clock_timestamp()
WHERE agency = %(agency)s
  AND connector = 'webhook'
RETURNING former_until
