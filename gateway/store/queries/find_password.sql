SELECT p.id, p.password_hash
FROM people p
WHERE p.name = %s
  AND p.disabled_at IS NULL
