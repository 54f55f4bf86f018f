INSERT INTO documents (sha256, blob, size, media_type, state, key_id, sealed_key, stored_at, touched_at)
VALUES (%(sha256)s, %(blob)s, %(size)s, %(media_type)s, %(state)s, %(key_id)s, %(sealed_key)s, %(now)s, %(now)s)
ON CONFLICT (sha256) DO NOTHING
RETURNING blob
