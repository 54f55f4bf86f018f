-- Which of these outages were this gateway's own.
SELECT id
FROM outages
WHERE id = ANY(%s::uuid[])
    AND agency IS NULL
