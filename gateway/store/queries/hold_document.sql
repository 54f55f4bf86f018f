INSERT INTO document_holders AS h (sha256, agency, since)
VALUES (%(sha256)s, %(agency)s, %(now)s)
ON CONFLICT (sha256, agency)
DO UPDATE SET since = EXCLUDED.since, released_at = NULL
WHERE h.released_at IS NOT NULL
