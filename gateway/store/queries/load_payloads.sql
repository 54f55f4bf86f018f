SELECT p.id, p.media, p.body
FROM payloads p
WHERE p.id = ANY(%s::uuid[])
