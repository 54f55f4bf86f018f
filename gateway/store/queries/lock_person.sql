SELECT p.id
FROM people p
WHERE p.id = %s
FOR UPDATE
