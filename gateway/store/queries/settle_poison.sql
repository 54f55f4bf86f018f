UPDATE inbox
SET settled_at = clock_timestamp()
WHERE id = %s
  AND verdict = 'poison'
  AND settled_at IS NULL
