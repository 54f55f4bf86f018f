UPDATE people
SET language = %s
WHERE id = %s
