UPDATE boards
SET revoked_at = clock_timestamp()
WHERE id = %(id)s
  AND revoked_at IS NULL
  AND (%(agencies)s::text[] IS NULL OR agency = ANY(%(agencies)s))
RETURNING agency, mark
