SELECT p.password_hash
FROM people p
WHERE p.id = %s
  AND p.disabled_at IS NULL
FOR UPDATE
