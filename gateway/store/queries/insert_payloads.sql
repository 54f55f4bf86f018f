INSERT INTO payloads (id, digest, media, body)
SELECT x.id, x.digest, x.media, x.body
FROM unnest(%b::uuid[], %b::bytea[], %b::text[], %b::bytea[]) AS x(id, digest, media, body)
ON CONFLICT (id) DO NOTHING
