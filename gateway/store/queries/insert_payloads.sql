INSERT INTO payloads (id, digest, media, body)
SELECT x.id, x.digest, x.media, x.body
FROM unnest(%s::uuid[], %s::bytea[], %s::text[], %s::bytea[]) AS x(id, digest, media, body)
ON CONFLICT (id) DO NOTHING
