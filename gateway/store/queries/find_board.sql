SELECT b.id
FROM boards b
WHERE b.token_hash = %(token_hash)s
  AND b.agency = %(agency)s
  AND b.revoked_at IS NULL
