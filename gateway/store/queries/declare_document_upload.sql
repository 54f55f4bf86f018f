-- Declaring again what is on its way already finds that upload, and gives it time anew.
INSERT INTO document_uploads AS u (id, agency, sha256, size, media_type, key_id, sealed_key, state, created_at, expires_at)
VALUES (%(id)s, %(agency)s, %(sha256)s, %(size)s, %(media_type)s, %(key_id)s, %(sealed_key)s, 'open', %(now)s, %(expires_at)s)
ON CONFLICT (agency, sha256) WHERE state = 'open'
DO UPDATE SET expires_at = EXCLUDED.expires_at
RETURNING u.id, u.agency, u.sha256, u.size, u.media_type, u.received, u.generation, u.key_id, u.sealed_key, u.state, u.problem, u.expires_at
